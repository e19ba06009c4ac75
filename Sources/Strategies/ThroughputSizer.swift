import Primitives

/// Tries larger batches and keeps them where throughput is better by more than chance.
///
/// vitess, `go/vt/vttablet/tabletserver/vstreamer/packet_size.go`: a quarter of the first size is added
/// at a time. Every 16 batches Welch's test (p < 0.1) compares the throughput of the size tried with
/// that of the size held, outliers beyond Tukey's fences left out. 64 without a gain settle it; after 5
/// seconds of work it tries again.
struct ThroughputSizer: Sendable {
  private static let confidence = 0.9
  private static let checkEvery = 16
  private static let growEvery = 32
  private static let firstSamples = 32
  private static let settleSamples = 64
  private static let restBeforeNext = TimeSpan.seconds(5)

  private let steering: Steering
  private let rowBytes: Int
  private let step: Int
  /// Bytes.
  private var held: Int
  private(set) var tried: Int
  private var heldRates: [Double] = []
  private var triedRates: [Double] = []
  private var batches = 0
  private var isSettled = false
  private var rested = TimeSpan.zero

  init(_ steering: Steering, bytes: Int, perRow: Int) {
    self.steering = steering
    rowBytes = max(1, perRow)
    held = bytes
    tried = bytes
    step = bytes / 4
  }

  var rows: Int { steering.rows(Double(tried) / Double(rowBytes)) }

  mutating func learn(done: Int, duration: TimeSpan) {
    if isSettled {
      rested += duration
      guard rested >= Self.restBeforeNext else { return }
      (heldRates, triedRates, batches, isSettled, rested) = ([], [], 0, false, .zero)
    }
    batches += 1
    triedRates.append(Double(done * rowBytes) / max(duration.seconds, 1e-9))
    guard batches.isMultiple(of: Self.checkEvery) else { return }
    triedRates = Self.withoutOutliers(triedRates)
    guard !heldRates.isEmpty else {
      if triedRates.count >= Self.firstSamples { swap(&heldRates, &triedRates) }
      return
    }
    compare()
  }

  private mutating func compare() {
    let (old, new) = (Self.moments(heldRates), Self.moments(triedRates))
    let differs = StudentT.differs(old, new, confidence: Self.confidence)
    if differs && new.mean > old.mean {
      heldRates = triedRates
      triedRates = []
      tried += step
      held = tried
    } else if triedRates.count >= Self.settleSamples {
      tried = held
      isSettled = true
    } else if !differs && batches.isMultiple(of: Self.growEvery) {
      tried += step
    }
  }

  private static func moments(_ values: [Double]) -> (mean: Double, variance: Double, count: Int) {
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squares / Double(max(1, values.count - 1)), values.count)
  }

  /// Those within one and a half interquartile ranges of the quartiles, by Hyndman and Fan's method 8.
  private static func withoutOutliers(_ values: [Double]) -> [Double] {
    let sorted = values.sorted()
    func quantile(_ p: Double) -> Double {
      let place = 1 / 3.0 + p * (Double(sorted.count) + 1 / 3.0)
      let k = Int(place)
      if k <= 0 { return sorted[0] }
      if k >= sorted.count { return sorted[sorted.count - 1] }
      return sorted[k - 1] + (place - Double(k)) * (sorted[k] - sorted[k - 1])
    }
    let (low, high) = (quantile(0.25), quantile(0.75))
    let fence = 1.5 * (high - low)
    return values.filter { low - fence <= $0 && $0 <= high + fence }
  }
}
