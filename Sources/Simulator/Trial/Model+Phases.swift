import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// The course of a trial: warm-up, before, during, after, and its end.
extension Model {
  mutating func enter(_ next: Phase) {
    phase = next
    countTotals()
    recorder.begin(next, at: modelNow)
    for pool in pools.indices {
      recorder.poolInUse(pool: pool, pools[pool].statistics.inUse.value, at: modelNow)
    }
    steady.restart(at: modelNow)
  }

  mutating func begin() {
    recorder.begin(.warmup, at: .zero)
    // Nobody waits yet, which is a measurement.
    for gauge in [Gauge.appBlocked, .backfillBlocked, .lockWaiting] {
      recorder.gauge(gauge, 0, at: .zero)
    }
    let run = scenario.run
    backfillStart = Instant.zero + run.warmup + run.before
    setAlarm(.before, at: .zero + run.warmup)
    setAlarm(.backfill, at: backfillStart)
    setAlarm(.vacuumCheck, at: .zero + firstVacuumCheck)
    for (index, event) in scenario.events.enumerated() {
      setAlarm(.timedEvent(index), at: backfillStart + event.at)
    }
    // The cycle of checkpoints is met at a random point, the same for every strategy; a fresh server
    // has just ended one.
    let age =
      scenario.database.state == .fresh ? .zero : checkpointer.timeout * phaseKey.uniform(0)
    checkpointer.begin(startedAt: .zero - age, redo: 0)
    setAlarm(.checkpoint, at: checkpointer.due)
    for index in classes.indices { openClass(index) }
    calendar.post(.second, at: .zero + .seconds(1))
  }

  private var firstVacuumCheck: TimeSpan {
    scenario.database.settings.autovacuumNaptime * phaseKey.uniform(1)
  }

  private mutating func openClass(_ index: Int) {
    if let source = thinks[index] {
      for client in 0..<source.clients { clientThinks(class: index, client: client, turn: 0) }
    } else {
      scheduleArrival(class: index)
    }
  }

  /// Files for the log of usual traffic stand ready on a server that has run for long.
  private mutating func foreseeUsualLog() {
    let usual = Double(log.inserted) / max(1e-9, Double(modelNow.nanoseconds) * 1e-9)
    checkpointer.expectUsualLog(bytesPerSecond: usual)
    let ahead = checkpointer.logReady - checkpointer.usualLog(until: modelNow)
    let position = log.inserted
    everyLog { $0.prepare(at: position, ahead: ahead) }
  }

  mutating func startBackfill() {
    enter(.during)
    if scenario.database.state == .running { foreseeUsualLog() }
    guard strategy != nil else {
      // Traffic alone: the during phase is as long as the one before.
      return setAlarm(.trafficEnds, at: backfillStart + max(scenario.run.before, .seconds(1)))
    }
    watchesLatency = scenario.strategy.throttle.contains {
      $0.condition.signal == .appLatencyP99
    }
    books.rowsToCover = scenario.tables[0].rows
    setAlarm(.horizon, at: backfillStart + horizon)
    tell(.started(bounds: bounds, rows: scenario.tables[0].rows))
  }

  /// The keys of a ctid range are heap blocks.
  private var bounds: KeyRange {
    isPhysical
      ? KeyRange(after: Key(-1), upTo: Key(Int64(tables[0].layout.heapPages - 1)))
      : keyMap.bounds
  }

  /// Three deadlines, or a day without one.
  private var horizon: TimeSpan {
    scenario.run.horizon ?? scenario.backfill?.deadline.map { $0 * 3 } ?? .seconds(86_400)
  }

  /// The last batch is committed, or the backfill was given up.
  mutating func endBackfill(at instant: Instant, completed: Bool) {
    guard backfillEnd == nil else { return }
    backfillEnd = instant
    alarms.cancel(.horizon)
    countTotals()
    recorder.backfillEnded(at: instant, noticed: modelNow, completed: completed)
    recordPauses()
    enter(.after)
    let length = max(scenario.run.after, .seconds(1))
    afterEnds = modelNow + length
    checkDrained()
  }

