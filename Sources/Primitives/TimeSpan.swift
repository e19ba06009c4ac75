/// A length of model time in whole nanoseconds; may be negative.
@frozen
@usableFromInline
package struct TimeSpan: Hashable, Comparable, Sendable, BitwiseCopyable, AdditiveArithmetic,
  Codable
{
  @usableFromInline package var nanoseconds: Int64

  @inlinable package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The only place where a real number of seconds becomes integer time: to nearest, ties to even,
  /// clamped to ±146 years so that no later addition can overflow.
  @inlinable package init(seconds: Double) {
    let scaled = seconds * 1e9
    if scaled.magnitude < 0x1p51 {
      self.nanoseconds = Int64(Double.nearestWhole(scaled))
    } else {
      let whole = scaled.rounded(.toNearestOrEven)
      self.nanoseconds = whole >= 0x1p62 ? 1 << 62 : whole <= -0x1p62 ? -(1 << 62) : Int64(whole)
    }
  }

  @inlinable package static var zero: TimeSpan { TimeSpan(nanoseconds: 0) }
  /// Longer than any run.
  @inlinable package static var forever: TimeSpan { TimeSpan(nanoseconds: 1 << 62) }

  @inlinable package static func nanoseconds(_ n: Int64) -> TimeSpan { TimeSpan(nanoseconds: n) }
  @inlinable package static func microseconds(_ n: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: n * 1_000)
  }
  @inlinable package static func milliseconds(_ n: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: n * 1_000_000)
  }
  @inlinable package static func seconds(_ n: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: n * 1_000_000_000)
  }

  @inlinable package var seconds: Double { Double(nanoseconds) * 1e-9 }

  @inlinable package static func < (a: TimeSpan, b: TimeSpan) -> Bool {
    a.nanoseconds < b.nanoseconds
  }
  @inlinable package static func + (a: TimeSpan, b: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: a.nanoseconds + b.nanoseconds)
  }
  @inlinable package static func - (a: TimeSpan, b: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: a.nanoseconds - b.nanoseconds)
  }
  @inlinable package static prefix func - (a: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: -a.nanoseconds)
  }
  /// `span × count`, exact.
  @inlinable package static func * (a: TimeSpan, count: Int) -> TimeSpan {
    TimeSpan(nanoseconds: a.nanoseconds * Int64(count))
  }
  /// `span × factor`, rounded once.
  @inlinable package static func * (a: TimeSpan, factor: Double) -> TimeSpan {
    TimeSpan(seconds: a.seconds * factor)
  }
}
