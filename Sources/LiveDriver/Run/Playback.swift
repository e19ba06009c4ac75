import Measurements
import Primitives
import Strategies

/// Feeds a recorder in order of time, from lists that each thread kept for itself.
struct Playback {
  /// At one instant in the order of the cases.
  private enum Kind: UInt8 {
    case phase, arrived, connected, ended, freed, waited, waiting, reading, committed, failed
  }

  /// 16 bytes: there may be millions.
  private struct Item {
    var at: Int64
    var kind: Kind
    var index: Int32
  }

  private var recorder: Recorder
  private let transactions: [TransactionRecord]
  private let waits: [LockWait]
  private let counts: [LockWatch.Count]
  private let readings: [(at: Instant, reading: ServerWatch.Reading)]
  private let outcome: BackfillOutcome?
  private let end: Instant
  private var items: [Item] = []
  private var phases: [Phase] = []
  private var active = 0
  private var inUse: [Int32: Int] = [:]

  init(
    recorder: Recorder, transactions: [TransactionRecord], waits: [LockWait],
    counts: [LockWatch.Count], readings: [(at: Instant, reading: ServerWatch.Reading)],
    outcome: BackfillOutcome?, end: Instant
  ) {
    self.recorder = recorder
    self.transactions = transactions
    self.waits = waits
    self.counts = counts
    self.readings = readings
    self.outcome = outcome
    self.end = end
    addTransactions()
    for (index, wait) in waits.enumerated() { add(.waited, index, at: wait.ended) }
    for (index, count) in counts.enumerated() { add(.waiting, index, at: count.at) }
    // The last reading is taken a little after the end, for counts that were still on their way.
    for (index, entry) in readings.enumerated() { add(.reading, index, at: min(entry.at, end)) }
    for (index, commit) in (outcome?.commits ?? []).enumerated() {
      add(.committed, index, at: commit.at)
    }
    for (index, failure) in (outcome?.failures ?? []).enumerated() {
      add(.failed, index, at: failure.at)
    }
  }

  private mutating func add(_ kind: Kind, _ index: Int, at instant: Instant) {
    guard instant >= .zero, instant <= end else { return }
    items.append(Item(at: instant.nanoseconds, kind: kind, index: Int32(index)))
  }

  private mutating func addTransactions() {
    items.reserveCapacity(transactions.count * 4)
    for (index, transaction) in transactions.enumerated() {
      if transaction.isFirst { add(.arrived, index, at: transaction.intended) }
      if let connected = transaction.connected {
        add(.connected, index, at: connected)
        add(.freed, index, at: transaction.freed)
      }
      add(.ended, index, at: transaction.ended)
    }
  }

  /// Phases that began before the end.
  mutating func addPhases(before: Instant, during: Instant, after: Instant) {
    for (phase, at) in [(Phase.before, before), (.during, during), (.after, after)] where at < end {
      phases.append(phase)
      add(.phase, phases.count - 1, at: at)
    }
  }

  mutating func finish(drained: [TimeSpan?]) -> TrialResult {
    items.sort { ($0.at, $0.kind.rawValue, $0.index) < ($1.at, $1.kind.rawValue, $1.index) }
    recorder.begin(.warmup, at: .zero)
    for gauge in [Gauge.appActive, .appBlocked, .backfillBlocked, .lockWaiting] {
      recorder.gauge(gauge, 0, at: .zero)
    }
    for item in items { play(item) }
    recorder.count(.rowsMissed, Int64(outcome?.tally.rowsMissed ?? 0), at: end)
    return recorder.finish(at: end, drained: drained)
  }

