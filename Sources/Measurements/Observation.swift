import Primitives

/// The part of the run that an observation belongs to.
package enum Phase: Int, Sendable, CaseIterable {
  /// Discarded.
  case warmup
  case before, during, after

  /// The stride of arrays with a place for each phase; `allCases` would be built at each use.
  static var count: Int { Phase.after.rawValue + 1 }

  package var name: String { ["warmup", "before", "during", "after"][rawValue] }
}

/// How an application transaction ended.
package enum Outcome: Int, Sendable, CaseIterable {
  case completed
  /// The client gave up waiting.
  case timedOut
  /// No connection within the pool's wait timeout.
  case rejected
  /// Deadlock victim, lock timeout, recovery conflict.
  case errored
}

/// Who waited for a row lock.
package enum Waiter: Int, Sendable, CaseIterable {
  case app, backfill
}

/// Why the backfill stands still on purpose.
package enum PauseReason: String, Sendable, CaseIterable {
  case pause, throttle, backoff
}

/// A quantity that changes by steps; its time average and maximum are kept.
package enum Gauge: Int, Sendable, CaseIterable {
  /// Transactions of the application inside the server.
  case appActive
  /// Sessions of the application that wait for a row lock.
  case appBlocked
  /// Workers of the backfill that wait for a row lock.
  case backfillBlocked
  /// Sessions that wait for a row lock, the backfill's included.
  case lockWaiting
  case deadRows, bloatBytes
  /// Seconds since the oldest snapshot was taken.
  case horizonAge
  case storageQueue, walRetained
  /// Share of the burst credits that is left.
  case burstBalance
  /// Bytes.
  case freeSpace
}

/// A quantity that only grows.
package enum Counter: Int, Sendable, CaseIterable {
  case walBytes, pageImageBytes
  case storageReads, storageWrites
  /// Nanoseconds that cores, or the device, were busy.
  case cpuBusy, storageBusy
  case cacheReads, cacheMisses
  case xids
  case backfillRetries
  case appLockTimeouts, backfillLockTimeouts, appDeadlocks, backfillDeadlocks
  /// Touched: written by a batch that committed, as often as that happened.
  case rowsCovered, rowsTouched, rowsMissed
  /// Written by a batch that rolled back.
  case rowsRolledBack
  case checkpoints, vacuums, heapOnlyUpdates, movedUpdates
}