  /// The trial would not have ended: it stops here and says so.
  mutating func censor() {
    censored = true
    if backfillEnd == nil {
      countTotals()
      recorder.backfillEnded(at: modelNow, completed: false)
      recordPauses()
    }
    finished = true
  }

  /// The phase after lasts its length and until every replica has caught up.
  mutating func checkDrained() {
    guard phase == .after, let end = backfillEnd else { return }
    for index in replicas.indices { noteDrained(index) }
    guard modelNow >= afterEnds else { return }
    let limit = afterEnds + (afterEnds - end) * 10
    if drained.allSatisfy({ $0 != nil }) || modelNow >= limit { finished = true }
  }

  /// A replica has caught up when it is less than a second behind for the first time after the backfill.
  mutating func noteDrained(_ replica: Int) {
    guard let end = backfillEnd, drained[replica] == nil else { return }
    if replicas[replica].lag(at: calendar.now) < .seconds(1) { drained[replica] = modelNow - end }
  }

  /// Hands the time that workers stood still since the last call to the recorder.
  mutating func recordPauses() {
    guard let paused = strategy?.tally.paused else { return }
    let now = modelNow
    recorder.paused(.pause, from: now - (paused.pause - pausesCounted.pause), to: now)
    recorder.paused(.backoff, from: now - (paused.backoff - pausesCounted.backoff), to: now)
    recorder.paused(.throttle, from: now - (paused.throttle - pausesCounted.throttle), to: now)
    pausesCounted = paused
  }

  mutating func close() -> TrialResult {
    countLockWaiters()
    for process in 0..<Int32(processes.used) {
      if let _ = locks.awaited(by: process) { addOpenWait(process) }
    }
    settleRows()
    count(.rowsMissed, Int64(books.rowsMissed))
    countTotals()
    var result = recorder.finish(at: modelNow, drained: drained)
    result.traceHash = trace.value
    result.censored = censored
    result.events = Int(calendar.popped)
    result.violations = violations()
    return result
  }

  /// A wait that the end of the trial cuts off is part of Little's identity.
  private mutating func addOpenWait(_ process: Int32) {
    let since =
      processes[process].role == .worker
      ? workers[Int(processes[process].owner)].blockedSince : processes[process].blockedSince
    books.lockWaitNanoseconds += Int128((calendar.now - since).nanoseconds)
  }

  /// What the strategy gave up is missed; the rest of the table remains.
  private mutating func settleRows() {
    let missed = strategy?.tally.missed ?? []
    books.rowsMissed = missed.reduce(0) { $0 + rows(in: $1).count }
  }

  private func rows(in range: KeyRange) -> Range<Int> {
    isPhysical ? blockRows(range) : keyMap.ordinals(range)
  }

  /// Rows that the strategy still counts as neither committed nor given up, but for those of commits
  /// whose answer is on its way.
  private var remainingInStrategy: Int {
    guard let strategy, phase.rawValue >= Phase.during.rawValue else { return 0 }
    let done = strategy.resumePoint
    var covered = done.watermark.map { rows(in: KeyRange(after: nil, upTo: $0)).count } ?? 0
    for range in done.committedAbove { covered += rows(in: range).count }
    for worker in workers where worker.stage == .replying {
      covered += worker.frontier.rows.count - worker.skipped.count
    }
    return scenario.tables[0].rows - covered - books.rowsMissed
  }

  private func violations() -> [String] {
    var found = books.violations(
      remainingRows: remainingInStrategy, inserted: log.inserted, flushed: log.flushed)
    for replica in replicas.indices {
      let positions = replicas[replica].positions
      if positions.primary != log.flushed {
        found.append(
          "replica \(replica): shipped from \(positions.primary) ≠ flushed \(log.flushed)")
      }
    }
    return found
  }
}
