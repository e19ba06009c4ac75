import Primitives

/// A first-come, first-served limit on a rate, in virtual time.
///
/// Work passes one after another, `units / rate` for each; only the instant at which the last unit
/// will have passed is kept. That is a queue with one server, without an event for each unit.
struct RateGate: Sendable {
  /// Units per second; infinite is no limit.
  let rate: Double
  /// When all accepted work has passed, in nanoseconds.
  private(set) var clear: Double = 0
  /// Nanoseconds of passing time accepted so far.
  private(set) var accepted: Double = 0

  init(rate: Double) {
    precondition(rate > 0)
    self.rate = rate
  }

  /// When the gate is free for the next unit.
  func free(at now: Instant) -> Double { max(clear, Double(now.nanoseconds)) }

  /// Lets `units` pass as soon as those before them have, and returns when they have passed.
  mutating func pass(_ units: Double, at now: Instant) -> Double {
    occupy(for: units * 1e9 / rate, at: now)
  }

  /// Closes the gate behind all accepted work for `nanoseconds`.
  mutating func occupy(for nanoseconds: Double, at now: Instant) -> Double {
    clear = free(at: now) + nanoseconds
    accepted += nanoseconds
    return clear
  }

  /// Nanoseconds until `now` during which something was passing.
  func busy(at now: Instant) -> Double { accepted - max(0, clear - Double(now.nanoseconds)) }
}
