// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("MemberImportVisibility")
]

/// One library target of ours; targets are listed in data-flow order.
func part(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], exclude: exclude,
    swiftSettings: settings)
}

let package = Package(
  name: "rehearse",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "rehearse", targets: ["rehearse"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // Words every other target uses: time, counter-based randomness, permutations.
    part("Primitives"),
    // The brain: every decision about the backfill, shared by both worlds.
    part("Strategies", ["Primitives"]),
    // The application's arrivals and keys: one pure source for both worlds.
    part("Traffic", ["Primitives"]),
    // Pass, fail or inconclusive, from one number per trial.
    part("Gates", ["Primitives"]),
    // The scenario file: reading, checking, presets, resolved values and their origins.
    part(
      "Scenarios",
      ["Primitives", "Strategies", "Traffic", "Gates", .product(name: "Yams", package: "Yams")]),
    // What was observed, the same shape for both worlds.
    part(
      "Measurements",
      [
        "Primitives", "Strategies", "Gates", "Scenarios",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ]),
    // Closed forms for `plan`; never imported by Simulator.
    part("Estimates", ["Primitives", "Gates", "Scenarios", "Strategies", "Traffic"]),
    // Discrete-event simulation; knows nothing of databases.
    part("EventKernel", ["Primitives"]),
    // A hint to the processor that Swift has no word for.
    .target(name: "CHints"),
    // A database server and its replicas under traffic and a backfill.
    part(
      "Simulator",
      [
        "Primitives", "EventKernel", "Strategies", "Traffic", "Gates", "Scenarios", "Measurements",
        "CHints",
      ]),
    // The fastest setting that passes the gates.
    part(
      "Tuning",
      [
        "Primitives", "Strategies", "Traffic", "Gates", "Scenarios", "Measurements", "Estimates",
        "Simulator",
      ]),
    // PostgreSQL's own client library.
    .systemLibrary(
      name: "CPostgres", pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    // The same scenario on a real server: its cluster, its table, its traffic, its backfill.
    part(
      "LiveDriver",
      [
        "Primitives", "Strategies", "Traffic", "Gates", "Scenarios", "Measurements", "CPostgres",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(
          name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
      ]),
    // Costs of one server: measured, fitted, and how sure they are.
    part(
      "Calibration",
      [
        "Primitives", "Strategies", "Traffic", "Gates", "Scenarios", "Estimates", "Measurements",
        "Simulator", "LiveDriver",
      ]),
    // Every run so far, in SQLite.
    part(
      "RunHistory",
      ["Primitives", "Gates", "Measurements", .product(name: "GRDB", package: "GRDB.swift")]),
    // The library that draws charts, where scripts/charts has fetched it.
    .target(name: "CVega"),
    // What a run means, for people and for other programs.
    part(
      "Reports",
      [
        "Primitives", "Strategies", "Gates", "Scenarios", "Measurements", "Estimates", "Tuning",
        "CVega",
      ]),
    // The backfill as a program that somebody else runs.
    part("Scripts", ["Primitives", "Strategies", "Gates", "Scenarios", "LiveDriver"]),
    // The command; thin.
    .executableTarget(
      name: "rehearse",
      dependencies: [
        "Primitives", "Strategies", "Traffic", "Gates", "Scenarios", "Measurements", "Estimates",
        "Simulator", "Tuning", "LiveDriver", "Calibration", "RunHistory", "Reports", "Scripts",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),

    // Random scenarios without a violation, crash or hang; `make fuzz`.
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "Primitives", "Strategies", "Gates", "Scenarios", "Traffic", "Measurements", "Simulator",
      ],
      path: "Tests/Fuzz", swiftSettings: settings),

    // What the model's speed is measured with; `make bench-model`.
    .executableTarget(
      name: "ModelBenchmarks",
      dependencies: [
        "Gates", "Scenarios", "Measurements", "Simulator",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Benchmarks/Model", exclude: ["full-model.yaml", "rows.yaml"],
      swiftSettings: settings),

    // The live driver's traffic beside pgbench's; `make bench-driver`.
    .executableTarget(
      name: "DriverBenchmarks",
      dependencies: [
        "Primitives", "Scenarios", "Measurements", "LiveDriver",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Benchmarks/Driver", swiftSettings: settings),

    // The search against brute force; `make bench-tune`.
    .executableTarget(
      name: "TuneBenchmarks",
      dependencies: [
        "Gates", "Scenarios", "Measurements", "Tuning",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Benchmarks/Tune", swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["Primitives"], path: "Tests/TestSupport",
      swiftSettings: settings),
    // Closed forms against the simulator's own components: a quick set in the tests, all of them in
    // `rehearse-oracles`.
    .target(
      name: "Oracles",
      dependencies: [
        "Primitives", "EventKernel", "Gates", "Scenarios", "Measurements", "Simulator",
        "TestSupport",
      ],
      path: "Tests/SimulatorTests/Oracles", swiftSettings: settings),
    .executableTarget(
      name: "rehearse-oracles", dependencies: ["Oracles"], path: "Tests/OracleTable",
      swiftSettings: settings),
    tests("Primitives", ["Primitives"]),
    tests("Strategies", ["Strategies"]),
    tests("Traffic", ["Traffic"]),
    tests("Gates", ["Gates"]),
    tests("Scenarios", ["Scenarios"]),
    tests("Measurements", ["Measurements"]),
    tests("Estimates", ["Estimates", "Gates", "Scenarios"]),
    tests("EventKernel", ["EventKernel"]),
    tests(
      "Simulator",
      [
        "Oracles", "Simulator", "EventKernel", "Scenarios", "Measurements", "Strategies", "Traffic",
        "Gates",
      ], exclude: ["Oracles"]),
    tests(
      "LiveDriver",
      [
        "LiveDriver", "CPostgres", "Scripts", "Scenarios", "Strategies", "Traffic", "Gates",
        "Measurements",
        "Primitives", "Simulator",
      ]),
    tests(
      "Calibration",
      [
        "Calibration", "LiveDriver", "Gates", "Measurements", "Primitives", "Scenarios",
        "Simulator",
      ]
    ),
    tests(
      "RunHistory",
      ["RunHistory", "Measurements", "Gates", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("Tuning", ["Tuning", "Scenarios", "Simulator", "Measurements", "Estimates", "Gates"]),
    tests("Reports", ["Primitives", "Reports", "Measurements", "Scenarios", "Gates", "Tuning"]),
    tests("Rehearse", ["rehearse", "LiveDriver", "Measurements", "RunHistory", "Scenarios"]),
  ],
  swiftLanguageModes: [.v6]
)
