import Primitives

/// How long a device takes to answer beside any waiting: a mean, and how much it scatters.
package struct Latency: Sendable, Hashable {
  package let mean: TimeSpan
  /// Standard deviation over mean, lognormal; 0 is a constant.
  package let variation: Double

  package init(mean: TimeSpan, variation: Double = 0) {
    precondition(mean >= .zero && variation >= 0)
    self.mean = mean
    self.variation = variation
  }

  /// The length of `count` answers one after another, from the random number at `index`.
  ///
  /// The sum of several is drawn as one lognormal with the sum's mean and variance.
  func draw(sumOf count: Int, from key: RandomKey, at index: UInt64) -> TimeSpan {
    let total = mean.seconds * Double(count)
    guard variation > 0 else { return TimeSpan(seconds: total) }
    let variance = Double.log1p(variation * variation / Double(count))
    let deviate = variance.squareRoot() * key.normal(index) - variance / 2
    return TimeSpan(seconds: total * Double.exp(deviate))
  }
}
