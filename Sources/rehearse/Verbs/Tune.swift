import ArgumentParser
import Foundation
import Gates
import Measurements
import Reports
import Scenarios
import Traffic
import Tuning

struct Tune: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Find the fastest setting that passes the gates, and say how sure that is.",
    usage: "rehearse tune <file> [<options>]",
    discussion: """
      Searches `tune.space` of the scenario (without one: batch, workers and pause over the usual \
      values): arithmetic first, then few trials of many settings, then bisection along the batch, \
      and at last fresh seeds. Exit 0 if the setting is confirmed, 2 if nothing is feasible, 3 if \
      it is not confirmed.

      Examples:
        rehearse tune scenario.yaml
        rehearse tune scenario.yaml --write tuned.yaml --headroom
        rehearse tune scenario.yaml --sensitivity --out html=tune.html
        rehearse tune scenario.yaml --set 'tune.space={strategy.workers: [1, 2]}'
      """)

  @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @OptionGroup var scenario: ScenarioOptions

  @Option(
    help: ArgumentHelp(
      "Write a copy of the scenario with the recommended setting; comments stay.",
      valueName: "path"))
  var write: String?

  @Flag(help: "Also: how much more traffic the setting bears.")
  var headroom = false

  @Flag(help: "Also: how the setting fares if begun at another hour of the traffic's curve.")
  var startTimes = false

  @Flag(help: "Also: which of the scenario's numbers is worth measuring first.")
  var sensitivity = false

  @OptionGroup var run: RunOptions
  @OptionGroup var output: FormatOption

  func perform(_ console: Console) throws -> ExitStatus {
    let loaded = try scenario.load([file], console)[0]
    if scenario.trials != nil {
      console.warn("--trials is not used: tune decides how many trials a setting needs")
    }
    if let other = run.outputs.first(where: { ![.text, .json, .html].contains($0.kind) }) {
      throw Failure(
        .usage, "tune writes text, json or html, not \(other.kind.rawValue)",
        help: "simulate the recommended setting for a report")
    }
    warnOfNothing(loaded.scenario, console)
    try Writing.check(run.outputs.map(\.path) + [write].compactMap { $0 })
    Interrupt.listen()
    let began = Date()
    let result = try result(loaded, console)
    let rest = run.outputs.filter { $0.kind != .html }
    try Publishing(outputs: rest, format: output.format).publish(
      json: try jsonText(TuneDocument(result)), console
    ) { TuneText(result, source: file, emphasis: $0).text }
    for page in run.outputs where page.kind == .html {
      try Writing.write(TunePage(result, source: scenario.source(file)).text, to: page.path)
    }
    if let write, let choice = result.recommended {
      try Writing.write(try patched(loaded, choice.candidate), to: write)
      console.say("wrote \(write)")
    }
    if !run.noHistory { try keep(result, since: began, console) }
    return .combined([status(of: result)] + [Interrupt.status].compactMap { $0 })
  }

  private func result(_ loaded: LoadedScenario, _ console: Console) throws -> TuneResult {
    let bound = TimeBound(seconds: try run.timeBound())
    let progress = Progress(console, label: loaded.scenario.name)
    let played = Counter()
    defer { progress.finish() }
    do {
      return try Tuner(
        loaded, header: RunRecord.Header(loaded),
        extras: .init(headroom: headroom, startTimes: startTimes, sensitivity: sensitivity),
        jobs: run.threads, exact: run.exact,
        shouldStop: { Interrupt.isRequested || bound.hasPassed },
        finished: {
          let count = played.next()
          progress.report { "trial \(count)" }
        }
      ).run()
    } catch let failure as ScenarioFailure {
      throw Failure(
        .invalidInput, "nothing was run",
        help: failure.problems.first.map { "rehearse explain \($0.code)" },
        problems: failure.problems)
    } catch let bug as BrokenBooks {
      let failure = Failure(violationsIn: bug.result, trial: bug.trial, of: bug.scenario)
      throw failure.map { $0 as any Error } ?? bug
    }
  }

  /// Says which of the extras has nothing to say.
  private func warnOfNothing(_ scenario: Scenario, _ console: Console) {
    if headroom, scenario.traffic.isEmpty || !scenario.gates.contains(where: { $0.level == .error })
    {
      console.warn("--headroom says nothing here: it takes traffic and an error-level gate")
    }
    if startTimes, !scenario.traffic.contains(where: { !$0.curve.isEmpty }) {
      console.warn(
        "--start-times says nothing here: no class of the traffic has a curve, every hour is the same"
      )
    }
  }

  /// Keeps the confirming trials as the run of the recommended setting that they are.
  private func keep(_ result: TuneResult, since began: Date, _ console: Console) throws {
    guard let choice = result.recommended, var record = choice.record else { return }
    let sets = choice.candidate.values.map(\.argument)
    let tuned = try Loading.read(
      [file], variant: scenario.variant, sets: scenario.allOverrides + sets,
      calibration: scenario.calibration)[0]
    record.header = RunRecord.Header(tuned)
    record.batch = BatchMap(tuned.scenario)
    let source = scenario.source(file) + sets.map { settingMark + Shell.quoted($0) }.joined()
    History.keep(FinishedRun(record, source: source, startedAt: began), console)
  }

  private func patched(_ loaded: LoadedScenario, _ candidate: Candidate) throws -> String {
    guard let text = ScenarioPatch(loaded, candidate.values)?.text else {
      throw Failure(
        .incomplete, "the recommended setting could not be written into a copy of \(file)",
        help: "set it by hand: "
          + candidate.values.map { "--set \($0.argument)" }.joined(separator: " "))
    }
    return text
  }

  private func status(of result: TuneResult) -> ExitStatus {
    switch TuneWords.verdict(result).0 {
    case .pass, .none: result.complete ? .success : .inconclusive
    case .fail: .gateFailed
    case .inconclusive: .inconclusive
    }
  }
}
