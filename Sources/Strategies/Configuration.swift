import Primitives

/// Every knob of a strategy, as the scenario's `strategy:` section resolves to it.
package struct Configuration: Hashable, Sendable, Codable {
  package var planner: Planner = .keyset
  /// The keyset planner finds its rows by the backfill's filter, as runners without a watermark do.
  ///
  /// Such a lookup sees what the batches before it left, so batches then run one at a time.
  package var findsByFilter = false
  package var batch: BatchSize = .rows(1_000)
  package var statement: StatementKind = .range
  /// 1...64 connections, each running one batch at a time.
  package var workers = 1
  package var pause: Pause = .fixed(.zero)
  /// Batches come in groups; nil where each comes as soon as it may.
  package var rounds: Rounds?
  package var order: Order = .ascending
  package var lockTimeout: LockTimeout = .server
  package var retry = Retry()
  package var giveUp: GiveUp = .stop
  package var throttle: [ThrottleRule] = []
  package var sensors: [Signal: Sensor] = [:]
  /// Where an interrupted run goes on; nil starts at the table's first key.
  package var resume: ResumePoint?
  /// Seeds the retry jitter, which is a hash of (seed, batch, attempt).
  package var seed: UInt64 = 1

  package init() {}
}

/// How the table is cut into batches.
package enum Planner: String, Hashable, Sendable, Codable, CaseIterable {
  /// Batches of consecutive keys, each starting where the one before ended.
  case keyset
  /// One batch: the whole table.
  case monolithic
  /// Pages found by OFFSET, whose cost grows with the offset.
  case offset
}

package enum BatchSize: Hashable, Sendable, Codable {
  case rows(Int)
  /// Steered so that a batch takes `targetTime`, within the bounds.
  case targetTime(TimeSpan, minRows: Int, maxRows: Int)
  /// As some runner steers it.
  case steered(Steering)
}

/// What a worker waits between its batches.
package enum Pause: Hashable, Sendable, Codable {
  case fixed(TimeSpan)
  /// This multiple of the last batch's time.
  case ratio(Double)
}

/// The order in which contiguous ranges are worked on.
package enum Order: String, Hashable, Sendable, Codable, CaseIterable {
  case ascending, descending, random
}

/// The delay before attempt k is `backoff · 2^(k−1)`, or `backoff · k`, at most `maxBackoff`, times the
/// jitter.
package struct Retry: Hashable, Sendable, Codable {
  package enum Growth: String, Hashable, Sendable, Codable, CaseIterable {
    case exponential, linear
  }

  package enum Jitter: String, Hashable, Sendable, Codable, CaseIterable {
    case none
    /// Uniform in [0.5, 1.5).
    case half
    /// Uniform in [0, 1).
    case full
  }

  package var max = 5
  package var backoff: TimeSpan = .milliseconds(100)
  package var maxBackoff: TimeSpan = .seconds(5)
  package var growth = Growth.exponential
  package var jitter = Jitter.half
  /// The failures that are worth another try, in the order of `FailureCode`.
  package var on: [FailureCode] = [.lockTimeout, .deadlock, .serialization, .connectionLost]
  /// After a failure later batches ask for this share of the rows, until that would leave less than
  /// `leastShare` of the first size.
  package var shrink = 1.0
  package var leastShare = 0.35

  package init(
    max: Int = 5, backoff: TimeSpan = .milliseconds(100), maxBackoff: TimeSpan = .seconds(5)
  ) {
    self.max = max
    self.backoff = backoff
    self.maxBackoff = maxBackoff
  }
}

/// What happens to a batch that failed `retry.max` times more after its first try.
package enum GiveUp: String, Hashable, Sendable, Codable, CaseIterable {
  /// End the run.
  case stop
  /// Leave its rows out and go on; they are counted as missed.
  case skip
  /// Halve the range and try the halves; a single row is skipped.
  case split
}

/// Hold the backfill back, or end it, while a signal is beyond a limit.
package struct ThrottleRule: Hashable, Sendable, Codable {
  package enum Effect: Hashable, Sendable, Codable {
    /// Pause while `condition` holds; go on when `resumeWhen` does.
    case pause(resumeWhen: Condition)
    /// End the run once `condition` has held this long.
    case abort(after: TimeSpan)
    /// Never pause, but sleep after each batch: twice as long as before while `condition` holds, half
    /// as long while it does not, between these.
    case slow(from: TimeSpan, to: TimeSpan)
  }

  /// When the signal is looked at.
  package enum Check: String, Hashable, Sendable, Codable, CaseIterable {
    /// All the time, every `every`.
    case sampled
    /// Just before a batch, and every `every` while that holds it back.
    case beforeBatch = "before_batch"
    /// Just after a batch: the one that went too far has landed.
    case afterBatch = "after_batch"
    /// Just after a round of batches.
    case afterRound = "after_round"
  }

  package var condition: Condition
  package var effect: Effect
  /// The sampling period; for a checked rule, how long until it is checked again while it holds back.
  package var every: TimeSpan
  package var check = Check.sampled
  /// Once tripped, nothing starts for so long.
  ///
  /// A checked rule then lets go without another look.
  package var hold: TimeSpan = .zero
  /// After holding back for so long it lets one batch through; nil never does.
  package var patience: TimeSpan?
  /// A checked rule's good answer counts so long.
  package var freshFor: TimeSpan = .zero

  package init(condition: Condition, effect: Effect, every: TimeSpan) {
    self.condition = condition
    self.effect = effect
    self.every = every
  }
}

/// A comparison of a signal, in its base unit, with a limit.
package struct Condition: Hashable, Sendable, Codable {
  package var signal: Signal
  package var comparison: Comparison
  package var limit: Double

  package enum Comparison: String, Hashable, Sendable, Codable {
    case above = ">"
    case atLeast = ">="
    case below = "<"
    case atMost = "<="
  }

  package init(signal: Signal, comparison: Comparison, limit: Double) {
    self.signal = signal
    self.comparison = comparison
    self.limit = limit
  }

  package func holds(for value: Double) -> Bool {
    switch comparison {
    case .above: value > limit
    case .atLeast: value >= limit
    case .below: value < limit
    case .atMost: value <= limit
    }
  }
}

/// How a signal's sensor behaves.
///
/// The delay and the blind moment are applied by the driver that
/// plays the sensor; what to do without a value is the strategy's decision.
package struct Sensor: Hashable, Sendable, Codable {
  /// How old a reading is when it arrives.
  package var delay: TimeSpan
  /// From this moment of the run on the sensor reports nothing.
  package var blindAt: TimeSpan?
  package var onUnknown: OnUnknown

  package enum OnUnknown: String, Hashable, Sendable, Codable, CaseIterable {
    case pause, proceed, abort
  }

  package init(delay: TimeSpan = .zero, blindAt: TimeSpan? = nil, onUnknown: OnUnknown = .pause) {
    self.delay = delay
    self.blindAt = blindAt
    self.onUnknown = onUnknown
  }
}

/// What an interrupted run had done: everything up to the watermark, and whole ranges above it.
package struct ResumePoint: Hashable, Sendable, Codable {
  package var watermark: Key?
  package var committedAbove: [KeyRange]
  /// Rows that these ranges hold: where the offset planner's count goes on.
  package var rows: Int

  package init(watermark: Key?, committedAbove: [KeyRange] = [], rows: Int = 0) {
    self.watermark = watermark
    self.committedAbove = committedAbove
    self.rows = rows
  }
}
