import Primitives

/// When the primary's flushed position passed each place: one clock for every replica's lag.
///
/// A replica's own clock and the age of its last commit say nothing on an idle primary; positions do
/// (design §5).
struct LogClock: Sendable {
  private struct Sample {
    var at: Instant
    var position: LogPosition
  }

  /// Ascending in both; a sample is kept only where the position moved.
  private var samples: [Sample] = []
  private var first = 0
  /// When the primary was last asked.
  private var lastAsked = Instant.zero

  /// The primary's flushed position was `position` at `instant`.
  mutating func record(_ position: LogPosition, at instant: Instant) {
    // The moment before the position moved bounds when it did.
    if let last = samples.last, position > last.position, lastAsked > last.at {
      samples.append(Sample(at: lastAsked, position: last.position))
    }
    lastAsked = instant
    if let last = samples.last, position <= last.position { return }
    samples.append(Sample(at: instant, position: position))
  }

  /// How long ago the primary's flushed position passed `replayed`; zero where it has not.
  ///
  /// Between two samples the position is taken to have risen evenly.
  mutating func lag(of replayed: LogPosition, at now: Instant) -> TimeSpan {
    guard let newest = samples.last, replayed < newest.position else { return .zero }
    var (low, high) = (first, samples.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if samples[middle].position > replayed { high = middle } else { low = middle + 1 }
    }
    guard low > first else { return max(.zero, now - samples[low].at) }
    let (before, after) = (samples[low - 1], samples[low])
    let share =
      Double(replayed.bytes - before.position.bytes)
      / Double(after.position.bytes - before.position.bytes)
    return max(.zero, now - (before.at + (after.at - before.at) * share))
  }

  func bytesBehind(_ replayed: LogPosition) -> Int64 {
    max(0, (samples.last?.position.bytes ?? 0) - replayed.bytes)
  }

  /// Forgets what lies before the slowest replica.
  mutating func forget(before replayed: LogPosition) {
    while first + 2 < samples.count, samples[first + 1].position <= replayed { first += 1 }
    guard first > 4_096 else { return }
    samples.removeFirst(first)
    first = 0
  }
}
