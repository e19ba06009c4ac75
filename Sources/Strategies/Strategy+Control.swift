import Primitives

extension Strategy {
  mutating func measured(
    _ signal: Signal, value: Double?, measuredAt: Instant, _ actions: inout [Action]
  ) {
    guard stage == .running else { return }
    for outcome in throttle.checks.answered(signal, value: value, at: now) {
      switch outcome {
      case .hold(let rule, let until): setTimer(.check(rule: rule), at: until, &actions)
      case .abort(let rule): return stop(.throttle(rule: rule), cancelling: true, &actions)
      }
    }
    guard let rule = throttle.measured(signal, value: value, measuredAt: measuredAt, at: now)
    else { return }
    stop(.throttle(rule: rule), cancelling: true, &actions)
  }

  /// A change holds for what begins after it: a batch in flight, a pause or a delay goes on as it is.
  mutating func change(_ setting: Setting) {
    switch setting {
    case .workers(let limit): workers.setLimit(limit)
    case .batchRows(let rows): sizer.fix(rows: rows)
    case .pause(let pause): pacer.pause = pause
    case .lockTimeout(let timeout): lockTimeout = timeout
    }
  }

  /// Takes the batches of a skipped stretch for committed.
  mutating func skip(batches: Int, rows: Int, upTo: Key?, length: TimeSpan) {
    guard stage == .running else { return }
    throttle.skip(length)
    let passed = planner.skip(batches: batches, rows: rows, upTo: upTo, batchRows: sizer.rows)
    for span in passed { progress.cover(span) }
    tally.batches += batches
    tally.rows += rows
    if !planner.isLookingUp { lookup.underWay = nil }
  }

  /// Ends the run once no batch is in flight; the first reason counts.
  ///
  /// With `cancelling` the batches in flight are not left to commit.
  mutating func stop(_ reason: AbortReason, cancelling: Bool, _ actions: inout [Action]) {
    if case .stopping = stage {} else { stage = .stopping(reason) }
    timers = [:]
    guard cancelling, !isCancelling else { return }
    isCancelling = true
    for worker in workers.busyWorkers { actions.append(.cancel(worker: worker)) }
  }
}

extension ResumePoint {
  /// Everything that is committed, in no particular order.
  var coveredSpans: [KeySpan] {
    let below = watermark.map { KeyRange(after: nil, upTo: $0) }
    return (committedAbove + (below.map { [$0] } ?? [])).compactMap { KeySpan($0) }
  }
}
