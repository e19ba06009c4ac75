import Primitives

/// When each phase began, and which one an intended arrival belongs to.
struct PhaseClock: Sendable {
  private(set) var current = Phase.warmup
  private var beforeStart = Instant.distantFuture
  private(set) var duringStart = Instant.distantFuture
  /// The last commit of the backfill.
  private(set) var duringEnd = Instant.distantFuture
  /// What the last skip left out.
  private var gapStart = Instant.zero
  private var gapEnd = Instant.zero

  mutating func begin(_ phase: Phase, at now: Instant) {
    current = phase
    switch phase {
    case .warmup: break
    case .before: beforeStart = now
    case .during: duringStart = now
    case .after: duringEnd = min(duringEnd, now)
    }
  }

  /// The phase of a transaction that was intended at this instant.
  func phase(of intended: Instant) -> Phase {
    if intended < duringStart { return intended < beforeStart ? .warmup : .before }
    return intended <= duringEnd ? .during : .after
  }

  /// In ascending order.
  var boundaries: [Instant] { [beforeStart, duringStart, duringEnd] }

  mutating func skip(from now: Instant, by skipped: TimeSpan) {
    gapStart = now
    gapEnd = now + skipped
  }

  /// Where a transaction that was in flight during the last skip was really played: its intended
  /// arrival moved with the clock, into time that nobody played.
  func played(_ intended: Instant) -> Instant {
    intended <= gapEnd && intended > gapStart ? intended - (gapEnd - gapStart) : intended
  }
}
