import Primitives

/// Decides what the backfill does next.
///
/// It never waits, opens a socket, reads a clock or draws from a generator: events and the time
/// come in, actions go out. The simulator and the live driver both run this exact type, which is
/// the only reason a rehearsal says anything about the real run.
///
/// This file holds what happens on every event; its extensions hold what follows from a batch
/// (`Strategy+Batches`), from a lookup (`Strategy+Lookups`) and from outside (`Strategy+Control`).
package struct Strategy: Sendable {
  package let configuration: Configuration
  package internal(set) var workers: Workers
  package internal(set) var tally = Tally()

  enum Stage: Hashable, Sendable {
    case waiting, running
    /// No new batch starts; the run ends when the last one in flight has.
    case stopping(AbortReason)
    case ended
  }

  /// What a timer is for.
  enum Purpose: Hashable, Sendable {
    case pauseEnded(worker: Int)
    case tryAgain(worker: Int)
    case lookUpAgain
    case silence(Signal)
    /// What a batch had to leave out is tried again.
    case comeBack(PlannedBatch)
    /// The hold of a checked rule ends.
    case check(rule: Int)
    /// A rule's patience ends.
    case patience
  }

  var stage = Stage.waiting
  var now = Instant.zero
  var planner: RangePlanner
  var sizer: BatchSizer
  var pacer: Pacer
  var throttle: Throttle
  let backoff: Backoff
  var lockTimeout: LockTimeout
  var progress = Progress()
  /// Cut ahead, oldest first; at most as many as there are workers.
  var ready: [PlannedBatch] = []
  /// Failed and left out batches whose delay is over, oldest first.
  var returned: [PlannedBatch] = []
  /// Batches of rows that were left out and whose delay is not over.
  var leftOut = 0
  /// Timers that still mean something; the ids of all others are stale.
  var timers: [Int: Purpose] = [:]
  var nextTimer = 0
  var nextBatch = 0
  var lookup = LookupState()
  /// The batches in flight were told to stop.
  var isCancelling = false

  package init(_ configuration: Configuration) {
    self.configuration = configuration
    workers = Workers(limit: configuration.workers)
    planner = RangePlanner(configuration)
    sizer = BatchSizer(configuration.batch)
    pacer = Pacer(pause: configuration.pause, rounds: configuration.rounds)
    throttle = Throttle(configuration)
    backoff = Backoff(configuration.retry, seed: configuration.seed)
    lockTimeout = configuration.lockTimeout
  }

  /// Takes one event and returns the whole ordered list of actions it causes.
  ///
  /// `now` is never earlier than in the call before. After `finish` or `abort` every event is ignored.
  ///
  /// - Complexity: O(1) amortised, but O(workers + rules) when a run stops or a signal is measured.
  package mutating func handle(_ event: Event, at now: Instant) -> [Action] {
    precondition(now >= self.now, "\(self.now), then \(now)")
    guard stage != .ended else { return [] }
    let unwatched: TimeSpan =
      if case .stretchSkipped(_, _, _, let length) = event { length } else { .zero }
    addPausedTime(until: now - unwatched)
    self.now = now

    var actions: [Action] = []
    take(event, &actions)
    if stage == .running { proceed(&actions) }
    if case .stopping(let reason) = stage, workers.busy == 0 {
      stage = .ended
      actions.append(.abort(reason))
    }
    return actions
  }

  private mutating func take(_ event: Event, _ actions: inout [Action]) {
    switch event {
    case .started(let bounds, let rows):
      start(bounds: bounds, rows: rows, &actions)
    case .boundaryFound(let id, let upTo, let rows, _):
      boundaryFound(id: id, key: upTo, rows: rows)
    case .boundaryFailed(let id, let code, _):
      boundaryFailed(id: id, code: code, &actions)
    case .rowsSkipped(let id, let worker, let skipped):
      note(skipped, id: id, worker: worker)
    case .batchCommitted(let id, let worker, let rows, let skipped, let duration):
      committed(id: id, worker: worker, rows: rows, skipped: skipped, duration, &actions)
    case .batchFailed(let id, let worker, let code, let duration):
      failed(id: id, worker: worker, code: code, duration, &actions)
    case .timerFired(let id):
      if let purpose = timers.removeValue(forKey: id) { timerFired(purpose, &actions) }
    case .signalMeasured(let signal, let value, let measuredAt):
      measured(signal, value: value, measuredAt: measuredAt, &actions)
    case .settingChanged(let setting):
      change(setting)
    case .cancelRequested:
      stop(.cancelled, cancelling: true, &actions)
    case .stretchSkipped(let batches, let rows, let upTo, let length):
      skip(batches: batches, rows: rows, upTo: upTo, length: length)
    }
  }

  private mutating func start(bounds: KeyRange, rows: Int, _ actions: inout [Action]) {
    guard stage == .waiting else { return }
    stage = .running
    // A table without a largest key is empty: nothing to plan.
    guard bounds.upTo != nil, let table = KeySpan(bounds) else { return }
    let covered = configuration.resume?.coveredSpans ?? []
    progress = Progress(table: table, covered: covered)
    planner.start(
      table: table, uncovered: table.subtracting(covered), rows: rows, maxBatchRows: sizer.maxRows)
    guard !isCovered else { return }
    throttle.start(at: now)
    for (signal, every) in throttle.subscriptions {
      actions.append(.subscribe(signal, every: every))
    }
  }

  /// Does whatever has become possible: hands out batches, looks ahead, or finishes.
  private mutating func proceed(_ actions: inout [Action]) {
    while let worker = workers.firstAvailable, hasBatch, mayStart(&actions),
      let next = takeBatch()
    {
      workers[worker] = .busy(next)
      pacer.started(at: now)
      throttle.checks.started()
      actions.append(.execute(next.batch, worker: worker, lockTimeout: lockTimeout))
    }
    lookAhead(&actions)
    if isCovered {
      stage = .ended
      actions.append(.finish)
      return
    }
    while let (signal, at) = throttle.nextUntimed() {
      setTimer(.silence(signal), at: at, &actions)
    }
    if let end = throttle.nextPatience(after: now) { setTimer(.patience, at: end, &actions) }
  }

  /// Whether the throttle lets a batch start; asks for what it has to know first.
  private mutating func mayStart(_ actions: inout [Action]) -> Bool {
    guard !throttle.checks.holdsBack else { return false }
    let asked = throttle.checks.before(at: now)
    for signal in asked { actions.append(.measure(signal)) }
    return asked.isEmpty && throttle.admits(waiting: workers.available, at: now)
  }

  /// No row is left to do and nothing is in flight.
  private var isCovered: Bool { openBatches == 0 && planner.isExhausted }

  /// A worker that ends its batch may have another one to take up.
  var hasMoreWork: Bool {
    !planner.isExhausted || !ready.isEmpty || !returned.isEmpty || workers.backingOff > 0
      || leftOut > 0
  }

  /// Batches that were cut and are neither committed nor given up.
  var openBatches: Int {
    ready.count + returned.count + workers.busy + workers.backingOff + leftOut
  }

  private mutating func timerFired(_ purpose: Purpose, _ actions: inout [Action]) {
    switch purpose {
    case .pauseEnded(let worker):
      workers[worker] = .idle
    case .tryAgain(let worker):
      guard case .backingOff(let planned) = workers[worker] else { return }
      workers[worker] = .idle
      returned.append(planned)
    case .comeBack(let planned):
      leftOut -= 1
      returned.append(planned)
    case .lookUpAgain:
      lookup.isDelayed = false
    case .silence(let signal):
      switch throttle.silence(of: signal, at: now) {
      case .fresh(let until): setTimer(.silence(signal), at: until, &actions)
      case .stale: break
      case .abort(let rule): stop(.throttle(rule: rule), cancelling: true, &actions)
      }
    case .check(let rule):
      if let signal = throttle.checks.timeUp(rule: rule) { actions.append(.measure(signal)) }
    case .patience: break
    }
  }

  mutating func setTimer(_ purpose: Purpose, at instant: Instant, _ actions: inout [Action]) {
    timers[nextTimer] = purpose
    actions.append(.setTimer(id: nextTimer, at: instant))
    nextTimer += 1
  }
}
