import Primitives

extension Strategy {
  /// There is something to run, now.
  var hasBatch: Bool { !returned.isEmpty || !ready.isEmpty || planner.hasNext }

  /// The batch to run next: what failed first, then what was cut ahead, then what needs no lookup.
  mutating func takeBatch() -> PlannedBatch? {
    if !returned.isEmpty { return returned.removeFirst() }
    if !ready.isEmpty { return ready.removeFirst() }
    return planner.next(rows: sizer.rows).map { makeBatch($0) }
  }

  mutating func makeBatch(_ cut: Cut) -> PlannedBatch {
    defer { nextBatch += 1 }
    let batch = Batch(
      id: nextBatch, range: cut.span.range, rows: cut.rows, statement: configuration.statement)
    return PlannedBatch(batch: batch, isFull: cut.isFull, isCounted: cut.isCounted)
  }

  mutating func committed(
    id: Int, worker: Int, rows: Int, skipped: Int, _ duration: TimeSpan,
    _ actions: inout [Action]
  ) {
    let planned = release(worker, batch: id)
    tally.batches += 1
    tally.rows += rows
    tally.rowsSkipped += skipped
    cover(planned)
    comeBack(to: planned, &actions)
    // A batch that found nothing to do, or the rest of a table, says nothing about its size.
    if planned.isFull, rows + skipped > 0 {
      sizer.learn(asked: planned.batch.rows, done: rows, duration: duration)
    }
    rest(worker, after: duration, rows: planned.batch.rows, &actions)
  }

  /// Told just before the batch that left them out is told as committed.
  mutating func note(_ skipped: [SkippedRows], id: Int, worker: Int) {
    guard var planned = workers.running(worker), planned.batch.id == id else {
      preconditionFailure("worker \(worker) left out rows of batch \(id), which it does not run")
    }
    planned.skipped = skipped
    workers[worker] = .busy(planned)
  }

  private mutating func cover(_ planned: PlannedBatch) {
    guard let span = KeySpan(planned.batch.range) else { return }
    let holes = planned.skipped.compactMap { KeySpan($0.range) }
    for part in span.subtracting(holes) { progress.cover(part) }
  }

  /// Rows that others held are tried again by themselves, as a failed batch would be, while the worker
  /// goes on.
  private mutating func comeBack(to planned: PlannedBatch, _ actions: inout [Action]) {
    for skipped in planned.skipped where stage == .running {
      var batch = planned.batch
      (batch.id, batch.range, batch.rows) = (nextBatch, skipped.range, skipped.rows)
      nextBatch += 1
      var again = PlannedBatch(batch: batch, isFull: false, isCounted: true)
      let response = configuration.retry.response(
        to: .lockTimeout, batch: batch.id, attempt: batch.attempt)
      guard response == .retry else {
        giveUp(again, code: .lockTimeout, &actions)
        continue
      }
      again.batch.attempt += 1
      leftOut += 1
      let delay = backoff.delay(batch: batch.id, attempt: again.batch.attempt)
      setTimer(.comeBack(again), at: now + delay, &actions)
    }
  }

  mutating func failed(
    id: Int, worker: Int, code: FailureCode, _ duration: TimeSpan, _ actions: inout [Action]
  ) {
    let planned = release(worker, batch: id)
    guard stage == .running else { return }
    let batch = planned.batch
    switch configuration.retry.response(to: code, batch: id, attempt: batch.attempt) {
    case .retry:
      var next = planned
      next.batch.attempt += 1
      shrink()
      tally.retries += 1
      workers[worker] = .backingOff(next)
      let delay = backoff.delay(batch: id, attempt: next.batch.attempt)
      setTimer(.tryAgain(worker: worker), at: now + delay, &actions)
    case .giveUp:
      giveUp(planned, code: code, &actions)
      if stage == .running { rest(worker, after: duration, rows: batch.rows, &actions) }
    case .stop(let reason):
      stop(reason, cancelling: code == .cancelled, &actions)
    }
  }

  private mutating func giveUp(
    _ planned: PlannedBatch, code: FailureCode, _ actions: inout [Action]
  ) {
    let batch = planned.batch
    switch configuration.giveUp {
    case .stop:
      stop(.retriesExhausted(batch: batch.id, code: code), cancelling: false, &actions)
    case .split where batch.rows > 1 || !planned.isCounted:
      guard let span = KeySpan(batch.range) else { return }
      planner.split(span, rows: batch.rows, isCounted: planned.isCounted)
    case .split, .skip:
      miss(batch.range, rows: batch.rows)
    }
  }

  /// Later batches ask for less, where the retry policy says so.
  private mutating func shrink() {
    let retry = configuration.retry
    guard retry.shrink < 1, case .rows(let first) = configuration.batch else { return }
    sizer.shrink(by: retry.shrink, notBelow: Int(Double(first) * retry.leastShare))
  }

  mutating func miss(_ range: KeyRange, rows: Int) {
    tally.missed.append(range)
    tally.rowsMissed += rows
  }

  /// Sends a worker into its pause, unless none is due or nothing is left to do after it.
  private mutating func rest(
    _ worker: Int, after duration: TimeSpan, rows: Int, _ actions: inout [Action]
  ) {
    let (rest, endsRound) = pacer.rest(after: duration, rows: rows, at: now)
    guard stage == .running, hasMoreWork else { return }
    for signal in throttle.checks.ended(round: endsRound) { actions.append(.measure(signal)) }
    guard rest > .zero, workers.mayWork(worker) else { return }
    workers[worker] = .pausing
    setTimer(.pauseEnded(worker: worker), at: now + rest, &actions)
  }

  private mutating func release(_ worker: Int, batch id: Int) -> PlannedBatch {
    guard let planned = workers.running(worker), planned.batch.id == id else {
      preconditionFailure("worker \(worker) ended batch \(id), which it does not run")
    }
    workers[worker] = .idle
    return planned
  }
}
