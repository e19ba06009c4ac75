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
  /// The nearest to a real number of nanoseconds that is not negative, halves upwards.
  ///
  /// `rounded` is a call of the C library where the processor's baseline has no instruction for it.
  @inlinable package init(nearest nanoseconds: Double) {
    let whole = Int64(nanoseconds)
    self.nanoseconds = nanoseconds - Double(whole) < 0.5 ? whole : whole + 1
  }
  /// The first at or after a real number of nanoseconds that is not negative.
  @inlinable package init(notBefore nanoseconds: Double) {
    let whole = Int64(nanoseconds)
    self.nanoseconds = Double(whole) < nanoseconds ? whole + 1 : whole
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
