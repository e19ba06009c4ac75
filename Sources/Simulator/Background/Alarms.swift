import Primitives

/// What is due at a fixed moment of model time.
///
/// There are few of them, and a skipped stretch must end before the next one.
struct Alarms {
  enum Kind: Hashable {
    /// Traffic without a backfill has played its during phase.
    case trafficEnds
    case before, backfill, checkpoint, vacuumCheck, horizon
    case timedEvent(Int)
    /// A surge, a long transaction, a stopped replica or a replica's query is over.
    case timedEventOver(Int)
  }
  private(set) var pending: [(at: Instant, kind: Kind)] = []

  var next: Instant? { pending.first?.at }

  /// The earliest that is none of `kinds`, or the distant future.
  func next(besides kinds: [Kind]) -> Instant {
    pending.first { !kinds.contains($0.kind) }?.at ?? .distantFuture
  }
  func time(of kind: Kind) -> Instant? { pending.first { $0.kind == kind }?.at }

  mutating func set(_ kind: Kind, at instant: Instant) {
    let place = pending.firstIndex { $0.at > instant } ?? pending.endIndex
    pending.insert((instant, kind), at: place)
  }

  mutating func move(_ kind: Kind, to instant: Instant) {
    cancel(kind)
    set(kind, at: instant)
  }

  mutating func cancel(_ kind: Kind) { pending.removeAll { $0.kind == kind } }

  mutating func popDue(at now: Instant) -> Kind? {
    guard let first = pending.first, first.at <= now else { return nil }
    pending.removeFirst()
    return first.kind
  }
}
