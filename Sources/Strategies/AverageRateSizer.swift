import Primitives

/// Rows per second as a weighted average, times the target time.
///
/// percona-toolkit, `lib/WeightedAvgRate.pm` (3.5): `avg_n = 0.75 · avg_n + n`, `avg_t = 0.75 · avg_t +
/// t`, `next = int(avg_n / avg_t · target)`; the first batch seeds both. No limit on a step.
struct AverageRateSizer: Sendable {
  static let weight = 0.75

  private let steering: Steering
  private let target: TimeSpan
  private var rowsAverage = 0.0
  private var secondsAverage = 0.0
  private(set) var rows: Int

  init(_ steering: Steering, target: TimeSpan) {
    self.steering = steering
    self.target = target
    rows = steering.rows(Double(steering.firstRows))
  }

  /// `done` rows were changed, in `duration`.
  mutating func learn(done: Int, duration: TimeSpan) {
    let isFirst = secondsAverage == 0
    rowsAverage = (isFirst ? 0 : Self.weight * rowsAverage) + Double(done)
    secondsAverage = (isFirst ? 0 : Self.weight * secondsAverage) + max(duration.seconds, 1e-9)
    rows = steering.rows(rowsAverage / secondsAverage * target.seconds)
  }
}
