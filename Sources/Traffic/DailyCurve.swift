/// A factor on the rate over the time of day: linear between points, wrapping at midnight.
///
/// Its integral is piecewise quadratic, so both the integral and its inverse are closed forms.
package struct DailyCurve: Hashable, Sendable {
  static let secondsPerDay = 86_400.0

  /// Pieces in order of time; the first starts at midnight and the last ends there.
  package let pieces: [Piece]
  /// ∫ factor over one day, in seconds.
  package let integralOfDay: Double

  @frozen package struct Piece: Hashable, Sendable {
    /// Seconds since midnight.
    package let start: Double
    /// The factor at `start`.
    package let factor: Double
    /// Change of the factor per second.
    package let slope: Double
    /// ∫ factor from midnight to `start`.
    package let integral: Double
  }

  /// No points stand for the constant 1.
  init(_ points: [TrafficClass.CurvePoint]) {
    let knots = Self.knotsFromMidnightToMidnight(points.sorted { $0.timeOfDay < $1.timeOfDay })
    var pieces: [Piece] = []
    var integral = 0.0
    for (a, b) in zip(knots, knots.dropFirst()) where b.timeOfDay > a.timeOfDay {
      let length = b.timeOfDay - a.timeOfDay
      pieces.append(
        Piece(
          start: a.timeOfDay, factor: a.factor, slope: (b.factor - a.factor) / length,
          integral: integral))
      integral += 0.5 * (a.factor + b.factor) * length
    }
    self.pieces = pieces
    integralOfDay = integral
  }

  private static func knotsFromMidnightToMidnight(_ sorted: [TrafficClass.CurvePoint])
    -> [TrafficClass.CurvePoint]
  {
    guard let first = sorted.first, let last = sorted.last else {
      return [0, secondsPerDay].map { TrafficClass.CurvePoint(timeOfDay: $0, factor: 1) }
    }
    // The piece from the last point to the first one of the next day, cut at midnight.
    let gap = first.timeOfDay + secondsPerDay - last.timeOfDay
    let share = (secondsPerDay - last.timeOfDay) / gap
    let atMidnight = last.factor + share * (first.factor - last.factor)
    return [TrafficClass.CurvePoint(timeOfDay: 0, factor: atMidnight)] + sorted
      + [TrafficClass.CurvePoint(timeOfDay: secondsPerDay, factor: atMidnight)]
  }

  /// The factor `seconds` after some midnight.
  func factor(at seconds: Double) -> Double {
    let (_, timeOfDay) = Self.split(seconds, by: Self.secondsPerDay)
    let piece = pieces[index(where: timeOfDay) { $0.start }]
    return piece.factor + piece.slope * (timeOfDay - piece.start)
  }

  /// ∫ factor from midnight of day 0 to `seconds` later.
  func integral(to seconds: Double) -> Double {
    let (day, timeOfDay) = Self.split(seconds, by: Self.secondsPerDay)
    let piece = pieces[index(where: timeOfDay) { $0.start }]
    let dt = timeOfDay - piece.start
    return day * integralOfDay + piece.integral + dt * (piece.factor + 0.5 * piece.slope * dt)
  }

  /// The seconds since midnight of day 0 by which the integral has come to `area`, which is finite.
  ///
  /// Solves ½·slope·dt² + factor·dt = rest by 2·rest / (factor + √(factor² + 2·slope·rest)), which
  /// neither cancels for a small slope nor divides by one.
  @inlinable package func seconds(whereIntegralIs area: Double) -> Double {
    let (day, rest) = Self.split(area, by: integralOfDay)
    let piece = pieces.count == 1 ? pieces[0] : pieces[index(where: rest) { $0.integral }]
    let missing = rest - piece.integral
    let discriminant = piece.factor * piece.factor + 2 * piece.slope * missing
    let speed = piece.factor + max(0, discriminant).squareRoot()
    return day * 86_400 + piece.start + (missing > 0 ? 2 * missing / speed : 0)
  }

  /// The last piece that starts at or below `value`.
  @inlinable package func index(where value: Double, _ start: (Piece) -> Double) -> Int {
    var i = pieces.count - 1
    while i > 0, start(pieces[i]) > value { i -= 1 }
    return i
  }

  /// `value` = whole · size + rest with 0 ≤ rest < size, up to rounding.
  @inlinable package static func split(_ value: Double, by size: Double) -> (
    whole: Double, rest: Double
  ) {
    let whole = (value / size).rounded(.down)
    return (whole, max(0, value - whole * size))
  }
}
