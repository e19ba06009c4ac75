import Dispatch
import Synchronization

/// A bound on the wall-clock time of a command, from now on.
struct TimeBound: Sendable {
  /// On the clock of `DispatchTime`, nanoseconds; nil without a bound.
  private let deadline: UInt64?

  init(seconds: Double?) {
    deadline = seconds.map { DispatchTime.now().uptimeNanoseconds + UInt64(min($0, 3e8) * 1e9) }
  }

  var hasPassed: Bool {
    deadline.map { DispatchTime.now().uptimeNanoseconds >= $0 } ?? false
  }
}

/// Counts from any thread.
final class Counter: Sendable {
  private let value = Atomic(0)

  func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
}

extension ContinuousClock.Instant {
  var secondsAgo: Double { duration(to: .now) / .seconds(1) }
}
