import ArgumentParser
import Foundation
import LiveDriver
import Measurements

struct Doctor: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Check that this machine can do what rehearse needs.",
    discussion: """
      Also stops and removes the throwaway clusters of yours whose run was killed.
      """)

  @OptionGroup var output: FormatOption

  struct Check: Encodable {
    var name: String
    var ok: Bool
    var detail: String
  }

  private struct Answer: Encodable {
    var schema = "rehearse.doctor/1"
    var ok: Bool
    var checks: [Check]
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let checks = Self.checks()
    let ok = checks.allSatisfy(\.ok)
    switch output.format {
    case .text:
      for check in checks {
        console.result("\(check.ok ? "ok  " : "FAIL")  \(check.name): \(check.detail)")
      }
    case .json: console.result(try jsonText(Answer(ok: ok, checks: checks)))
    }
    return ok ? .success : .incomplete
  }

  private static func checks() -> [Check] {
    let process = ProcessInfo.processInfo
    let gibibytes = Double(process.physicalMemory) / 0x1p30
    return [
      Check(
        name: "rehearse", ok: true,
        detail: "\(Build.version), model version \(Build.modelVersion)"),
      Check(
        name: "machine", ok: true,
        detail:
          "\(process.operatingSystemVersionString), \(process.activeProcessorCount) cores, "
          + String(format: "%.1f GiB", gibibytes)),
      writable("working directory", FileManager.default.currentDirectoryPath),
      history(),
      leftovers(),
    ]
  }

  private static func leftovers() -> Check {
    let name = "throwaway clusters"
    do {
      let removed = try ClusterFolder.removeLeftovers()
      return Check(
        name: name, ok: true,
        detail: removed.isEmpty
          ? "none was left over in \(ClusterFolder.usualBase())"
          : "removed what a killed run had left: \(removed.joined(separator: ", "))")
    } catch {
      return Check(name: name, ok: false, detail: error.message)
    }
  }

  private static func history() -> Check {
    let path = History.path
    if FileManager.default.fileExists(atPath: path) { return writable("history", path) }
    var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: folder.path) && folder.path != "/" {
      folder.deleteLastPathComponent()
    }
    var check = writable("history", folder.path)
    check.detail = check.ok ? "\(path) will be made by the first run" : check.detail
    return check
  }

  private static func writable(_ name: String, _ path: String) -> Check {
    let ok = FileManager.default.isWritableFile(atPath: path)
    return Check(name: name, ok: ok, detail: ok ? path : "\(path) cannot be written")
  }
}
