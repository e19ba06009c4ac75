import Measurements
import Primitives
import Scenarios
import Strategies
import Synchronization

/// One live execution of a scenario: warm-up, before, during, after, as the simulator plays them.
package struct LiveRun: Sendable {
  /// What the caller sees while it goes on.
  package struct Progress: Hashable, Sendable {
    package var phase: Phase
    /// Since the run's start.
    package var elapsed: TimeSpan
    /// Committed by the backfill.
    package var rows: Int
  }

  let scenario: Scenario
  let target: LiveTarget
  let name: String
  let resumes: Bool
  let keepsTransactions: Bool
  let patience: TimeSpan

  /// `name` is the run's in `rehearse_progress`; `resumes` goes on where a run of that name stopped;
  /// `keepsTransactions` gives each one besides the metrics; `patience` is for how long each try of a
  /// batch awaits a lost server.
  package init(
    _ scenario: Scenario, on target: LiveTarget, name: String, resumes: Bool = false,
    keepsTransactions: Bool = false, patience: TimeSpan = .seconds(30)
  ) {
    self.scenario = scenario
    self.target = target
    self.name = name
    self.resumes = resumes
    self.keepsTransactions = keepsTransactions
    self.patience = patience
  }

  /// Blocks the calling thread until the run is over.
  ///
  /// `shouldStop` is asked about 20 times a second, and true ends the run with what it has; `report`
  /// is told as often.
  package func run(
    shouldStop: @escaping @Sendable () -> Bool = { false },
    report: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws(LiveError) -> LiveResult {
    let stage = try LiveStage(scenario, on: target, shouldStop: shouldStop)
    let work = try scenario.backfill.map { (backfill) throws(LiveError) in
      try BackfillStage(
        scenario, backfill, stage.tables[0], on: stage.target, run: name, resumes: resumes)
    }
    let course = LiveCourse(
      stage, work, patience: patience, shouldStop: shouldStop, report: report)
    return try course.run(keepsTransactions: keepsTransactions)
  }
}
