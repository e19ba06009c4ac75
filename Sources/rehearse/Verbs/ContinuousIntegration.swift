import ArgumentParser
import Foundation
import Measurements
import Reports
import RunHistory
import Scenarios

/// The verb `ci`.
struct ContinuousIntegration: Verb {
  static let configuration = CommandConfiguration(
    commandName: "ci",
    abstract: "Validate, simulate, judge, compare with the baseline: what a pipeline runs.",
    usage: "rehearse ci <files> ... [<options>]",
    discussion: """
      Exit 2 if a gate fails or a metric is worse than in the baseline, 3 if something is undecided. \
      The baseline of a scenario is baselines/NAME.json, where there is one. On GitHub it annotates \
      the scenario's lines and adds to the step summary by itself.

      Examples:
        rehearse ci scenarios/*.yaml
        rehearse ci scenario.yaml --out junit=junit.xml --out sarif=rehearse.sarif
      """)

  @Argument(help: "Scenario files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "Compare with this baseline instead of the scenario's own.", valueName: "name"))
  var baseline: String?

  @Flag(help: "Compare with no baseline.")
  var noBaseline = false

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var run: RunOptions
  @OptionGroup var output: FormatOption

  func perform(_ console: Console) throws -> ExitStatus {
    try Writing.check(run.outputs)
    let loaded = try load(console)
    let baselines = try loaded.map { file in
      noBaseline ? nil : try BaselineFolder().baseline(of: file.scenario.name, named: baseline)
    }
    Interrupt.listen()
    let runner = Runner(
      jobs: run.threads, exact: run.exact, keepsDecisions: !run.noHistory,
      timeBound: try run.timeBound(), console: console)
    var runs: [FinishedRun] = []
    var checks: [String: BaselineCheck] = [:]
    for (file, baseline) in zip(loaded, baselines) where runs.isEmpty || !runner.mustStop {
      let finished = try FinishedRun(scenario.source(file.path)) { try runner.run(file) }
      if let baseline {
        checks[file.scenario.name] = BaselineCheck(
          finished.record, against: baseline.run, named: baseline.name)
      }
      runs.append(finished)
    }
    var rendering = Rendering(
      runs.map { RunPage.Input($0.record, source: $0.source) },
      json: try jsonText(CIDocument(runs: runs.map(\.record), checks: checks)))
    rendering.checks = checks
    rendering.problems = loaded.flatMap(\.warnings).map(Finding.init)
    try Publishing(outputs: run.outputs, format: output.format).publish(rendering, console)
    try tellGitHub(rendering, console)
    if !run.noHistory { for run in runs { History.keep(run, console) } }
    let missing: [ExitStatus] = runs.count < loaded.count ? [.inconclusive] : []
    return .combined(
      runs.map { ExitStatus($0.record) } + missing
        + checks.values.map { $0.isRegression ? .gateFailed : .success }
        + [Interrupt.status].compactMap { $0 })
  }

  /// An invalid scenario is told where the outputs are looked at, too.
  private func load(_ console: Console) throws -> [LoadedScenario] {
    do {
      return try scenario.load(files, console)
    } catch let failure as Failure {
      guard !failure.problems.isEmpty else { throw failure }
      var rendering = Rendering([], json: "")
      rendering.problems = failure.problems.map(Finding.init)
      for file in run.outputs where [.sarif, .github].contains(file.kind) {
        try Writing.write(rendering.text(file.kind), to: file.path)
      }
      if Self.isOnGitHub { console.say(rendering.text(.github)) }
      throw failure
    }
  }

  private static var isOnGitHub: Bool {
    ProcessInfo.processInfo.environment["GITHUB_ACTIONS"] == "true"
  }

  /// Annotations go to stderr, which GitHub reads as well: stdout carries the result only.
  private func tellGitHub(_ rendering: Rendering, _ console: Console) throws {
    if Self.isOnGitHub { console.say(rendering.text(.github)) }
    let summary = ProcessInfo.processInfo.environment["GITHUB_STEP_SUMMARY"] ?? ""
    if !summary.isEmpty { try Writing.append(rendering.text(.markdown), to: summary) }
  }
}

/// `rehearse.runs/1` with what the comparison with baselines found.
private struct CIDocument: Encodable {
  struct Check: Encodable {
    struct Row: Encodable {
      var name: String
      var unit: String
      var before, after, low, high: Double?
      var worse: Bool
    }
    struct Change: Encodable {
      var path: String
      var before, after: String?
      var line: Int
    }
    var scenario: String
    var baseline: String
    var paired: Bool
    var regression: Bool
    var rows: [Row]
    var changes: [Change]
  }
  var schema = "rehearse.runs/1"
  var runs: [RunRecord]
  var baselines: [Check]

  init(runs: [RunRecord], checks: [String: BaselineCheck]) {
    self.runs = runs
    baselines = checks.sorted { $0.key < $1.key }.map { scenario, check in
      func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
      return Check(
        scenario: scenario, baseline: check.baseline, paired: check.isPaired,
        regression: check.isRegression,
        rows: check.rows.map {
          Check.Row(
            name: $0.name, unit: $0.unit, before: finite($0.before), after: finite($0.after),
            low: finite($0.low), high: finite($0.high), worse: $0.isWorse)
        },
        changes: check.changes.map {
          Check.Change(path: $0.path, before: $0.before, after: $0.after, line: $0.line)
        })
    }
  }
}
