import Primitives

/// A whole number that changes at instants, with its exact integral over time and its maximum.
///
/// Customers in a system, busy servers, waiting sessions. Integer value times integer time makes
/// Little's law an identity to test, not an approximation.
@frozen
@usableFromInline
package struct TimeWeighted: Sendable {
  @usableFromInline var current: Int
  /// When counting began.
  @usableFromInline var origin: Instant
  /// Up to where `area` is complete.
  @usableFromInline var accounted: Instant
  /// Value × nanoseconds.
  @usableFromInline var area: Int128
  @usableFromInline var highest: Int

  @inlinable
  package init(_ value: Int = 0, since origin: Instant = .zero) {
    current = value
    self.origin = origin
    accounted = origin
    area = 0
    highest = value
  }

  @inlinable package var value: Int { current }

  /// The largest value since counting began.
  @inlinable package var maximum: Int { highest }

  /// Instants must not decrease from one change to the next.
  @inlinable
  @inline(__always)
  package mutating func add(_ change: Int, at instant: Instant) {
    set(current + change, at: instant)
  }

  @inlinable
  @inline(__always)
  package mutating func set(_ value: Int, at instant: Instant) {
    precondition(instant >= accounted, "a change lies before the one accounted last")
    area = integral(until: instant)
    accounted = instant
    current = value
    if value > highest { highest = value }
  }

  /// The integral from the start of counting to `instant`, in value × nanoseconds.
  @inlinable
  @inline(__always)
  package func integral(until instant: Instant) -> Int128 {
    let product = current.multipliedFullWidth(by: Int((instant - accounted).nanoseconds))
    return area + (Int128(product.high) << 64 | Int128(product.low))
  }

  /// The average over time from the start of counting to `instant`; nil over no time.
  @inlinable
  package func mean(until instant: Instant) -> Double? {
    let length = (instant - origin).nanoseconds
    return length > 0 ? Double(integral(until: instant)) / Double(length) : nil
  }

  /// Starts counting anew at `instant`, with the value as it is: the end of a warm-up.
  @inlinable
  package mutating func restart(at instant: Instant) {
    self = TimeWeighted(current, since: instant)
  }
}
