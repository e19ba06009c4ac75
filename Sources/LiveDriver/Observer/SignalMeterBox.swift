import Measurements
import Primitives
import Synchronization

/// The meter that the traffic's threads and the lock watch share.
final class SignalMeterBox: Sendable {
  private let meter = Mutex(SignalMeter())
  /// Latencies are looked at only where a rule asks for them.
  private let watchesLatency: Bool

  init(watchesLatency: Bool) { self.watchesLatency = watchesLatency }

  func ended(latency: TimeSpan) {
    guard watchesLatency else { return }
    meter.withLock { $0.ended(latency: latency) }
  }

  func waited(_ span: TimeSpan) { meter.withLock { $0.waited(span) } }

  /// Seconds.
  func readWaitMean() -> Double { meter.withLock { $0.readWaitMean() } }
  /// Seconds; nil where no transaction ended since.
  func readLatencyP99() -> Double? { meter.withLock { $0.readLatencyP99() } }
  /// Bytes per second.
  func readLogRate(position: Int64, over period: TimeSpan) -> Double {
    meter.withLock { $0.readLogRate(position: position, over: period) }
  }
}
