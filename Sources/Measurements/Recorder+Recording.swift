import Primitives

extension Recorder {
  // The application.

  package mutating func arrived(class index: Int, intended: Instant) {
    let phase = clock.phase(of: intended)
    guard phase != .warmup else { return }
    counts.add(1, to: layout.tally(.arrived, index, phase))
    for series in windows.indices where windows[series].subject.source.countsClass(index) {
      windows[series].arrived(intended: clock.played(intended))
    }
  }

  /// A transaction ended; its latency counts from the intended arrival, whatever the outcome: one
  /// that was given up took at least that long.
  package mutating func ended(
    class index: Int, intended: Instant, at now: Instant, outcome: Outcome
  ) {
    let phase = clock.phase(of: intended)
    guard phase != .warmup else { return }
    let latency = now - intended
    record(latency, slot: layout.latency(index, phase))
    counts.add(1, to: layout.tally(outcome.tally, index, phase))
    let played = clock.played(intended)
    if let row = course.row(at: played) {
      if case .completed = outcome {
        course.count(1, column: layout.completedColumn(index), row: row)
      }
      course.raise(latency.seconds, column: layout.latencyColumn(index), row: row)
      let bucket = LatencyBuckets.index(of: latency.nanoseconds)
      course.count(1, column: layout.bucketColumn(index) + bucket, row: row)
    }
    for series in windows.indices where windows[series].subject.source.countsClass(index) {
      windows[series].ended(intended: played, latency: latency, served: outcome == .completed)
    }
    for watch in limitWatches.indices where limitWatches[watch].counts(class: index) {
      limitWatches[watch].ended(offset: played - clock.duringStart, latency: latency)
    }
    if clock.current == .after {
      recoveryWatch.ended(offset: played - clock.duringEnd, latency: latency)
    }
  }

  /// A transaction failed and will be tried again.
  package mutating func retried(class index: Int, intended: Instant) {
    let phase = clock.phase(of: intended)
    guard phase != .warmup else { return }
    counts.add(1, to: layout.tally(.retried, index, phase))
  }

  /// One statement's whole time blocked on row locks, once it is over.
  package mutating func lockWaitEnded(
    _ waiter: Waiter, waited: TimeSpan, intended: Instant, at now: Instant
  ) {
    let phase = clock.phase(of: intended)
    guard phase != .warmup else { return }
    guard waited >= Self.shortestWait else {
      counts.add(1, to: layout.shortWaits(waiter, phase))
      return
    }
    record(waited, slot: layout.wait(waiter, phase))
    // A batch may outlast the window it began in; its waits count where they end.
    let instant = waiter == .app ? clock.played(intended) : now
    for series in windows.indices where windows[series].subject.source.countsWaits(of: waiter) {
      windows[series].waited(waited, at: instant)
    }
  }

  /// Shorter waits for a row lock are only counted: no live instance shows them.
  package static let shortestWait = TimeSpan.milliseconds(10)

  /// A transaction left the pool's waiting line.
  package mutating func poolWaitEnded(pool: Int, waited: TimeSpan, rejected: Bool, at now: Instant)
  {
    record(waited, slot: layout.poolWait(pool, clock.current))
    if rejected { counts.add(1, to: layout.poolRejected(pool, clock.current)) }
  }

  package mutating func poolInUse(pool: Int, _ connections: Int, at now: Instant) {
    let slot = pool * Phase.count + clock.current.rawValue
    poolPeaks[slot] = max(poolPeaks[slot], connections)
  }

  // The backfill.

  package mutating func batchCommitted(rows: Int, duration: TimeSpan, at now: Instant) {
    counts.add(1, to: layout.backfill(.batches))
    counts.add(Int64(rows), to: layout.backfill(.rows))
    record(duration, slot: layout.batch)
    largestBatch = max(largestBatch, rows)
    course.add(Double(rows), column: layout.rowsColumn, at: now)
  }

