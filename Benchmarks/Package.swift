// swift-tools-version: 6.1
import PackageDescription

// The kernel's sources are linked into this package, because `package` access ends at a package's
// border and the main package should not build benchmarks. Default flags: that is what is measured.
let settings: [SwiftSetting] = [.enableUpcomingFeature("MemberImportVisibility")]

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "Primitives", swiftSettings: settings),
    .target(name: "EventKernel", dependencies: ["Primitives"], swiftSettings: settings),
    .executableTarget(
      name: "KernelBenchmarks", dependencies: ["EventKernel", "Primitives"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
