import Gates
import Primitives

/// Collects what happens in one trial or one live run, and reduces it to a `TrialResult`.
///
/// Everything is first recorded into the current *stretch*. Ending a stretch folds it into the
/// totals, several times over if the run skips ahead because nothing changes: the one place where
/// the sampling of steady stretches meets the statistics.
package struct Recorder: Sendable {
  /// What there is to record.
  package struct Plan: Sendable {
    package var classes: [String]
    package var pools: [String]
    package var replicas: [String]
    /// One for each backfill gate or class gate with a window.
    package var gates: [GateRule]
    package var cores: Int
    package init(
      classes: [String], pools: [String], replicas: [String], gates: [GateRule], cores: Int
    ) {
      self.classes = classes
      self.pools = pools
      self.replicas = replicas
      self.gates = gates
      self.cores = cores
    }
  }

  package init(plan: Plan) {}

  // Phases. `now` is model time and never decreases.
  /// Starts a phase; the one before ends at the same instant.
  package mutating func begin(_ phase: Phase, at now: Instant) {}
  /// Ends the backfill's last commit: transactions intended later belong to the after phase.
  package mutating func backfillEnded(at now: Instant) {}

  // The application.
  package mutating func arrived(class: Int, intended: Instant) {}
  /// A transaction ended; its latency counts from the intended arrival.
  package mutating func ended(
    class: Int, intended: Instant, at now: Instant, outcome: Outcome
  ) {}
  /// One statement's whole time blocked on row locks, once it is over.
  package mutating func lockWaitEnded(
    _ waiter: Waiter, waited: TimeSpan, intended: Instant, at now: Instant
  ) {}
  /// A transaction left the pool's waiting line.
  package mutating func poolWaitEnded(pool: Int, waited: TimeSpan, rejected: Bool, at now: Instant) {}
  package mutating func poolInUse(pool: Int, _ connections: Int, at now: Instant) {}

  // The backfill.
  package mutating func batchCommitted(rows: Int, duration: TimeSpan, at now: Instant) {}
  /// A worker stood still for this reason from `start` to `now`.
  package mutating func paused(_ reason: PauseReason, from start: Instant, to now: Instant) {}

  // The server.
  package mutating func count(_ counter: Counter, _ amount: Int64, at now: Instant) {}
  package mutating func gauge(_ gauge: Gauge, _ value: Double, at now: Instant) {}
  /// The replica's lag and unapplied bytes as they are at `now`; between readings lag is linear.
  package mutating func replicaLag(
    replica: Int, lag: TimeSpan, bytes: Int64, shown: TimeSpan, at now: Instant
  ) {}
  /// Replay stood still this long because a query on the replica was in its way.
  package mutating func replicaConflict(replica: Int, paused: TimeSpan, at now: Instant) {}

  // Skipping steady stretches.
  /// Folds the current stretch into the totals `1 + repeats` times and starts a new one. The
  /// repeated time lies between `now` and `now + skipped`.
  package mutating func endStretch(repeats: Int, skipped: TimeSpan, at now: Instant) {}

  /// Closes the books of the recording. `drained` says per replica whether and when its lag was
  /// gone after the backfill (nil: cut off before).
  package mutating func finish(at now: Instant, drained: [TimeSpan?]) -> TrialResult {
    TrialResult(values: [], traceHash: 0)
  }
}
