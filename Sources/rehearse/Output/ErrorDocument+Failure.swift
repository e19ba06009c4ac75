import Measurements
import Scenarios

extension ErrorDocument {
  init(_ failure: Failure) {
    self.init(
      exitCode: Int(failure.status.rawValue), message: failure.message, help: failure.help,
      problems: failure.problems.map(Problem.init))
  }
}

extension ErrorDocument.Problem {
  init(_ problem: Scenarios.Problem) {
    self.init(
      code: problem.code, severity: problem.severity.rawValue, message: problem.message,
      hint: problem.hint, path: problem.path, line: problem.line, column: problem.column)
  }
}
