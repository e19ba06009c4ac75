import Scenarios

extension ScenarioOptions {
  /// Reads every file before anything runs, so that all problems are reported at once.
  func load(_ files: [String], _ console: Console) throws -> [LoadedScenario] {
    if calibration != nil {
      throw Failure.notBuilt(
        "--calibration", help: "costs can be set by hand: --set database.costs…")
    }
    var loaded: [LoadedScenario] = []
    var problems: [Problem] = []
    var unreadable: [String] = []
    for file in files {
      do {
        loaded.append(try ScenarioFile.load(path: file, variant: variant, sets: allOverrides))
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
    let warnings = loaded.flatMap(\.warnings)
    if !warnings.isEmpty { console.say(ScenarioFile.render(warnings)) }
    return loaded
  }
}
