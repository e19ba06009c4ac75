import Foundation
import Scenarios

extension ScenarioOptions {
  /// Reads every file before anything runs, so that all problems are reported at once.
  func load(_ files: [String], _ console: Console) throws -> [LoadedScenario] {
    try Loading.load(
      files, variant: variant, sets: allOverrides, calibration: calibration, console)
  }
}

enum Loading {
  /// Reads every file before anything runs, so that all problems are reported at once.
  static func load(
    _ files: [String], variant: String? = nil, sets: [String], calibration: String? = nil,
    _ console: Console
  ) throws -> [LoadedScenario] {
    let loaded = try read(files, variant: variant, sets: sets, calibration: calibration)
    let warnings = loaded.flatMap(\.warnings)
    if !warnings.isEmpty { console.say(ScenarioFile.render(warnings)) }
    return loaded
  }

  /// The same without a word on warnings.
  static func read(
    _ files: [String], variant: String? = nil, sets: [String], calibration: String? = nil
  ) throws -> [LoadedScenario] {
    if let calibration, !FileManager.default.isReadableFile(atPath: calibration) {
      throw Failure(
        .noSuchInput, "\(calibration): no such calibration file, or not readable",
        help: "rehearse calibrate writes one")
    }
    var loaded: [LoadedScenario] = []
    var problems: [Problem] = []
    var unreadable: [String] = []
    for file in files {
      do {
        loaded.append(
          try ScenarioFile.load(
            path: file, variant: variant, sets: sets, calibration: calibration))
      } catch {
        switch error {
        case .unreadable(let path, let reason): unreadable.append("\(path): \(reason)")
        case .invalid(let found): problems += found
        }
      }
    }
    if !problems.isEmpty {
      let errors = problems.count { $0.severity == .error }
      throw Failure(
        .invalidInput, "\(errors == 1 ? "1 problem" : "\(errors) problems"), nothing was run",
        help: problems.first.map { "rehearse explain \($0.code)" }, problems: problems)
    }
    if !unreadable.isEmpty { throw Failure(.noSuchInput, unreadable.joined(separator: "; ")) }
    for scenario in loaded { try check(scenario.calibration) }
    return loaded
  }

  /// Parameters mean what the model makes of them: those of another version mean something else.
  private static func check(_ calibration: UsedCalibration?) throws {
    guard let calibration, calibration.modelVersion != Build.modelVersion else { return }
    throw Failure(
      .invalidInput,
      "\(calibration.path) was fitted to version \(calibration.modelVersion) of the model, this is "
        + "version \(Build.modelVersion)", help: "calibrate again; rehearse explain RH0902")
  }
}
