import Foundation
import Scenarios

/// JSON as every command writes it: sorted keys, so that equal results are equal bytes.
enum Document {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// `rehearse.error/1`: what stands on stdout in place of a result.
struct ErrorDocument: Encodable {
  struct Detail: Encodable {
    var message: String
    var help: String?
  }
  struct Finding: Encodable {
    var code: String
    var severity: String
    var message: String
    var hint: String?
    var help: [String]
    var path: String
    var line: Int
    var column: Int

    init(_ problem: Problem) {
      code = problem.code
      severity = problem.severity.rawValue
      message = problem.message
      hint = problem.hint.isEmpty ? nil : problem.hint
      help = problem.help
      path = problem.path
      line = problem.line
      column = problem.column
    }
  }
  var schema = "rehearse.error/1"
  var exit_code: Int32
  var error: Detail
  var problems: [Finding]

  init(_ failure: Failure) {
    exit_code = failure.status.rawValue
    error = Detail(message: failure.message, help: failure.help)
    problems = failure.problems.map(Finding.init)
  }
}
