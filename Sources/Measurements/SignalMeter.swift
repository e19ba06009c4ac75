import Primitives

/// What the sensors of a throttle read, in both worlds: each signal over the period since it was last
/// read.
package struct SignalMeter: Sendable {
  /// Latencies in buckets of 5 % from 10 µs: the p99 of a period, not of the run.
  private var latencies = [Int32](repeating: 0, count: 420)
  private var latencyCount = 0
  private var waits = 0
  private var waitTotal = TimeSpan.zero
  private var logAtLastReading: Int64 = 0

  private static let base = 1e-5
  private static let logStep = Double.log(1.05)

  package init() {}

  package mutating func ended(latency: TimeSpan) {
    let scaled = max(1, latency.seconds / Self.base)
    let bucket = min(latencies.count - 1, Int(Double.log(scaled) / Self.logStep))
    latencies[bucket] += 1
    latencyCount += 1
  }

  package mutating func waited(_ span: TimeSpan) {
    waits += 1
    waitTotal = waitTotal + span
  }

  /// Mean of the waits that ended in the period; zero where none did.
  package mutating func readWaitMean() -> Double {
    defer { (waits, waitTotal) = (0, .zero) }
    return waits == 0 ? 0 : waitTotal.seconds / Double(waits)
  }

  /// Nil where no transaction ended in the period.
  package mutating func readLatencyP99() -> Double? {
    guard latencyCount > 0 else { return nil }
    defer {
      for i in latencies.indices { latencies[i] = 0 }
      latencyCount = 0
    }
    var above = latencyCount / 100
    for bucket in latencies.indices.reversed() {
      above -= Int(latencies[bucket])
      if above < 0 { return Self.base * Double.exp(Double(bucket + 1) * Self.logStep) }
    }
    return 0
  }

  package mutating func readLogRate(position: Int64, over period: TimeSpan) -> Double {
    defer { logAtLastReading = position }
    return Double(position - logAtLastReading) / period.seconds
  }

  /// Log that was written in a skipped stretch belongs to no period.
  package mutating func skip(logBytes: Int64) { logAtLastReading += logBytes }
}
