import Foundation
import Gates
import Measurements
import Reports
import Scenarios
import Simulator
import Strategies

/// Runs scenarios one after another, each in trials, until done, interrupted or out of time.
struct Runner: Sendable {
  let jobs: Int
  let exact: Bool
  /// Whether the decisions of each run's first trial are wanted.
  let keepsDecisions: Bool
  let console: Console
  private let bound: TimeBound

  /// - Parameters:
  ///   - jobs: Trials at a time.
  ///   - exact: Play every second.
  ///   - keepsDecisions: Give the decision log of each run's first trial.
  ///   - timeBound: Seconds of wall-clock time for all runs together.
  ///   - console: Where progress is told.
  init(jobs: Int, exact: Bool, keepsDecisions: Bool, timeBound: Double?, console: Console) {
    self.jobs = jobs
    self.exact = exact
    self.keepsDecisions = keepsDecisions
    self.console = console
    bound = TimeBound(seconds: timeBound)
  }

  var mustStop: Bool { Interrupt.isRequested || bound.hasPassed }

  /// The record of one scenario, marked incomplete where trials are missing, and the decisions of
  /// its first trial.
  func run(_ loaded: LoadedScenario) throws -> (RunRecord, DecisionLog?) {
    let scenario = loaded.scenario
    let header = RunRecord.Header(loaded)
    let trials = Trials(wanted: scenario.run.trials, jobs: jobs)
    let gatesRecovery = scenario.gates.contains { $0.metric == TrialResult.recoveryMetric }
    let progress = Progress(console, label: scenario.name)
    let outcome = trials.run(
      shouldStop: { mustStop },
      decided: { decided(RunRecord.results(scenario.gates, $0, header)) },
      finished: { progress.report(done: $0, planned: trials.planned) },
      trial: { index in
        // One trial more is little among many: the first one then tells how it recovers.
        simulateTrial(
          scenario, trial: index, seed: scenario.run.seed, exact: exact,
          extras: TrialExtras(
            recovery: gatesRecovery || index == 0 && trials.planned >= Trials.fewest,
            decisions: keepsDecisions && index == 0),
          shouldStop: { mustStop })
      })
    progress.finish()
    for (trial, result) in outcome.results.enumerated() {
      if let bug = Failure(violationsIn: result, trial: trial, of: scenario) { throw bug }
    }
    var record = RunRecord(
      header, trials: outcome.results, gates: scenario.gates, complete: outcome.complete)
    if !record.complete && record.verdict == .pass { record.verdict = .inconclusive }
    record.batch = BatchMap(scenario)
    return (record, outcome.results.first?.decisions)
  }
}

extension Failure {
  /// A trial whose books do not balance is our bug, whatever its numbers say; nil where they do.
  init?(violationsIn result: TrialResult, trial: Int, of scenario: Scenario) {
    guard !result.violations.isEmpty else { return nil }
    self.init(
      .internalError,
      "trial \(trial) of \(scenario.name), seed \(scenario.run.seed): "
        + result.violations.joined(separator: "; "),
      help: "this is a bug in rehearse \(Build.version); please report it with the scenario")
  }
}

extension RunRecord.Header {
  init(_ loaded: LoadedScenario, world: RunRecord.World = .simulated) {
    let process = ProcessInfo.processInfo
    #if arch(x86_64)
      let architecture = "x86_64"
    #elseif arch(arm64)
      let architecture = "arm64"
    #else
      let architecture = "other"
    #endif
    self.init(
      name: loaded.scenario.name, world: world, modelVersion: Build.modelVersion,
      seed: loaded.scenario.run.seed, versions: ["rehearse": Build.version],
      host: RunRecord.Host(
        os: process.operatingSystemVersionString, arch: architecture,
        cpus: process.activeProcessorCount, memoryBytes: Int(process.physicalMemory)),
      scenario: loaded.resolved.map {
        RunRecord.Setting(path: $0.path, value: $0.text, origin: $0.origin.description)
      },
      assurance: loaded.scenario.run.assurance,
      warnings: loaded.warnings.map { .init(code: $0.code, message: $0.message) },
      calibration: loaded.calibration)
  }
}
