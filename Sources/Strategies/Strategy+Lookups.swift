import Primitives

/// The one lookup that may be under way.
struct LookupState: Sendable {
  /// The id of the next lookup.
  var next = 0
  var underWay: Int?
  /// Failed tries of the current lookup.
  var failures = 0
  /// A failed lookup waits to be tried again.
  var isDelayed = false
}

extension Strategy {
  /// Asks for the next boundary unless enough ranges are ready.
  mutating func lookAhead(_ actions: inout [Action]) {
    guard lookup.underWay == nil, !lookup.isDelayed, ready.count < workers.limit,
      !planner.looksUpByFilter || openBatches == 0,
      let question = planner.ask(rows: sizer.rows)
    else { return }
    actions.append(
      .findBoundary(
        id: lookup.next, after: question.after, rows: question.rows, method: question.method,
        direction: question.direction))
    lookup.underWay = lookup.next
    lookup.next += 1
  }

  mutating func boundaryFound(id: Int, key: Key?, rows: Int) {
    guard endLookup(id) else { return }
    lookup.failures = 0
    switch planner.answer(key, rows: rows) {
    case .cut(let cut): ready.append(makeBatch(cut))
    case .noRows(let spans): for span in spans { progress.cover(span) }
    case .tooFew: break
    case .singleRow(let span): miss(span.range, rows: 1)
    }
  }

  mutating func boundaryFailed(id: Int, code: FailureCode, _ actions: inout [Action]) {
    guard endLookup(id) else { return }
    planner.lookupFailed()
    let retry = configuration.retry
    switch retry.response(to: code, batch: nextBatch, attempt: lookup.failures) {
    case .retry:
      lookup.failures += 1
      lookup.isDelayed = true
      let delay = backoff.delay(batch: nextBatch, attempt: lookup.failures)
      setTimer(.lookUpAgain, at: now + delay, &actions)
    case .giveUp:
      // Without the boundary there is no range that could be left out.
      stop(.retriesExhausted(batch: nextBatch, code: code), cancelling: false, &actions)
    case .stop(let reason):
      stop(reason, cancelling: code == .cancelled, &actions)
    }
  }

  /// False for an answer that no longer matters: the run is stopping, or passed over the keys asked
  /// for.
  private mutating func endLookup(_ id: Int) -> Bool {
    precondition(id < lookup.next, "an answer to lookup \(id), of \(lookup.next)")
    guard stage == .running, lookup.underWay == id else { return false }
    lookup.underWay = nil
    return true
  }
}
