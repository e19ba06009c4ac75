/// How single latencies lie around their medians, as a calibration saw it; nil where it did not look.
package struct LatencyScatter: Sendable, Hashable {
  package var roundTrip: Quantiles?
  /// Of `costs.cold`.
  package var cold: Quantiles?
  package var read: Quantiles?
  package var write: Quantiles?

  package init(
    roundTrip: Quantiles? = nil, cold: Quantiles? = nil, read: Quantiles? = nil,
    write: Quantiles? = nil
  ) {
    self.roundTrip = roundTrip
    self.cold = cold
    self.read = read
    self.write = write
  }
}

/// What shares of all measurements were shorter than, over the median.
package struct Quantiles: Sendable, Hashable {
  package struct Point: Sendable, Hashable {
    /// 0 < share < 1.
    package var share: Double
    /// Above 0.
    package var ratio: Double
  }
  /// In ascending order of both; at least two.
  package let points: [Point]

  /// From a calibration file's table, share to value; nil without a positive median or with fewer
  /// than two points.
  package init?(_ table: [String: Double]) {
    guard let median = table["0.5"], median > 0 else { return nil }
    var points: [Point] = []
    let read = table.compactMap { key, value in Double(key).map { ($0, value) } }
    for (share, value) in read.sorted(by: { $0.0 < $1.0 }) where share > 0 && share < 1 {
      // A measurement below its own cost is noise of a subtraction: never below a hundredth.
      let ratio = max(0.01, value / median, points.last?.ratio ?? 0)
      points.append(Point(share: share, ratio: ratio))
    }
    guard points.count >= 2 else { return nil }
    self.points = points
  }
}
