import ArgumentParser
import Measurements
import Reports
import Scenarios

struct Explain: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Explain a problem's code, or a metric.",
    discussion: """
      Examples:
        rehearse explain RH0202
        rehearse explain app.latency.p99
      """)

  @Argument(help: ArgumentHelp("RHnnnn, or the name of a metric.", valueName: "code"))
  var code: String

  @OptionGroup var output: FormatOption

  private struct Answer: Encodable {
    var schema = "rehearse.explanation/1"
    var code: String
    var text: String
  }

  func perform(_ console: Console) throws -> ExitStatus {
    guard let text = Codes.explain(code) ?? Self.metric(code) else {
      throw Failure(
        .noSuchInput, "nothing is known about \"\(code)\"",
        help: "codes look like RH0202 and stand in error[…]; metrics like app.latency.p99")
    }
    switch output.format {
    case .text: console.result(text)
    case .json: console.result(try jsonText(Answer(code: code, text: text)))
    }
    return .success
  }

  /// A metric's page: what it is, its unit, its labels.
  static func metric(_ name: String) -> String? {
    guard let metric = MetricCatalog.named(name) else { return nil }
    var lines = ["\(metric.name) (\(metric.unit))", "", metric.doc]
    if !metric.labels.isEmpty { lines.append("Labels: \(metric.labels.joined(separator: ", ")).") }
    return lines.joined(separator: "\n")
  }
}
