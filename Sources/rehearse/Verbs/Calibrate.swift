import ArgumentParser
import Calibration
import Foundation
import LiveDriver
import Reports
import Scenarios

struct Calibrate: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Measure what a PostgreSQL costs, for simulations of it.",
    usage: """
      rehearse calibrate <file> --throwaway --out <path>
      rehearse calibrate <file> --target <dsn> --execute --out <path>
      rehearse calibrate <file> --observe <dsn> [--base <path>] --out <path>
      """,
    discussion: """
      Measures round trips, statements, batches, commits, locks, reads, replay and the scheduler on \
      tables of its own, as wide as the scenario's, and removes them: one to three minutes. An \
      interrupted calibration keeps what it has beside the output and goes on from there. Exit status \
      3 if the instance is too noisy to be calibrated, 77 if a target is refused.

      With --observe a server under its usual work is only watched, by its own counters: flush and \
      read times and the round trip. The rest then comes from --base.

      Examples:
        rehearse calibrate scenario.yaml --throwaway --out here.json
        rehearse simulate scenario.yaml --calibration here.json
        rehearse calibrate scenario.yaml --observe DSN --base here.json --out db1.json
      """)

  @Argument(help: "Scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Flag(help: "Make a temporary cluster on this host, and remove it afterwards.")
  var throwaway = false

  @Option(
    help: ArgumentHelp("Measure this server: a URI or keyword=value pairs.", valueName: "dsn"))
  var target: String?

  @Option(help: ArgumentHelp("A streaming replica of the target.", valueName: "dsn"))
  var replica: String?

  @Flag(help: "Really write to the target: tables of its own, removed at the end.")
  var execute = false

  @Option(help: ArgumentHelp("Only watch this server, read-only.", valueName: "dsn"))
  var observe: String?

  @Option(help: ArgumentHelp("The calibration that --observe completes.", valueName: "file"))
  var base: String?

  @Option(
    name: .customLong("for"), help: ArgumentHelp("How long --observe looks.", valueName: "duration")
  )
  var length = "5min"

  @Option(help: ArgumentHelp("Where the calibration goes.", valueName: "calibration"))
  var out: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override one value of the scenario, such as table.row_width=100B. Repeatable.",
      valueName: "path=value"))
  var overrides: [String] = []

  @OptionGroup var output: FormatOption

  func validate() throws {
    guard [throwaway, target != nil, observe != nil].count(where: { $0 }) == 1 else {
      throw ValidationError(
        "calibrate needs one server: --throwaway makes one, --target names one of yours, --observe "
          + "only watches one")
    }
    if target == nil, replica != nil || execute {
      throw ValidationError("--replica and --execute belong to --target")
    }
    if target != nil, !execute {
      throw ValidationError("--target is written to: add --execute")
    }
    if observe == nil, base != nil { throw ValidationError("--base belongs to --observe") }
    _ = try WallTime.seconds(length, of: "--for")
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let loaded = try Loading.load([file], sets: overrides, console)[0]
    try Writing.check([out])
    Interrupt.listen()
    let runner = CalibrationRunner(loaded: loaded, out: out, console: console)
    let calibration: CalibrationFile?
    if let observe {
      calibration = try runner.observe(
        observe, base: base, seconds: try WallTime.seconds(length, of: "--for"))
    } else if let target {
      calibration = try runner.measure(target, replica: replica)
    } else {
      calibration = try runner.measureThrowaway()
    }
    guard let calibration else { return Interrupt.status ?? .incomplete }
    let text = try calibration.text()
    try Writing.write(text, to: out)
    switch output.format {
    case .text: console.result(CalibrationText(calibration).text)
    case .json: console.result(text)
    }
    console.say("written to \(out); next: rehearse simulate \(file) --calibration \(out)")
    return .success
  }
}
