import Primitives

/// What happened, as the strategy is told it.
///
/// Ids are those of the action that caused the event.
package enum Event: Hashable, Sendable, Codable {
  /// The run begins; `bounds` are the smallest and largest key (`after` is exclusive: one below the
  /// smallest), `rows` the estimated number of rows between them.
  case started(bounds: KeyRange, rows: Int)
  /// The answer to `findBoundary`. `upTo` is the last key, in the direction asked for, of the next
  /// `rows` rows; fewer rows than asked for were left if `rows` is smaller. Both are nil and zero
  /// when no row is left.
  case boundaryFound(id: Int, upTo: Key?, rows: Int, duration: TimeSpan)
  case boundaryFailed(id: Int, code: FailureCode, duration: TimeSpan)
  /// The batch that is about to be told as committed left these rows to who holds them, in key order.
  case rowsSkipped(id: Int, worker: Int, [SkippedRows])
  /// The batch's COMMIT was confirmed. `rows` were updated; `skipped` were left out because another
  /// transaction held them (SKIP LOCKED) or because a recheck no longer matched.
  case batchCommitted(id: Int, worker: Int, rows: Int, skipped: Int, duration: TimeSpan)
  /// The batch rolled back.
  case batchFailed(id: Int, worker: Int, code: FailureCode, duration: TimeSpan)
  case timerFired(id: Int)
  /// A reading of a subscribed signal. `measuredAt` may lie before `now`; nil means that the sensor
  /// answered but knows no value.
  case signalMeasured(Signal, value: Double?, measuredAt: Instant)
  /// A setting was changed from outside while the run goes on.
  case settingChanged(Setting)
  /// Someone asks the backfill to stop at once; batches in flight are cancelled.
  case cancelRequested
  /// A simulator passed over a steady stretch of this length, in which `batches` more batches, with
  /// `rows` rows, went like those before it.
  ///
  /// What is in flight is as if the stretch had not been, only later. `upTo` is the last key passed
  /// over, in the direction of the walk; in random order, which needs no lookups, the batches count.
  case stretchSkipped(batches: Int, rows: Int, upTo: Key?, length: TimeSpan)
}

/// Why a statement failed, by what the strategy may do about it.
package enum FailureCode: String, Hashable, Sendable, Codable, CaseIterable {
  case lockTimeout, deadlock, serialization, cancelled, connectionLost, diskFull, other
}

/// What may be changed during a run.
package enum Setting: Hashable, Sendable, Codable {
  case workers(Int)
  case batchRows(Int)
  case pause(Pause)
  case lockTimeout(LockTimeout)
}

/// What a throttle may look at: each the value over the last sampling period.
package enum Signal: String, Hashable, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  /// Seconds.
  case replicaLag = "replica.lag"
  case replicaLagBytes = "replica.lag_bytes"
  /// Seconds.
  case locksWaitMean = "locks.wait.mean"
  case locksWaiting = "locks.waiting"
  case appActive = "app.active"
  /// Seconds.
  case appLatencyP99 = "app.latency.p99"
  case poolWaiting = "pool.waiting"
  /// Bytes per second.
  case walRate = "wal.rate"
  case deadRows = "mvcc.dead_rows"
  /// 0 or 1.
  case vacuumRunning = "vacuum.running"
}
