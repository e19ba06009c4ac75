import ArgumentParser
import Foundation
import Primitives
import Reports
import Scenarios

enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

struct FormatOption: ParsableArguments {
  @Option(help: "What stdout carries: text, or exactly one JSON document.")
  var format = OutputFormat.text
}

/// How the scenario on the command line differs from its file.
struct ScenarioOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override one value, such as strategy.batch.rows=2000; null removes it. Repeatable.",
      valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: ArgumentHelp("Apply a variant of the scenario.", valueName: "name"))
  var variant: String?

  @Option(help: ArgumentHelp("Start the random streams here.", valueName: "n"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "A number, or auto: from 30 to 200 until every gate is decided.", valueName: "n|auto"))
  var trials: String?

  @Option(
    help: ArgumentHelp("Take the costs that `calibrate` measured.", valueName: "file"))
  var calibration: String?

  func validate() throws {
    if let trials, trials != "auto" {
      guard let count = Int(trials), (1...100_000).contains(count) else {
        throw ValidationError("--trials takes auto or a number from 1 to 100000, not \"\(trials)\"")
      }
    }
  }

  /// A file as it is named afterwards, so that the variant is not lost.
  func source(_ path: String) -> String {
    Shell.quoted(path) + (variant.map { variantMark + Shell.quoted($0) } ?? "")
  }

  /// The `--set` list with the shorthands for `run.seed` and `run.trials` behind it.
  var allOverrides: [String] {
    overrides + (seed.map { ["run.seed=\($0)"] } ?? [])
      + (trials.map { ["run.trials=\($0)"] } ?? [])
  }
}

/// One `--out kind=path`.
struct OutputFile: ExpressibleByArgument, Hashable {
  var kind: OutputKind
  var path: String

  static let help = ArgumentHelp(
    "Also write the result to a file: \(OutputKind.list). Repeatable.", valueName: "kind=path")

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = OutputKind(rawValue: String(parts[0])), !parts[1].isEmpty
    else {
      return nil
    }
    self.kind = kind
    path = String(parts[1])
  }
}

/// How long, how exactly and with how many threads trials are played.
struct PlayOptions: ParsableArguments {
  @Option(
    name: .customLong("out"),
    help: OutputFile.help)
  var outputs: [OutputFile] = []

  @Option(
    help: ArgumentHelp(
      "Stop after this much wall-clock time, such as 5min; what is open then is inconclusive.",
      valueName: "duration"))
  var maxTime: String?

  @Flag(help: "Play every second instead of sampling the steady stretches.")
  var exact = false

  @Option(
    name: [.customShort("j"), .customLong("jobs")],
    help: ArgumentHelp(
      "Trials at a time; the result does not depend on it. Default: one per core.", valueName: "n"))
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number from 1 on, not \(jobs)") }
    if maxTime != nil { _ = try timeBound() }
  }

  /// Seconds.
  func timeBound() throws -> Double? {
    try maxTime.map { try WallTime.seconds($0, of: "--max-time") }
  }

  var threads: Int { jobs ?? ProcessInfo.processInfo.activeProcessorCount }
}

struct RunOptions: ParsableArguments {
  @OptionGroup var play: PlayOptions

  @Flag(help: "Do not keep the run in .rehearse/history.sqlite (or $REHEARSE_HISTORY).")
  var noHistory = false

  var outputs: [OutputFile] { play.outputs }
  var exact: Bool { play.exact }
  var threads: Int { play.threads }
  func timeBound() throws -> Double? { try play.timeBound() }
}

/// A length of wall-clock time as an option takes it.
enum WallTime {
  /// Of a text such as 30s or 5min.
  static func seconds(_ text: String, of option: String) throws -> Double {
    let units: [(String, Double)] = [("ms", 1e-3), ("min", 60), ("s", 1), ("h", 3_600)]
    for (unit, seconds) in units where text.hasSuffix(unit) {
      if let number = Double(text.dropLast(unit.count)), number > 0, number.isFinite {
        return number * seconds
      }
    }
    throw ValidationError("\(option) takes a duration such as 30s or 5min, not \"\(text)\"")
  }
}
