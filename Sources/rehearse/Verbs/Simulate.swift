import ArgumentParser
import Gates
import Measurements
import Scenarios

struct Simulate: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Predict what the backfill does, and judge it by the gates.",
    usage: "rehearse simulate <files> ... [<options>]",
    discussion: """
      Runs independent trials of the scenario in model time; the same scenario and seed give the \
      same result. Exit 0 if every error-level gate passed, 2 if one failed, 3 if one is \
      inconclusive.

      Examples:
        rehearse simulate scenario.yaml
        rehearse simulate scenario.yaml --set strategy.workers=4 --trials 60
        rehearse simulate scenarios/*.yaml --format json --out text=runs.txt
      """)

  @Argument(help: "Scenario files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String]

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var run: RunOptions
  @OptionGroup var output: FormatOption

  func perform(_ console: Console) throws -> ExitStatus {
    let loaded = try scenario.load(files, console)
    try Writing.check(run.outputs)
    Interrupt.listen()
    let runner = Runner(
      jobs: run.threads, exact: run.exact, keepsDecisions: !run.noHistory,
      timeBound: try run.timeBound(), console: console)
    var runs: [FinishedRun] = []
    for file in loaded where runs.isEmpty || !runner.mustStop {
      runs.append(try FinishedRun(scenario.source(file.path)) { try runner.run(file) })
    }
    let records = runs.map(\.record)
    try Publishing(outputs: run.outputs, format: output.format).publish(
      records, sources: files.map(scenario.source), console)
    if !run.noHistory { for run in runs { History.keep(run, console) } }
    return .combined(records.map(ExitStatus.init) + [Interrupt.status].compactMap { $0 })
  }
}

extension ExitStatus {
  /// What a finished run says; one that was cut short is at best inconclusive.
  init(_ record: RunRecord) {
    switch record.verdict {
    case .fail: self = .gateFailed
    case .inconclusive: self = .inconclusive
    case .pass, .none: self = record.complete ? .success : .inconclusive
    }
  }
}
