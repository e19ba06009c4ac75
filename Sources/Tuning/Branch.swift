import Estimates
import Primitives
import Scenarios

/// One combination of everything but the batch, and what is known of the batch along it.
///
/// Under common random numbers larger batches hold locks longer and write faster in every trial, so that
/// the gates which a smaller batch would relieve turn from met to missed once: between `met` and
/// `missed`.
struct Branch: Sendable {
  struct Point: Sendable {
    var size: Double
    var evaluation: Evaluation
    var feasibility: Feasibility
  }
  var combination: [TunedValue]
  /// Where the closed forms would look first.
  var guess: Double
  /// The space's own ends.
  var low: Double
  var high: Double
  /// The largest size that the closed forms leave any hope for.
  var reach: Double
  /// Seconds: the closed form's duration by size, by which unplayed points are ranked.
  var predicted: @Sendable (Double) -> Double
  /// Every point played, ascending.
  private(set) var points: [Point] = []
  /// A larger batch met what a smaller one missed: bisection does not apply, the grid decides.
  private(set) var isMonotone = true

  init(
    combination: [TunedValue], guess: Double, low: Double, high: Double, reach: Double,
    predicted: @escaping @Sendable (Double) -> Double
  ) {
    self.combination = combination
    self.guess = guess
    self.low = low
    self.high = high
    self.reach = reach
    self.predicted = predicted
  }

  mutating func add(_ point: Point) {
    points.removeAll { $0.size == point.size }
    let place = points.firstIndex { $0.size > point.size } ?? points.count
    points.insert(point, at: place)
    let small = points.map(\.feasibility.isSmallEnough)
    isMonotone = !zip(small, small.dropFirst()).contains { !$0 && $1 }
  }

  /// The largest batch that is small enough, and the smallest that is not.
  var met: Point? { points.last { $0.feasibility.isSmallEnough } }
  var missed: Point? { points.first { !$0.feasibility.isSmallEnough } }

  /// The fastest point at which every gate is met.
  var best: Point? {
    points.filter(\.feasibility.isMet).min { $0.evaluation.duration < $1.evaluation.duration }
  }

  /// Sizes nearer than this need not be told apart.
  static let resolution = 1.03

  /// Which size to play next; nil where the boundary is known well enough.
  var next: Double? {
    guard isMonotone else { return nil }
    switch (met, missed) {
    case (nil, nil): return guess
    case (let met?, nil): return met.size >= high ? nil : min(high, met.size * 2.5)
    case (nil, let missed?): return missed.size <= low ? nil : max(low, missed.size / 2.5)
    case (let met?, let missed?):
      return missed.size / met.size <= Self.resolution ? nil : between(met, missed)
    }
  }

  /// Where the gate that is missed would be at its limit, straight in logarithms, kept off the ends;
  /// the geometric middle where that cannot be told.
  private func between(_ met: Point, _ missed: Point) -> Double {
    let ratio = missed.size / met.size
    var share = 0.5
    if let worst = missed.feasibility.worst,
      let before = met.feasibility.readings.first(where: {
        $0.constraint.index == worst.constraint.index
      }), before.value > 0, worst.value.isFinite, worst.constraint.limit > 0,
      worst.value > before.value
    {
      let whole = Double.log(worst.value / before.value)
      share = Double.log(worst.constraint.limit / before.value) / whole
    }
    return met.size * Double.exp(Double.log(ratio) * min(0.85, max(0.15, share)))
  }

  /// No batch of this branch that may still be found is faster than this: larger ones are not slower
  /// than smaller ones, and what was not played is taken from the closed form, with a fifth of doubt.
  var optimistic: Double {
    if let missed { return missed.evaluation.duration.isFinite ? missed.evaluation.duration : 0 }
    guard let met else { return 0.5 * predicted(reach) }
    if met.size >= high { return met.evaluation.duration }
    let gain = predicted(max(reach, min(high, 2 * met.size))) / predicted(met.size)
    return met.evaluation.duration * min(1, 0.8 * gain)
  }

  /// The slowest that its optimum can be, as far as is known.
  var pessimistic: Double { best?.evaluation.duration ?? .infinity }
}
