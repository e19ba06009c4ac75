/// A replica fed faster than it replays, as a fluid: inflow λ₁ while the backfill runs, λ₀ after it,
/// replay capacity μ, all in the same unit of work per second (bytes, or seconds of replay).
package struct ReplicationBacklog: Hashable, Sendable {
  package var during: Double
  package var after: Double
  package var capacity: Double
  /// Seconds that the backfill runs.
  package var duration: Double

  package init(during: Double, after: Double, capacity: Double, duration: Double) {
    self.during = during
    self.after = after
    self.capacity = capacity
    self.duration = duration
  }

  package var keepsUp: Bool { during <= capacity }

  /// Unapplied work when the backfill stops: (λ₁ − μ)·T.
  package var peak: Double { max(0, during - capacity) * duration }

  /// The largest lag shown, seconds: T·(λ₁/μ − 1), reached `peakAt` after the start.
  package var peakLag: Double { capacity > 0 ? peak / capacity : peak > 0 ? .infinity : 0 }

  /// The age of what is being replayed peaks when the last of the backfill's work is: λ₁·T / μ,
  /// which lies after the backfill has stopped.
  package var peakAt: Double { keepsUp ? 0 : during * duration / capacity }

  /// From the backfill's stop until nothing is left: (λ₁ − μ)·T / (μ − λ₀); infinite where the
  /// traffic alone is too much.
  package var drain: Double {
    if peak == 0 { return 0 }
    return capacity > after ? peak / (capacity - after) : .infinity
  }

  /// Lag shown `t` seconds after the start: it climbs with (λ₁ − μ)/λ₁, then falls with 1 − μ/λ₀.
  package func shownLag(at t: Double) -> Double {
    if keepsUp { return 0 }
    if t <= peakAt { return t * (during - capacity) / during }
    if after <= 0 { return 0 }
    return max(0, peakLag - (t - peakAt) * (capacity / after - 1))
  }
}
