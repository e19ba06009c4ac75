import Measurements
import Primitives
import Scenarios
import Strategies
import Synchronization

/// The phases of one live run, on threads that begin together and are joined at the end.
final class LiveCourse {
  private let stage: LiveStage
  private let work: BackfillStage?
  private let shouldStop: @Sendable () -> Bool
  private let report: @Sendable (LiveRun.Progress) -> Void
  private let patience: TimeSpan
  /// Observers and mishaps end when this is set.
  private let isOver = Flag()
  private var runner: BackfillRunner?
  private var wasStopped = false
  private var drained: [TimeSpan?]

  init(
    _ stage: LiveStage, _ work: BackfillStage?, patience: TimeSpan,
    shouldStop: @escaping @Sendable () -> Bool,
    report: @escaping @Sendable (LiveRun.Progress) -> Void
  ) {
    self.patience = patience
    self.stage = stage
    self.work = work
    self.shouldStop = shouldStop
    self.report = report
    drained = Array(repeating: nil, count: stage.target.replicas.count)
  }

  private var scenario: Scenario { stage.scenario }
  private var clock: LiveClock { stage.clock }

  func run(keepsTransactions: Bool) throws(LiveError) -> LiveResult {
    let runner = makeRunner()
    self.runner = runner
    try LiveError.server { () throws(ServerError) in try runner?.warmUp() }
    clock.restart(in: .milliseconds(20))
    let cpu = CPUTime.ofThisProcess()
    let traffic = TrafficThreads(stage.pools)
    let observers = ObserverThreads(stage, isOver)
    let mishaps = MishapThreads(stage, isOver)

    rest(until: .zero + scenario.run.warmup, .warmup)
    rest(until: stage.backfillStart, .before)
    var outcome: BackfillOutcome?
    if let runner, let work, !wasStopped {
      outcome = runner.run(bounds: work.bounds, rows: work.rows)
      wasStopped = wasStopped || shouldStop()
    } else {
      rest(
        until: stage.backfillStart + max(scenario.run.before, .seconds(1)), .during)
    }
    let began = outcome.map { $0.end == .finished ? $0.lastCommit : $0.endedAt } ?? clock.now
    awaitDrain(from: began)

    let end = clock.now
    traffic.stop()
    isOver.raise()
    let logs = traffic.join(end)
    observers.join()
    let warnings = stage.warnings + (work?.warnings ?? []) + mishaps.join()
    let recording = LiveRecording(
      stage: stage, work: work, outcome: outcome, logs: logs, duringEnd: began, end: end,
      drained: drained)
    let isLost = if case .serverLost = outcome?.result { true } else { false }
    var result = recording.result(isComplete: !wasStopped && !isLost)
    result.driver.driverCPU = (CPUTime.ofThisProcess() - cpu).seconds
    result.driver.observerCPU = observers.cpu.seconds
    result.warnings = warnings + result.warnings
    if keepsTransactions {
      result.transactions = logs.flatMap(\.transactions).map {
        .init(due: $0.asked, sent: $0.connected, ended: $0.ended, outcome: $0.outcome)
      }.sorted { $0.due < $1.due }
    }
    if wasStopped { result.end = .interrupted }
    return result
  }

  /// Lets time pass, unless someone wants the run to end.
  private func rest(until instant: Instant, _ phase: Phase) {
    clock.sleep(until: instant) { [self] in
      report(.init(phase: phase, elapsed: clock.now - .zero, rows: 0))
      if shouldStop() { wasStopped = true }
      return wasStopped
    }
  }

  /// The phase after lasts its length, and until the replicas have caught up, within bounds: as in
  /// the simulator.
  private func awaitDrain(from began: Instant) {
    let length = max(scenario.run.after, .seconds(1))
    let (earliest, latest) = (began + length, began + length + length * 10)
    while !wasStopped {
      for index in drained.indices where drained[index] == nil {
        if let lag = stage.sensors.lag(of: index), lag < .seconds(1) {
          drained[index] = clock.now - began
        }
      }
      let now = clock.now
      if now >= latest || now >= earliest && drained.allSatisfy({ $0 != nil }) { return }
      rest(until: now + .milliseconds(50), .after)
    }
  }

  private func makeRunner() -> BackfillRunner? {
    guard let work else { return nil }
    let start = stage.backfillStart
    let told = scenario.events.compactMap { event -> (at: Instant, event: Event)? in
      switch event.effect {
      case .cancel: (start + event.at, .cancelRequested)
      case .set(_, let setting): (start + event.at, .settingChanged(setting))
      default: nil
      }
    }
    let horizon = scenario.run.horizon ?? scenario.backfill?.deadline.map { $0 * 3 }
    let surroundings = BackfillRunner.Surroundings(
      server: stage.target.primary.session, board: stage.board,
      firstSession: stage.firstWorkerSession, clock: clock, sensors: stage.sensors,
      told: told.sorted { $0.at < $1.at }, shouldStop: shouldStop,
      horizon: start + (horizon ?? .seconds(86_400)), patience: patience,
      progress: { [report] rows, now in
        report(.init(phase: .during, elapsed: now - .zero, rows: rows))
      })
    return BackfillRunner(
      work.configuration, text: work.text, progress: work.progress, heap: work.heap, surroundings)
  }
}

/// Set once, read by many.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  func raise() { value.store(true, ordering: .sequentiallyConsistent) }
  var isRaised: Bool { value.load(ordering: .relaxed) }
}
