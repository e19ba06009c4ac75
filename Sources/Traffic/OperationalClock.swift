import Primitives

/// Translates between model time and *operational* time: the number of arrivals expected since
/// model instant zero.
///
/// In operational time every class arrives once per unit on average, so its arrivals can be drawn
/// without regard to the rate, the curve or a surge (Çinlar, *Introduction to Stochastic
/// Processes*, 1975, §4.7: a non-homogeneous Poisson process is a time change of a unit one).
package struct OperationalClock: Hashable, Sendable {
  package let curve: DailyCurve
  /// Arrivals per second where curve and surge are 1.
  package let rate: Double
  /// Seconds since midnight at model instant zero.
  package let startAt: Double
  /// In order of time; the first begins at zero.
  package var stretches: [Stretch]

  /// A stretch of time with one surge factor.
  @frozen package struct Stretch: Hashable, Sendable {
    package let from: Instant
    /// Arrivals per second where the curve is 1.
    package let rate: Double
    /// The curve's integral at `from`.
    package let area: Double
    /// Operational time at `from`.
    package let expected: Double
  }

  init(rate: Double, curve: DailyCurve, startAt: Double) {
    self.curve = curve
    self.rate = rate
    self.startAt = startAt
    let area = curve.integral(to: startAt)
    stretches = [Stretch(from: .zero, rate: rate, area: area, expected: 0)]
  }

  /// Multiplies the rate by `factor` from `instant` on, which lies at or after the last such change.
  mutating func surge(factor: Double, from instant: Instant) {
    let last = stretches[stretches.count - 1]
    precondition(instant >= last.from && factor >= 0)
    let area = curve.integral(to: startAt + instant.seconds)
    let stretch = Stretch(
      from: instant, rate: rate * factor, area: area,
      expected: last.expected + last.rate * (area - last.area))
    if instant == last.from { stretches.removeLast() }
    stretches.append(stretch)
  }

  func arrivalsPerSecond(at instant: Instant) -> Double {
    stretch(at: instant).rate * curve.factor(at: startAt + instant.seconds)
  }

  /// Operational time at `instant`.
  func expected(at instant: Instant) -> Double {
    let stretch = stretch(at: instant)
    let area = curve.integral(to: startAt + instant.seconds)
    return stretch.expected + stretch.rate * (area - stretch.area)
  }

  private func stretch(at instant: Instant) -> Stretch {
    var i = stretches.count - 1
    while i > 0, stretches[i].from > instant { i -= 1 }
    return stretches[i]
  }

  /// True where operational time stops before `expected`: the rate is 0 from then on.
  func neverReaches(_ expected: Double) -> Bool {
    let last = stretches[stretches.count - 1]
    return last.expected <= expected && (last.rate <= 0 || curve.integralOfDay <= 0)
  }

  /// When operational time reaches `expected`, which it does.
  @inlinable package func instant(whereExpectedIs expected: Double) -> Instant {
    var i = stretches.count - 1
    while i > 0, stretches[i].expected > expected || stretches[i].rate <= 0 { i -= 1 }
    let stretch = stretches[i]
    let area = stretch.area + (expected - stretch.expected) / stretch.rate
    return Instant(seconds: curve.seconds(whereIntegralIs: area) - startAt)
  }
}
