import Primitives

/// What to do next. The driver carries out the whole list, in order, without waiting between them.
package enum Action: Hashable, Sendable, Codable {
  /// Look up where the next `rows` rows after `after` end.
  case findBoundary(id: Int, after: Key?, rows: Int, method: BoundaryMethod)
  /// Run the batch in one transaction on the worker's own connection.
  case execute(Batch, worker: Int, lockTimeout: LockTimeout)
  /// Cancel what the worker runs; its `batchFailed(code: .cancelled)` follows.
  case cancel(worker: Int)
  /// Report `timerFired(id)` at or after the instant. A later timer replaces none: ids are unique.
  case setTimer(id: Int, at: Instant)
  /// Report `signalMeasured` once every period from now on.
  case subscribe(Signal, every: TimeSpan)
  /// Every row is covered (or given up by policy); nothing is in flight.
  case finish
  /// The run stops early; nothing is in flight.
  case abort(AbortReason)
}

/// How the end of the next batch is found.
package enum BoundaryMethod: Hashable, Sendable, Codable {
  /// `WHERE id > $1 ORDER BY id OFFSET rows − 1 LIMIT 1`: reads `rows` index entries.
  case keyset
  /// `ORDER BY id OFFSET skipped LIMIT rows`: reads `skipped + rows` index entries.
  case offset(skipped: Int)
  /// `WHERE filter ORDER BY id LIMIT rows` from the start of the table each time.
  case filter
}

/// Why a backfill stopped before its end.
package enum AbortReason: Hashable, Sendable, Codable {
  /// A throttle's abort rule held; the index counts the scenario's throttle rules from 0.
  case throttle(rule: Int)
  /// A batch failed more often than `retry.max` allows and `give_up` is `stop`.
  case retriesExhausted(batch: Int, code: FailureCode)
  case cancelled
  case connectionLost
}
