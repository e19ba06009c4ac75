import Primitives

/// What to do next.
///
/// The driver carries out the whole list, in order, without waiting between them.
package enum Action: Hashable, Sendable, Codable {
  /// Look up where the next `rows` rows beyond `after` end. `after` itself is excluded in either
  /// direction; nil starts at the table's own end.
  case findBoundary(
    id: Int, after: Key?, rows: Int, method: BoundaryMethod, direction: Direction)
  /// Run the batch in one transaction on the worker's own connection.
  case execute(Batch, worker: Int, lockTimeout: LockTimeout)
  /// Cancel what the worker runs; its `batchFailed(code: .cancelled)` follows.
  case cancel(worker: Int)
  /// Report `timerFired(id)` at or after the instant. A later timer replaces none: ids are unique.
  case setTimer(id: Int, at: Instant)
  /// Report `signalMeasured` once every period from now on.
  case subscribe(Signal, every: TimeSpan)
  /// Report `signalMeasured` once, with a reading taken now; without a value where there is none.
  case measure(Signal)
  /// Every row is covered (or given up by policy); nothing is in flight.
  case finish
  /// The run stops early; no batch is in flight. The answer to a lookup still under way is ignored.
  case abort(AbortReason)
}

/// How the end of the next batch is found; written here for the ascending direction.
package enum BoundaryMethod: Hashable, Sendable, Codable {
  /// `WHERE id > $1 ORDER BY id OFFSET rows − 1 LIMIT 1`: reads `rows` index entries.
  case keyset
  /// `ORDER BY id OFFSET skipped LIMIT rows`: reads `skipped + rows` index entries.
  case offset(skipped: Int)
  /// `WHERE filter ORDER BY id LIMIT rows` from the start of the table each time. Rows up to
  /// `after` that still match are read again, but never answered.
  case filter
}

/// Which way a lookup walks the keys.
package enum Direction: String, Hashable, Sendable, Codable, CaseIterable {
  /// `WHERE id > $1 ORDER BY id`: the answer is the largest key of the rows found.
  case ascending
  /// `WHERE id < $1 ORDER BY id DESC`: the answer is the smallest key of the rows found.
  case descending
}

/// Why a backfill stopped before its end.
package enum AbortReason: Hashable, Sendable, Codable {
  /// A throttle's abort rule held; the index counts the scenario's throttle rules from 0.
  case throttle(rule: Int)
  /// A batch or its boundary failed more often than `retry.max` allows and `give_up` is `stop`, or
  /// in a way that no other try can mend.
  case retriesExhausted(batch: Int, code: FailureCode)
  case cancelled
  case connectionLost
}
