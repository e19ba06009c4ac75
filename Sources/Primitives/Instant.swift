/// A point in model time: nanoseconds since the start of the run.
///
/// Integer time makes the order of events total and every difference exact; 64 bits hold 292 years.
@frozen
@usableFromInline
package struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable, Codable {
  @usableFromInline package var nanoseconds: Int64

  @inlinable package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  /// The instant `seconds` after the start of the run, rounded as `TimeSpan.init(seconds:)` does.
  @inlinable package init(seconds: Double) {
    self.nanoseconds = TimeSpan(seconds: seconds).nanoseconds
  }

  @inlinable package static var zero: Instant { Instant(nanoseconds: 0) }
  /// Later than anything that happens.
  @inlinable package static var distantFuture: Instant { Instant(nanoseconds: .max) }

  @inlinable package var seconds: Double { Double(nanoseconds) * 1e-9 }

  @inlinable package static func < (a: Instant, b: Instant) -> Bool {
    a.nanoseconds < b.nanoseconds
  }
  @inlinable package static func + (a: Instant, b: TimeSpan) -> Instant {
    Instant(nanoseconds: a.nanoseconds + b.nanoseconds)
  }
  @inlinable package static func - (a: Instant, b: TimeSpan) -> Instant {
    Instant(nanoseconds: a.nanoseconds - b.nanoseconds)
  }
  @inlinable package static func - (a: Instant, b: Instant) -> TimeSpan {
    TimeSpan(nanoseconds: a.nanoseconds - b.nanoseconds)
  }
}
