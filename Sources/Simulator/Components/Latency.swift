import Primitives

/// How long a device takes to answer beside any waiting: a mean, and how much it scatters.
package struct Latency: Sendable, Hashable {
  package let mean: TimeSpan
  /// Standard deviation over mean, lognormal; 0 is a constant.
  package let variation: Double
  /// Mean and deviation of the logarithm of one answer over the mean; 0 for a constant.
  private let location: Double
  private let scale: Double

  package init(mean: TimeSpan, variation: Double = 0) {
    precondition(mean >= .zero && variation >= 0)
    self.mean = mean
    self.variation = variation
    (location, scale) = Self.logarithm(variation, count: 1)
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
    let (location, scale) =
      count == 1 ? (location, scale) : Self.logarithm(variation, count: count)
    return TimeSpan(seconds: total * Double.exp(scale * key.normal(index) + location))
  }
}
