import Primitives

/// Why the backfill holds back.
package enum PauseCause: Hashable, Sendable, Codable {
  /// A throttle rule has tripped and not yet resumed; the index counts the rules from 0.
  case throttle(rule: Int)
  /// A throttle rule holds back for a time that it set when it tripped.
  case held(rule: Int)
  /// No sample of the signal for three periods, and its sensor says to pause then.
  case unknown(Signal)
  /// The pause between batches.
  case pause
  /// The delay before another try.
  case backoff
}

/// Worker time spent standing still, summed over the workers that may work.
package struct PausedTime: Hashable, Sendable, Codable {
  package var pause = TimeSpan.zero
  /// Idle although a worker could work, held by a throttle.
  package var throttle = TimeSpan.zero
  package var backoff = TimeSpan.zero

  package init() {}
}
