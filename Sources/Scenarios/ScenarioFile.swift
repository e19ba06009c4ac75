import Foundation

/// A scenario as it was read, with every value's origin.
package struct LoadedScenario: Sendable {
  package var scenario: Scenario
  package var resolved: [ResolvedValue]
  /// Warnings and notes; a scenario with errors is not loaded.
  package var warnings: [Problem]
  /// In the order of the file.
  package var variantNames: [String]
  package var path: String
  /// Nil where costs are defaults, or all written by hand.
  package var calibration: UsedCalibration? = nil
  /// What it was made from, for scenarios that differ from it in a few values.
  package var tree: ScenarioTree
}

/// One line of `plan`: what a value is and why.
package struct ResolvedValue: Sendable, Hashable {
  /// As in `--set`, such as `strategy.batch.rows`.
  package var path: String
  package var text: String
  package var origin: Origin
}

/// Why a scenario was not loaded.
package enum ScenarioFailure: Error, Sendable {
  /// No such file, or not readable (exit 66).
  case unreadable(path: String, reason: String)
  /// Errors, and the warnings found beside them (exit 65).
  case invalid([Problem])

  package var problems: [Problem] {
    switch self {
    case .unreadable: []
    case .invalid(let problems): problems
    }
  }
}

package enum ScenarioFile {
  /// Reads and checks the scenario at a path; nothing is run.
  ///
  /// `variant` is the name of one of its variants; `sets` are `path=value` arguments, which win over
  /// the file; `calibration` is the path of one that wins over the scenario's own.
  package static func load(
    path: String, variant: String? = nil, sets: [String] = [], calibration: String? = nil
  ) throws(ScenarioFailure) -> LoadedScenario {
    switch bytes(of: path) {
    case .failure(let failure): throw failure
    case .success(let bytes):
      switch TextGuard.decode(bytes) {
      case .failure(var problem):
        problem.path = path
        throw .invalid([problem])
      case .success(let text):
        return try load(
          text: text, path: path, variant: variant, sets: sets, calibration: calibration)
      }
    }
  }

  /// The same for a text that is already in memory.
  package static func load(
    text: String, path: String, variant: String? = nil, sets: [String] = [],
    calibration: String? = nil
  ) throws(ScenarioFailure) -> LoadedScenario {
    var reading = ScenarioReading(text: text, path: path, sets: sets, calibration: calibration)
    return try reading.load(variant: variant)
  }

  /// Everything that is wrong or doubtful, its variants included; nothing if it is sound.
  package static func problems(text: String, path: String, sets: [String] = []) -> [Problem] {
    do {
      return try load(text: text, path: path, sets: sets).warnings
    } catch {
      return error.problems
    }
  }

  /// The frames of the first problems, errors first, and how many more there are.
  package static func render(_ problems: [Problem], atMost: Int = 20) -> String {
    var frames = problems.prefix(atMost).map { $0.render() }
    if problems.count > atMost { frames.append("and \(problems.count - atMost) more") }
    return frames.joined(separator: "\n\n")
  }

  private static func bytes(of path: String) -> Result<[UInt8], ScenarioFailure> {
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      if attributes[.type] as? FileAttributeType == .typeDirectory {
        return .failure(.unreadable(path: path, reason: "it is a directory"))
      }
      if let size = attributes[.size] as? Int, size > TextGuard.largestFile {
        var problem = TextGuard.tooLarge(size)
        problem.path = path
        return .failure(.invalid([problem]))
      }
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      // A pipe has no size: read one byte more than is allowed.
      return .success([UInt8](try handle.read(upToCount: TextGuard.largestFile + 1) ?? Data()))
    } catch {
      return .failure(.unreadable(path: path, reason: "no such file, or not readable"))
    }
  }
}
