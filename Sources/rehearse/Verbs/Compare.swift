import ArgumentParser
import Measurements
import Reports
import Scenarios

struct Compare: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Play several strategies against the same traffic, side by side.",
    usage: "rehearse compare <operands> ... [<options>]",
    discussion: """
      The first operand is what the others are compared with. Trials of all candidates have the same \
      seeds, so that arrivals, keys and demands are the same for each; differences are taken trial by \
      trial. Without --trials few are played, as many as the differences need.

      Exit 0 where every candidate was played; the verdicts are in the table.

      Examples:
        rehearse compare scenario.yaml other.yaml
        rehearse compare scenario.yaml variant:gentle preset:pgroll
        rehearse compare scenario.yaml --variants --presets all
        rehearse compare scenario.yaml run:latest --format json
      """)

  @Argument(
    help: ArgumentHelp(
      "A scenario's path, variant:NAME or preset:NAME of the first one, run:ID, baseline:NAME.",
      valueName: "operands"), completion: .file(extensions: ["yaml", "yml"]))
  var operands: [String]

  @Flag(help: "Also every variant of the first scenario.")
  var variants = false

  @Option(
    help: ArgumentHelp(
      "Also these presets, or all that fit the engine and the kind of work.",
      valueName: "all|name,…"))
  var presets: String?

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var play: PlayOptions
  @OptionGroup var output: FormatOption

  func perform(_ console: Console) throws -> ExitStatus {
    if let file = play.outputs.first(where: { ![.text, .json].contains($0.kind) }) {
      throw Failure(
        .usage, "a comparison cannot be written as \(file.kind.rawValue)", help: "text or json")
    }
    let wanted = Operands(
      written: operands, addsVariants: variants, presets: presets, options: scenario)
    let (candidates, leftOut) = try wanted.resolve(console)
    try Writing.check(play.outputs)
    Interrupt.listen()
    var runner = ComparisonRunner(
      jobs: play.threads, exact: play.exact, trials: scenario.trials.flatMap { Int($0) },
      timeBound: try play.timeBound(), console: console)
    let record = try runner.compare(candidates, leftOut: leftOut)
    try Publishing(outputs: play.outputs, format: output.format).publish(
      json: try jsonText(record), console
    ) { ComparisonText(record, emphasis: $0).text }
    if let signal = Interrupt.status { return signal }
    return runner.wasStopped ? .inconclusive : .success
  }
}
