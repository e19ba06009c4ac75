/// The latencies of one step of the time series, counted in 96 buckets: four to each doubling, from
/// 16 us to 4.6 min.
///
/// Coarse enough to be kept for each step and class, and added up when steps are merged; a quantile
/// is linear within its bucket, so that it errs by a few percent. Gates never rest on these.
enum LatencyBuckets {
  static let count = 96
  /// The binary logarithm of the least that is told apart, nanoseconds.
  private static let lowest = 14

  static func index(of nanoseconds: Int64) -> Int {
    let value = UInt64(max(1 << Int64(lowest), nanoseconds))
    let exponent = 63 - value.leadingZeroBitCount
    let quarter = Int(value >> UInt64(exponent - 2)) & 3
    return min(count - 1, (exponent - lowest) * 4 + quarter)
  }

  /// Nanoseconds.
  static func start(of index: Int) -> Double {
    Double(4 + index % 4) * Double(1 << (lowest - 2 + index / 4))
  }

  /// Seconds; nil where nothing was counted.
  static func quantile(_ q: Double, of counts: some Collection<Double>) -> Double? {
    let total = counts.reduce(0, +)
    guard total > 0 else { return nil }
    var left = q * total
    for (index, held) in counts.enumerated() where held > 0 {
      if left <= held {
        let start = start(of: index)
        return (start + (Self.start(of: index + 1) - start) * left / held) * 1e-9
      }
      left -= held
    }
    return start(of: count) * 1e-9
  }
}
