import Scenarios

/// Why a command gives up, with what the caller is told.
struct Failure: Error {
  var status: ExitStatus
  var message: String
  /// What to do next.
  var help: String?
  /// What is wrong with the scenario, where that is the reason.
  var problems: [Problem] = []

  init(_ status: ExitStatus, _ message: String, help: String? = nil, problems: [Problem] = []) {
    self.status = status
    self.message = message
    self.help = help
    self.problems = problems
  }

  static func notBuilt(_ what: String, help: String? = nil) -> Failure {
    Failure(.invalidInput, "\(what) is known, but not built yet", help: help)
  }
}