  /// A worker stood still for this reason from `start` to `now`.
  package mutating func paused(_ reason: PauseReason, from start: Instant, to now: Instant) {
    counts.add((now - start).nanoseconds, to: layout.backfill(reason.tally))
  }

  // The server.

  package mutating func count(_ counter: Counter, _ amount: Int64, at now: Instant) {
    counts.add(amount, to: layout.counter(counter, clock.current))
    switch counter {
    case .walBytes:
      walRate.add(amount, at: now, in: clock.current)
      course.add(Double(amount), column: layout.walColumn, at: now)
    case .storageBusy: course.add(Double(amount) * 1e-9, column: layout.storageColumn, at: now)
    case .cpuBusy:
      let share = Double(amount) * 1e-9 / Double(plan.cores)
      course.add(share, column: layout.coresColumn, at: now)
    default: break
    }
  }

  /// Adds to the sum what a skip really cost beyond its repeats; no rate sees it.
  package mutating func correct(_ counter: Counter, by amount: Int64) {
    corrections.add(amount, to: layout.counter(counter, clock.current))
  }

  /// The same for what the batches of a skip covered.
  package mutating func correct(batches: Int, rows: Int) {
    corrections.add(Int64(batches), to: layout.backfill(.batches))
    corrections.add(Int64(rows), to: layout.backfill(.rows))
  }

  /// So many transactions have a connection now.
  package mutating func appActive(_ transactions: Int, at now: Instant) {
    gauges.setActive(Double(transactions), at: now)
    course.peak(Double(transactions), column: layout.activeColumn, at: now)
  }

  package mutating func gauge(_ gauge: Gauge, _ value: Double, at now: Instant) {
    gauges.set(gauge, value, at: now)
    if gauge == .appActive { course.peak(value, column: layout.activeColumn, at: now) }
    if gauge == .lockWaiting { course.add(value, column: layout.waitingColumn, at: now) }
    if gauge == .freeSpace && value <= 0 && storageFull == nil { storageFull = now }
  }

  /// The replica's lag and unapplied bytes as they are at `now`; between readings lag is linear.
  package mutating func replicaLag(
    replica: Int, lag: TimeSpan, bytes: Int64, shown: TimeSpan, at now: Instant
  ) {
    let slot = replica * Phase.count + clock.current.rawValue
    lagBytes[slot] = max(lagBytes[slot], bytes)
    shownLag[slot] = max(shownLag[slot], shown)
    course.add(lag.seconds, column: layout.lagColumn(replica), at: now)
    if let piece = lags[replica].read(lag.nanoseconds, at: now, clock: clock) {
      observe(piece, replica: replica)
    }
  }

  /// Replay stood still this long because a query on the replica was in its way.
  package mutating func replicaConflict(replica: Int, paused: TimeSpan, at now: Instant) {
    counts.add(paused.nanoseconds, to: layout.conflict(replica, clock.current))
  }

  mutating func observe(_ piece: LagPiece, replica: Int) {
    for series in windows.indices
    where windows[series].subject.source == .lag(replica: replica) {
      windows[series].lagged(piece)
    }
    for watch in lagWatches.indices {
      lagWatches[watch].lagged(piece, replica: replica, since: clock.duringStart)
    }
  }

  private mutating func record(_ span: TimeSpan, slot: Int) {
    distributions[slot].recordOnce(span.nanoseconds)
    if plan.skips {
      samples.append(Sample(slot: Int32(truncatingIfNeeded: slot), nanoseconds: span.nanoseconds))
    }
  }
}

extension Outcome {
  fileprivate var tally: Layout.Tally {
    switch self {
    case .completed: .completed
    case .timedOut: .timedOut
    case .rejected: .rejected
    case .errored: .errored
    }
  }
}

extension PauseReason {
  var tally: Layout.BackfillTally {
    switch self {
    case .pause: .pause
    case .throttle: .throttle
    case .backoff: .backoff
    }
  }
}