  private mutating func play(_ item: Item) {
    let now = Instant(nanoseconds: item.at)
    let index = Int(item.index)
    switch item.kind {
    case .phase: begin(phases[index], at: now)
    case .arrived:
      recorder.arrived(
        class: Int(transactions[index].trafficClass), intended: transactions[index].intended)
    case .connected: connected(transactions[index], at: now)
    case .ended: ended(transactions[index], at: now)
    case .freed: occupy(transactions[index].pool, by: -1, at: now)
    case .waited:
      let wait = waits[index]
      recorder.lockWaitEnded(
        wait.isBatch ? .backfill : .app, waited: wait.waited, intended: wait.intended ?? now,
        at: now)
    case .waiting:
      recorder.gauge(.appBlocked, Double(counts[index].app), at: now)
      recorder.gauge(.backfillBlocked, Double(counts[index].batches), at: now)
      recorder.gauge(.lockWaiting, Double(counts[index].app + counts[index].batches), at: now)
    case .reading: read(readings[index].reading, at: now)
    case .committed: committed(index, at: now)
    case .failed: failed(index, at: now)
    }
  }

  private mutating func begin(_ phase: Phase, at now: Instant) {
    guard phase == .after else { return recorder.begin(phase, at: now) }
    recorder.backfillEnded(at: now, completed: outcome.map { $0.end == .finished } ?? true)
    for (reason, span) in [
      (PauseReason.pause, outcome?.tally.paused.pause),
      (.throttle, outcome?.tally.paused.throttle), (.backoff, outcome?.tally.paused.backoff),
    ] {
      if let span { recorder.paused(reason, from: now - span, to: now) }
    }
  }

  private mutating func occupy(_ pool: Int32, by change: Int, at now: Instant) {
    active += change
    inUse[pool, default: 0] += change
    recorder.gauge(.appActive, Double(active), at: now)
    recorder.poolInUse(pool: Int(pool), inUse[pool] ?? 0, at: now)
  }

  private mutating func connected(_ transaction: TransactionRecord, at now: Instant) {
    if transaction.hadToWait {
      recorder.poolWaitEnded(
        pool: Int(transaction.pool), waited: now - transaction.asked, rejected: false, at: now)
    }
    occupy(transaction.pool, by: 1, at: now)
  }

  private mutating func ended(_ transaction: TransactionRecord, at now: Instant) {
    if transaction.connected == nil {
      recorder.poolWaitEnded(
        pool: Int(transaction.pool), waited: now - transaction.asked, rejected: true, at: now)
    }
    switch transaction.failure {
    case .lockTimeout: recorder.count(.appLockTimeouts, 1, at: now)
    case .deadlock: recorder.count(.appDeadlocks, 1, at: now)
    case .none, .other: break
    }
    if transaction.isRetried {
      recorder.retried(class: Int(transaction.trafficClass), intended: transaction.intended)
    } else {
      recorder.ended(
        class: Int(transaction.trafficClass), intended: transaction.intended, at: now,
        outcome: transaction.outcome)
    }
  }

  private mutating func read(_ reading: ServerWatch.Reading, at now: Instant) {
    switch reading {
    case .lag(let replica, let lag, let bytes, let shown):
      recorder.replicaLag(replica: replica, lag: lag, bytes: bytes, shown: shown, at: now)
    case .gauge(let gauge, let value): recorder.gauge(gauge, value, at: now)
    case .count(let counter, let amount): recorder.count(counter, amount, at: now)
    }
  }

  private mutating func committed(_ index: Int, at now: Instant) {
    guard let commit = outcome?.commits[index] else { return }
    recorder.batchCommitted(rows: commit.rows, duration: commit.duration, at: now)
    recorder.count(.rowsCovered, Int64(commit.rows), at: now)
    recorder.count(.rowsTouched, Int64(commit.rows), at: now)
  }

  private mutating func failed(_ index: Int, at now: Instant) {
    guard let failure = outcome?.failures[index] else { return }
    recorder.count(.backfillRetries, 1, at: now)
    switch failure.code {
    case .lockTimeout: recorder.count(.backfillLockTimeouts, 1, at: now)
    case .deadlock: recorder.count(.backfillDeadlocks, 1, at: now)
    case .serialization, .cancelled, .connectionLost, .diskFull, .other: break
    }
  }
}
