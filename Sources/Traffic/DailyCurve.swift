/// A factor on the rate over the time of day: linear between points, wrapping at midnight.
///
/// Its integral is piecewise quadratic, so both the integral and its inverse are closed forms.
package struct DailyCurve: Hashable, Sendable {
  static let secondsPerDay = 86_400.0

  /// Pieces in order of time; the first starts at midnight and the last ends there.
  let pieces: [Piece]
  /// ∫ factor over one day, in seconds.
  let integralOfDay: Double

  struct Piece: Hashable, Sendable {
    /// Seconds since midnight.
    let start: Double
    /// The factor at `start`.
    let factor: Double
    /// Change of the factor per second.
    let slope: Double
    /// ∫ factor from midnight to `start`.
    let integral: Double
  }

  /// No points stand for the constant 1.
  package init(_ points: [TrafficClass.CurvePoint]) {
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
  package func factor(at seconds: Double) -> Double {
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

  /// The piece in which the integral since midnight of day 0 comes to `area`.
  ///
  /// With that day's midnight and the integral at the piece's end. The integral of a day is
  /// positive.
  func piece(whereIntegralIs area: Double) -> (
    midnight: (seconds: Double, integral: Double), piece: Piece, end: Double
  ) {
    let (day, rest) = Self.split(area, by: integralOfDay)
    let i = index(where: rest) { $0.integral }
    let end = i + 1 < pieces.count ? pieces[i + 1].integral : integralOfDay
    let midnight = day * integralOfDay
    return ((day * Self.secondsPerDay, midnight), pieces[i], midnight + end)
  }

  /// The last piece that starts at or below `value`.
  func index(where value: Double, _ start: (Piece) -> Double) -> Int {
    var i = pieces.count - 1
    while i > 0, start(pieces[i]) > value { i -= 1 }
    return i
  }

  /// `value` = whole · size + rest with 0 ≤ rest < size, up to rounding.
  static func split(_ value: Double, by size: Double) -> (
    whole: Double, rest: Double
  ) {
    let whole = (value / size).rounded(.down)
    return (whole, max(0, value - whole * size))
  }
}
