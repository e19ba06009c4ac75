import Primitives

/// Translates between model time and *operational* time: the number of arrivals expected since
/// model instant zero.
///
/// In operational time every class arrives once per unit on average, so its arrivals can be drawn
/// without regard to the rate, the curve or a surge (Çinlar, *Introduction to Stochastic
/// Processes*, 1975, §4.7: a non-homogeneous Poisson process is a time change of a unit one).
struct OperationalClock: Hashable, Sendable {
  let curve: DailyCurve
  /// Arrivals per second where curve and surge are 1.
  let rate: Double
  /// Seconds since midnight at model instant zero.
  let startAt: Double
  /// In order of time; the first begins at zero.
  var stretches: [Stretch]

  /// A stretch of time with one surge factor.
  struct Stretch: Hashable, Sendable {
    let from: Instant
    /// Arrivals per second where the curve is 1.
    let rate: Double
    /// The curve's integral at `from`.
    let area: Double
    /// Operational time at `from`.
    let expected: Double
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

  /// Operational time never comes to this: infinite unless the rate is 0 from some instant on.
  var limit: Double {
    let last = stretches[stretches.count - 1]
    return last.rate > 0 && curve.integralOfDay > 0 ? .infinity : last.expected
  }

  /// When operational time reaches `expected`, or the distant future.
  func instant(whereExpectedIs expected: Double) -> Instant {
    expected < limit ? section(at: expected).instant(whereExpectedIs: expected) : .distantFuture
  }

  /// The section in which operational time reaches `expected`, which is below the limit.
  func section(at expected: Double) -> Section {
    var i = stretches.count - 1
    while i > 0, stretches[i].expected > expected || stretches[i].rate <= 0 { i -= 1 }
    let stretch = stretches[i]
    let area = stretch.area + (expected - stretch.expected) / stretch.rate
    let (midnight, piece, endArea) = curve.piece(whereIntegralIs: area)
    let endOfPiece = stretch.expected + stretch.rate * (endArea - stretch.area)
    return Section(
      expected: stretch.expected + stretch.rate
        * (midnight.integral + piece.integral - stretch.area),
      end: i + 1 < stretches.count ? min(endOfPiece, stretches[i + 1].expected) : endOfPiece,
      seconds: midnight.seconds + piece.start - startAt,
      rate: stretch.rate * piece.factor,
      twiceSlope: 2 * stretch.rate * piece.slope)
  }

  /// A section of time over which the rate is linear.
  struct Section {
    /// Operational time at the start, and where the section ends.
    var expected: Double
    var end: Double
    /// The start, in seconds since model instant zero; may lie before it.
    var seconds: Double
    /// Arrivals per second at the start, and twice their change per second.
    var rate: Double
    var twiceSlope: Double

    /// Solves ½·slope·t² + rate·t = missing by 2·missing / (rate + √(rate² + 2·slope·missing)),
    /// which neither cancels for a small slope nor divides by one.
    @inline(__always) func instant(whereExpectedIs expected: Double) -> Instant {
      let missing = max(0, expected - self.expected)
      if missing == 0 { return Instant(seconds: seconds) }
      let root = twiceSlope == 0 ? rate : max(0, rate * rate + twiceSlope * missing).squareRoot()
      return Instant(seconds: seconds + 2 * missing / (rate + root))
    }
  }
}
