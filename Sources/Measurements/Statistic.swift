import Gates

/// What a distribution is reduced to: the last part of a metric's name.
enum Statistic: String, CaseIterable {
  case mean, p50, p95, p99, p999, max

  /// The statistic that a metric name such as `app.latency.p99` ends in.
  init?(metric name: String, family: String) {
    guard name.hasPrefix(family + ".") else { return nil }
    self.init(rawValue: String(name.dropFirst(family.count + 1)))
  }

  /// The share of values at or below it; nil for those that are no quantile.
  var quantile: Double? {
    switch self {
    case .mean, .max: nil
    case .p50: 0.5
    case .p95: 0.95
    case .p99: 0.99
    case .p999: 0.999
    }
  }

  /// The fewest samples that a gate accepts: 10 / (1 − q), so that ten lie beyond the quantile.
  var fewestSamples: Int { quantile.map { Int((10 / (1 - $0)).rounded()) } ?? 10 }

  /// Seconds; nil where nothing was recorded.
  func of(_ distribution: Distribution) -> Double? {
    switch self {
    case .mean: distribution.mean
    case .max: distribution.max
    default: quantile.flatMap { distribution.quantile($0) }
    }
  }
}
