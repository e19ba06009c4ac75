import ArgumentParser
import Foundation
import Gates
import LiveDriver
import Measurements
import Primitives
import Scenarios
import Strategies

struct Live: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Do the same scenario for real, on a PostgreSQL that may be thrown away.",
    usage: """
      rehearse live <file> --throwaway [<options>]
      rehearse live <file> --target <dsn> [--replica <dsn> ...] --execute [<options>]
      """,
    discussion: """
      Makes a temporary PostgreSQL cluster with the scenario's replicas from the programs installed \
      here, fills the table, runs the traffic and the backfill in real time, measures what \
      `simulate` predicts, and removes everything. Exit status as for `simulate`; 5 if a throttle's \
      abort rule stopped the backfill, 69 if no server could be started or reached, or if it went \
      away and did not come back; what there is by then is kept.

      With --target it runs on a server of yours, on the table that is there: only on one that \
      carries the marker or that rehearse.yaml allows, and only with --execute; without it nothing is \
      written. Exit status 77 if it is refused.

      Examples:
        rehearse live scenario.yaml --throwaway
        rehearse live scenario.yaml --throwaway --set table.rows=500k --format json
      """)

  @Argument(help: "Scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var live: LiveOptions
  @OptionGroup var output: FormatOption

  func perform(_ console: Console) throws -> ExitStatus {
    let loaded = try scenario.load([file], console)
    guard let loaded = loaded.first else { return .noSuchInput }
    try Writing.check(live.outputs)
    Interrupt.listen()
    var runner = LiveRunner(
      loaded: loaded, limits: try live.limits(), timeBound: try live.timeBound(), console: console)
    runner.patience = TimeSpan(
      seconds: try WallTime.seconds(live.reconnect, of: "--reconnect"))
    guard let finished = try finish(runner) else { return .success }
    var run = finished.run
    if !run.record.complete, run.record.verdict == .pass { run.record.verdict = .inconclusive }
    try Publishing(outputs: live.outputs, format: output.format).publish(
      [run.record], sources: [scenario.source(file)], console)
    if !live.noHistory { History.keep(run, console) }
    return .combined(
      [ExitStatus(run.record), status(of: finished.end, console)]
        + [Interrupt.status].compactMap { $0 })
  }

  /// Nil after a dry run.
  private func finish(
    _ runner: LiveRunner
  ) throws -> (run: FinishedRun, end: LiveResult.End)? {
    var end: LiveResult.End?
    let run = try FinishedRun(
      scenario.source(file),
      ifAny: { () -> (RunRecord, DecisionLog?)? in
        let finished =
          if let target = live.targetOptions(output.format) {
            try runner.run(on: target, file: file)
          } else {
            try runner.run()
          }
        end = finished?.end
        return finished.map { ($0.record, $0.decisions) }
      })
    guard let run, let end else { return nil }
    return (run, end)
  }

  private func status(of end: LiveResult.End, _ console: Console) -> ExitStatus {
    let (status, complaint) = Self.meaning(of: end)
    if let complaint { console.say(console.styled("error: ", .red, on: .error) + complaint) }
    return status
  }

  /// The exit status of a live run's end, and what to say about it.
  static func meaning(of end: LiveResult.End) -> (status: ExitStatus, complaint: String?) {
    switch end {
    case .finished, .interrupted: (.success, nil)
    case .stoppedByThrottle: (.stoppedByThrottle, nil)
    case .gaveUp(let reason): (.incomplete, "the backfill gave up: \(reason)")
    case .serverLost(let reason):
      (.serverUnreachable, "the server went away and did not come back: \(reason)")
    }
  }
}

struct LiveOptions: ParsableArguments {
  @Flag(help: "Make a temporary cluster on this host, and remove it afterwards.")
  var throwaway = false

  @Option(
    help: ArgumentHelp("Run on this server: a URI or keyword=value pairs.", valueName: "dsn"))
  var target: String?

  @Option(
    help: ArgumentHelp(
      "A streaming replica of the target, in the scenario's order. Repeatable.", valueName: "dsn"))
  var replica: [String] = []

  @Flag(help: "Really write to the target; without it only say what would be done.")
  var execute = false

  @Option(help: ArgumentHelp("Go on with an interrupted run on the target.", valueName: "run"))
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "Await a lost server for this long at each try of a batch.", valueName: "duration"))
  var reconnect = "30s"

  @Option(
    help: ArgumentHelp("Limit the primary to so many reads and writes a second.", valueName: "n"))
  var iops: Double?

  @Option(
    help: ArgumentHelp(
      "Limit the primary to so many bytes a second, such as 40MiB.", valueName: "b"))
  var throughput: String?

  @Option(
    help: ArgumentHelp("Limit each replica to a share of a core, such as 20%.", valueName: "p"))
  var replicaCpu: String?

  @Option(
    help: ArgumentHelp("Limit each replica to so many reads and writes a second.", valueName: "n"))
  var replicaIops: Double?

  @Option(
    name: .customLong("out"),
    help: OutputFile.help)
  var outputs: [OutputFile] = []

  @Option(
    help: ArgumentHelp(
      "Stop after this much wall-clock time, such as 5min, with what there is.",
      valueName: "duration"))
  var maxTime: String?

  @Flag(help: "Do not keep the run in .rehearse/history.sqlite (or $REHEARSE_HISTORY).")
  var noHistory = false

  /// Nil for a throwaway cluster.
  func targetOptions(_ format: OutputFormat) -> TargetOptions? {
    target.map {
      TargetOptions(
        primary: $0, replicas: replica, executes: execute, resumed: resume, format: format)
    }
  }

  func validate() throws {
    guard throwaway != (target != nil) else {
      throw ValidationError(
        "live needs one server: --throwaway makes one, --target names one of yours")
    }
    if throwaway, !replica.isEmpty || execute || resume != nil {
      throw ValidationError("--replica, --execute and --resume belong to --target")
    }
    if target != nil, try limits() != ResourceLimits() {
      throw ValidationError("only a throwaway cluster can be limited")
    }
    _ = try timeBound()
    _ = try WallTime.seconds(reconnect, of: "--reconnect")
    _ = try limits()
  }

  /// Seconds.
  func timeBound() throws -> Double? {
    try maxTime.map { try WallTime.seconds($0, of: "--max-time") }
  }

  func limits() throws -> ResourceLimits {
    ResourceLimits(
      operations: try iops.map { try Self.positive($0, "--iops") },
      throughput: try throughput.map(Self.bytes),
      replicaCores: try replicaCpu.map(Self.share),
      replicaOperations: try replicaIops.map { try Self.positive($0, "--replica-iops") })
  }

  private static func positive(_ value: Double, _ option: String) throws -> Double {
    guard value > 0, value.isFinite else {
      throw ValidationError("\(option) takes a number above 0, not \(value)")
    }
    return value
  }

  private static func bytes(_ text: String) throws -> Double {
    let units: [(String, Double)] = [
      ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("B", 1),
    ]
    let bare = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
    for (unit, factor) in units where bare.hasSuffix(unit) {
      if let number = Double(bare.dropLast(unit.count)), number > 0, number.isFinite {
        return number * factor
      }
    }
    throw ValidationError("--throughput takes bytes a second such as 40MiB, not \"\(text)\"")
  }

  private static func share(_ text: String) throws -> Double {
    if text.hasSuffix("%"), let number = Double(text.dropLast()), number > 0, number.isFinite {
      return number / 100
    }
    throw ValidationError("--replica-cpu takes a share of a core such as 20%, not \"\(text)\"")
  }
}
