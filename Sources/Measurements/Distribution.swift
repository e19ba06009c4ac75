import Histogram
import Primitives

extension TimeSpan {
  /// Seconds rounded once, so that whole and decimal numbers print as such.
  var reported: Double { Double(nanoseconds) / 1e9 }
}

/// How long things took: a histogram at three significant digits, their exact sum and maximum.
///
/// Percentiles come from merged histograms, never from an average of percentiles. The bucket width
/// is 512 ns below 1 ms and at most 0.1 % above (HdrHistogram, Tene), and the range grows as needed.
struct Distribution: Sendable {
  private var histogram: Histogram<UInt64>
  /// Nanoseconds; 128 bits, so that neither order of adding nor length of the run matters.
  private var sum: Int128 = 0

  init() {
    histogram = Histogram(
      lowestDiscernibleValue: 1_000, highestTrackableValue: 1_000_000_000,
      numberOfSignificantValueDigits: .three)
    histogram.autoResize = true
  }

  var count: Int { Int(histogram.totalCount) }

  mutating func record(_ nanoseconds: Int64, weight: Int64 = 1) {
    let value = UInt64(Swift.max(0, nanoseconds))
    histogram.record(value, count: UInt64(weight))
    sum += Int128(value) * Int128(weight)
  }

  @inline(__always)
  mutating func recordOnce(_ nanoseconds: Int64) {
    let value = UInt64(Swift.max(0, nanoseconds))
    histogram.record(value)
    sum &+= Int128(value)
  }

  mutating func merge(_ other: Distribution) {
    guard other.count > 0 else { return }
    histogram.add(other.histogram)
    sum += other.sum
  }

  mutating func reset() {
    guard count > 0 else { return }
    histogram.reset()
    sum = 0
  }

  /// Seconds.
  var total: Double { Double(sum) / 1e9 }
  /// Seconds; nil where nothing was recorded.
  var mean: Double? { count == 0 ? nil : Double(sum) / (Double(count) * 1e9) }
  var max: Double? { count == 0 ? nil : Double(histogram.maxRecorded) / 1e9 }
  func quantile(_ q: Double) -> Double? {
    count == 0 ? nil : Double(histogram.valueAtPercentile(q * 100)) / 1e9
  }
}
