/// Single measurements of one thing.
package struct SampleQuantiles: Sendable, Hashable {
  /// Ascending.
  private let sorted: [Double]

  /// Nil for no values.
  package init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    sorted = values.sorted()
  }

  /// Linear between order statistics, 0...1 (type 7 of Hyndman and Fan 1996).
  package func quantile(_ share: Double) -> Double {
    let position = min(max(share, 0), 1) * Double(sorted.count - 1)
    let index = Int(position)
    guard index + 1 < sorted.count else { return sorted[sorted.count - 1] }
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (position - Double(index))
  }

  package var median: Double { quantile(0.5) }
  package var mean: Double { sorted.reduce(0, +) / Double(sorted.count) }
  package var count: Int { sorted.count }

  /// Half the distance between the quartiles as a share of the median: of a normal distribution
  /// 0.67 standard deviations, and one wild value does not move it.
  package var relativeSpread: Double {
    median > 0 ? (quantile(0.75) - quantile(0.25)) / 2 / median : .infinity
  }

  /// For a calibration file.
  package var table: [String: Double] {
    let shares = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.999]
    return Dictionary(uniqueKeysWithValues: shares.map { ("\($0)", quantile($0)) })
  }
}
