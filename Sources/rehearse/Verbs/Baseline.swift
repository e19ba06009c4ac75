import ArgumentParser
import Foundation
import Gates
import Measurements
import Reports
import RunHistory
import Scenarios

struct Baseline: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Keep a run to compare later ones with: save, check, list.",
    discussion: """
      A baseline is a file, baselines/NAME.json, that is committed beside the scenarios. NAME is the \
      scenario's name unless another one is given.
      """,
    subcommands: [Save.self, Check.self, List.self])

  struct Save: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Store what a run comes to.",
      discussion: """
        Examples:
          rehearse baseline save scenarios/orders.yaml
          rehearse baseline save latest --name before-the-index
        """)

    @OptionGroup var wanted: BaselineRuns

    func perform(_ console: Console) throws -> ExitStatus {
      let folder = BaselineFolder()
      let runs = try wanted.runs(console)
      for run in runs where !run.record.complete {
        throw Failure(
          .incomplete, "the run of \(run.record.header.name) was cut short; nothing is saved")
      }
      do {
        for run in runs { try save(run.record, in: folder, console) }
      } catch let problem as BaselineFolder.Problem {
        throw Failure(problem)
      }
      return .success
    }

    private func save(_ run: RunRecord, in folder: BaselineFolder, _ console: Console) throws {
      let name = wanted.name ?? BaselineFolder.name(for: run.header.name)
      let old = folder.exists(name) ? try folder.load(name) : nil
      let file = try folder.save(run, as: name)
      console.result("\(file): \(run.header.name), verdict \(run.verdict.rawValue)")
      // What became worse is said when it is accepted.
      if let old { console.say(BaselineCheck(run, against: old, named: "\(name), as it was").text) }
    }
  }

  struct Check: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Compare runs with their baselines; exit 2 if something is worse.",
      discussion: """
        With the seed and model version of the baseline the trials are compared in pairs, otherwise as \
        two independent sets. The gates' verdicts do not count here; `ci` judges both.

        Example:
          rehearse baseline check scenarios/orders.yaml
        """)

    @OptionGroup var wanted: BaselineRuns

    func perform(_ console: Console) throws -> ExitStatus {
      let folder = BaselineFolder()
      var statuses: [ExitStatus] = []
      for run in try wanted.runs(console) {
        let scenario = run.record.header.name
        let name = wanted.name ?? BaselineFolder.name(for: scenario)
        guard let baseline = try folder.baseline(of: scenario, named: name) else { continue }
        let check = BaselineCheck(run.record, against: baseline.run, named: name)
        console.result("\(scenario)\n\(check.text)")
        statuses.append(check.isRegression ? .gateFailed : .success)
        if !run.record.complete { statuses.append(.inconclusive) }
      }
      return .combined(statuses + [Interrupt.status].compactMap { $0 })
    }
  }

  struct List: Verb {
    static let configuration = CommandConfiguration(abstract: "List the baselines.")

    func perform(_ console: Console) throws -> ExitStatus {
      let folder = BaselineFolder()
      var columns = Columns([.left, .left, .left, .right, .right], indent: 0)
      columns.add(["baseline", "scenario", "verdict", "seed", "trials"])
      for name in folder.names {
        do {
          let run = try folder.load(name)
          columns.add([
            name, run.header.name, run.verdict.rawValue, "\(run.header.seed)", "\(run.trials)",
          ])
        } catch {
          columns.add([name, "cannot be read", "", "", ""])
        }
      }
      console.result(
        folder.names.isEmpty ? "no baselines yet" : columns.lines.joined(separator: "\n"))
      return .success
    }
  }
}

/// Runs that were made before, or are made now.
struct BaselineRuns: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Scenario files, which are simulated; or kept runs, by id or latest, or run files.",
      valueName: "file|run"))
  var sources: [String]

  @Option(help: ArgumentHelp("The baseline's name; only with a single run.", valueName: "name"))
  var name: String?

  @OptionGroup var scenario: ScenarioOptions

  func validate() throws {
    if name != nil && sources.count > 1 {
      throw ValidationError("--name takes a single file or run")
    }
  }

  func runs(_ console: Console) throws -> [RunPage.Input] {
    let isFile = { (source: String) in source.hasSuffix(".yaml") || source.hasSuffix(".yml") }
    var loaded = try scenario.load(sources.filter(isFile), console)[...]
    Interrupt.listen()
    let runner = Runner(
      jobs: ProcessInfo.processInfo.activeProcessorCount, exact: false, keepsDecisions: false,
      timeBound: nil, console: console)
    return try sources.map { source in
      if isFile(source), let file = loaded.popFirst() {
        return RunPage.Input(try runner.run(file).0, source: scenario.source(file.path))
      }
      let stored = try StoredDocument(named: source)
      return RunPage.Input(stored.record, source: stored.source)
    }
  }
}
