import Primitives

/// How long a device takes to answer beside any waiting: a mean, and how much it scatters.
package struct Latency: Sendable, Hashable {
  package let mean: TimeSpan
  /// Standard deviation over mean, lognormal; 0 is a constant.
  package let variation: Double
  /// Mean and deviation of the logarithm of one answer over the mean; 0 for a constant.
  private let location: Double
  private let scale: Double
  /// One answer over the mean where 0, 1, 2, … of `cells` equal shares of all answers are shorter.
  private let quantiles: [Double]
  private static let cells = 1_024.0
  /// Beyond this share at either end the law bends too much to be read off straight lines.
  private static let tail = 1.0 / 64

  package init(mean: TimeSpan, variation: Double = 0) {
    precondition(mean >= .zero && variation >= 0)
    self.mean = mean
    self.variation = variation
    let (location, scale) = Self.logarithm(variation, count: 1)
    (self.location, self.scale) = (location, scale)
    quantiles = (0...Int(Self.cells)).map {
      let share = min(max(Double($0) / Self.cells, Self.tail / 2), 1 - Self.tail / 2)
      return Double.exp(scale * Double.normalQuantile(share) + location)
    }
  }

  /// Of the logarithm of `count` answers' sum, over its mean.
  private static func logarithm(_ variation: Double, count: Int) -> (Double, Double) {
    let variance = Double.log1p(variation * variation / Double(count))
    return (-variance / 2, variance.squareRoot())
  }

  /// The length of `count` answers one after another, from the random number at `index`.
  ///
  /// The sum of several is drawn as one lognormal with the sum's mean and variance.
  func draw(sumOf count: Int, from key: RandomKey, at index: UInt64) -> TimeSpan {
    let total = mean.seconds * Double(count)
    guard variation > 0 else { return TimeSpan(seconds: total) }
    if count == 1 { return TimeSpan(seconds: total * answer(key.uniform(index))) }
    let (location, scale) = Self.logarithm(variation, count: count)
    return TimeSpan(seconds: total * Double.exp(scale * key.normal(index) + location))
  }

  /// Which answer, over the mean, this share of all answers is shorter than.
  ///
  /// Straight between the 1,024-quantiles: 0.006 % from the law at most.
  private func answer(_ share: Double) -> Double {
    guard share > Self.tail, share < 1 - Self.tail else {
      return Double.exp(scale * Double.normalQuantile(share) + location)
    }
    let place = share * Self.cells
    let below = Int(place)
    return quantiles[below] + (quantiles[below + 1] - quantiles[below]) * (place - Double(below))
  }
}
