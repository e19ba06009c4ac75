import Primitives

/// What the same statistic came to in each of several trials.
package struct Spread: Sendable {
  /// Ascending.
  private let sorted: [Double]
  package let mean: Double
  /// Of the sample, with n − 1; 0 for fewer than two.
  package let deviation: Double

  /// Nil where there is no value.
  package init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    sorted = values.sorted()
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0
  }

  package var count: Int { sorted.count }

  /// The interval of the mean by Student's t; nil for fewer than two values.
  ///
  /// No metric is negative, so neither is the interval.
  package func meanInterval(confidence: Double = 0.95) -> ClosedRange<Double>? {
    guard count > 1, mean.isFinite else { return nil }
    let t = StudentT.quantile(central: confidence, degrees: count - 1)
    return around(t * deviation / Double(count).squareRoot())
  }

  /// Where one further execution will fall; nil for fewer than two values.
  ///
  /// From 30 values on by order statistics: a further value is as likely to fall into each of the
  /// n + 1 gaps between them, whatever their distribution (Wilks 1941). Below that by Student's t,
  /// mean ± t·s·√(1 + 1/n), which is exact where the values are normal.
  package func predictionInterval(confidence: Double = 0.90) -> ClosedRange<Double>? {
    guard count > 1, mean.isFinite else { return nil }
    if count >= Self.manyValues {
      let rank = ((1 - confidence) * Double(count + 1) * 5e8).rounded() / 1e9
      let (low, high) = (value(atRank: rank), value(atRank: Double(count + 1) - rank))
      return low...max(low, high)
    }
    let t = StudentT.quantile(central: confidence, degrees: count - 1)
    return around(t * deviation * (1 + 1 / Double(count)).squareRoot())
  }

  /// `trials: auto` starts with as many.
  package static let manyValues = 30

  /// The value at this rank, counted from 1 and linear between ranks.
  package func value(atRank rank: Double) -> Double {
    let position = min(max(rank, 1), Double(count)) - 1
    let index = Int(position)
    let fraction = position - Double(index)
    let low = sorted[index]
    return fraction == 0 ? low : low + (sorted[index + 1] - low) * fraction
  }

  /// The n-th smallest, counted from 1.
  package func value(atRank rank: Int) -> Double { sorted[min(max(rank, 1), count) - 1] }

  private func around(_ half: Double) -> ClosedRange<Double> {
    let low = max(0, mean - half)
    return low...max(low, mean + half)
  }
}
