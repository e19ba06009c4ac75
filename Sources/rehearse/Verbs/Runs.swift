import ArgumentParser
import Foundation
import Gates
import Measurements
import Reports
import RunHistory

struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, show or prune the runs that were kept.",
    subcommands: [List.self, Show.self, Prune.self])

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "List the newest runs.")

    @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
    var limit = 20

    @Option(help: ArgumentHelp("Only runs of this scenario.", valueName: "name"))
    var name: String?

    @OptionGroup var output: FormatOption

    private struct Answer: Encodable {
      var schema = "rehearse.history/1"
      var runs: [StoredRun]
    }

    func perform(_ console: Console) throws -> ExitStatus {
      let runs: [StoredRun]
      do {
        runs = try History.existing()?.list(.init(name: name), limit: limit) ?? []
      } catch let error as RunHistoryError {
        throw Failure(error)
      }
      switch output.format {
      case .text: console.result(runs.isEmpty ? "no runs yet" : Self.text(runs))
      case .json: console.result(try jsonText(Answer(runs: runs)))
      }
      return .success
    }

    private static func text(_ runs: [StoredRun]) -> String {
      var columns = Columns([.left, .left, .right], indent: 0)
      columns.add(["run", "verdict", "took"])
      for run in runs {
        columns.add([run.id, run.verdict.rawValue, Human.duration(run.wallTime)])
      }
      return columns.lines.joined(separator: "\n")
    }
  }

  struct Show: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Show one run as it was.",
      discussion: """
        With --decisions: what the strategy was told in the first trial and what it answered, one \
        line each, or the whole log as JSON. A log holds the strategy's settings, so that it can be \
        replayed without the scenario; showing it does so.
        """)

    @Argument(help: ArgumentHelp("An id, the start of one, or latest.", valueName: "run"))
    var run: String

    @Flag(help: "Show the decision log of the first trial instead.")
    var decisions = false

    @OptionGroup var output: FormatOption

    func perform(_ console: Console) throws -> ExitStatus {
      guard decisions else {
        try StoredDocument(kept: run).show(output.format, console)
        return .success
      }
      guard let text = try History.kept(run, { try $0.decisions($1) }) else {
        throw Failure(
          .noSuchInput, "no decision log was kept of \(run)",
          help: "runs without a backfill have none, nor have those of older versions")
      }
      try StoredDecisions(text, name: run).show(output.format, console)
      return .success
    }
  }

  struct Prune: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Delete all but the newest runs of each scenario.")

    @Option(help: ArgumentHelp("Keep so many of each scenario.", valueName: "n"))
    var keep = 20

    func validate() throws {
      if keep < 0 { throw ValidationError("--keep takes a number from 0 on, not \(keep)") }
    }

    func perform(_ console: Console) throws -> ExitStatus {
      do {
        let gone = try History.existing()?.prune(keep: keep) ?? 0
        console.result(gone == 1 ? "1 run deleted" : "\(gone) runs deleted")
      } catch let error as RunHistoryError {
        throw Failure(error)
      }
      return .success
    }
  }
}
