import ArgumentParser
import Estimates
import Measurements
import Reports
import Scenarios

struct Plan: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Show every resolved value with its origin, and the arithmetic; runs nothing.",
    usage: "rehearse plan <file> [<options>]",
    discussion: """
      The arithmetic is in closed form: what holds if nothing queues. `simulate` adds the queueing.

      Examples:
        rehearse plan scenario.yaml
        rehearse plan scenario.yaml --set strategy.batch.rows=500 --format json
      """)

  @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var output: FormatOption

  func perform(_ console: Console) throws -> ExitStatus {
    let loaded = try scenario.load([file], console)[0]
    switch output.format {
    case .text: console.result(PlanText(loaded).text)
    case .json: console.result(try jsonText(PlanDocument(loaded)))
    }
    return .success
  }
}

/// `rehearse.plan/1`.
struct PlanDocument: Encodable {
  struct Resolved: Encodable {
    var path: String
    var value: String
    var origin: String
  }
  struct Number: Encodable {
    var name: String
    /// Nil where it is without end.
    var value: Double?
    var unit: String
    var formula: String
  }
  var schema = "rehearse.plan/1"
  var name: String
  var resolved: [Resolved]
  var estimates: [Number]
  /// The resource that the closed forms say limits the backfill.
  var bound_by: String?
  /// Nil where there are no batches.
  var batch: BatchDocument?

  init(_ loaded: LoadedScenario) {
    name = loaded.scenario.name
    resolved = loaded.resolved.map {
      Resolved(path: $0.path, value: $0.text, origin: $0.origin.description)
    }
    let order = FirstOrder(loaded.scenario)
    estimates = (order?.estimates(loaded.scenario) ?? []).map {
      Number(
        name: $0.name, value: $0.value.isFinite ? $0.value : nil, unit: $0.unit.rawValue,
        formula: $0.formula)
    }
    bound_by = order?.rates.binding?.resource.rawValue
    batch = BatchDocument(loaded.scenario)
  }
}
