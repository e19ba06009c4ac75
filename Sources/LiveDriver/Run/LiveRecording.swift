import Gates
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

/// Everything that a live run saw, put in order of time and fed to the recorder that the simulator
/// uses: the same reductions give the same metrics.
struct LiveRecording {
  let stage: LiveStage
  let work: BackfillStage?
  let outcome: BackfillOutcome?
  let logs: [TrafficLog]
  /// The last commit, or where the during phase ended without one.
  let duringEnd: Instant
  let end: Instant
  let drained: [TimeSpan?]

  /// Metrics whose recorder value would be a zero that nobody measured.
  private var unmeasured: [String] {
    var names = [
      "storage.reads", "storage.writes", "storage.utilization", "replica.conflict_paused",
      "locks.waits_short",
    ]
    if !stage.target.isThrowaway { names.append("cpu.utilization") }
    return names
  }

  func result(isComplete: Bool) -> LiveResult {
    var transactions: [TransactionRecord] = []
    for log in logs { transactions += log.transactions }
    let statements = logs.flatMap(\.longStatements) + (outcome?.longStatements ?? [])
    let waits = assembleWaits(stage.lockWatch.seen, statements: statements, end: end)
    var playback = Playback(
      recorder: Recorder(plan: plan), transactions: transactions, waits: waits,
      counts: stage.lockWatch.counts, readings: stage.serverWatch.readings, outcome: outcome,
      end: end)
    playback.addPhases(
      before: .zero + stage.scenario.run.warmup,
      during: outcome?.startedAt ?? stage.backfillStart, after: duringEnd)
    var trial = playback.finish(drained: drained)
    trial.complete = isComplete
    trial.censored = outcome?.isCensored ?? false
    for index in trial.values.indices where unmeasured.contains(trial.values[index].metric.name) {
      trial.values[index].value = nil
      trial.values[index].samples = 0
    }
    return LiveResult(
      trial: trial, end: outcome?.result ?? .finished, decisions: outcome?.log,
      driver: driverReport(transactions.count), serverVersion: stage.serverVersion,
      warnings: warnings)
  }

  private var plan: Recorder.Plan {
    let scenario = stage.scenario
    let matching = work.flatMap { work in
      work.matching
        ?? scenario.backfill.map { Int((Double(work.rows) * $0.rowsMatching).rounded()) }
    }
    return Recorder.Plan(
      classes: scenario.traffic.map(\.name), pools: scenario.pools.map(\.name),
      replicas: scenario.database.replicas.map(\.name), gates: scenario.gates,
      cores: CPUTime.cores, rowsMatching: matching, skips: false)
  }

  private func driverReport(_ transactions: Int) -> DriverReport {
    var report = DriverReport()
    let lags = logs.flatMap(\.scheduleLags).sorted()
    report.transactions = transactions
    if let last = lags.last {
      report.scheduleLagP50 = lags[lags.count / 2].seconds
      report.scheduleLagP99 = lags[min(lags.count - 1, lags.count * 99 / 100)].seconds
      report.scheduleLagMax = last.seconds
    }
    report.length = end.seconds
    report.observations = stage.lockWatch.looks + stage.serverWatch.looks
    return report
  }

  private var warnings: [String] {
    let surprise = logs.compactMap(\.firstSurprise).first
    return surprise.map { ["a transaction failed in a way nobody expected: \($0)"] } ?? []
  }
}
