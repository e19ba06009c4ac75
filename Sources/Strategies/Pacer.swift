import Primitives

/// What a worker waits between its batches.
struct Pacer: Sendable {
  /// A change holds from the next pause on.
  var pause: Pause
  private let every: TimeSpan?
  private(set) var sizer: RoundSizer?
  private var roundStart: Instant?
  private var rowsInRound = 0

  init(pause: Pause, rounds: Rounds? = nil) {
    self.pause = pause
    every = rounds?.every
    sizer = rounds.map { RoundSizer($0) }
  }

  /// A batch starts; the first one after a round's end begins the next.
  mutating func started(at now: Instant) {
    if every != nil, roundStart == nil { roundStart = now }
  }

  /// The pause after a batch that took `duration` and asked for `rows`, and whether a round is over.
  mutating func rest(
    after duration: TimeSpan, rows: Int, at now: Instant
  ) -> (rest: TimeSpan, endsRound: Bool) {
    let plain =
      switch pause {
      case .fixed(let span): span
      case .ratio(let ratio): duration * ratio
      }
    guard let every, let start = roundStart, let size = sizer?.rows else { return (plain, false) }
    rowsInRound += rows
    guard rowsInRound >= size else { return (plain, false) }
    // The pause after the last batch is part of the round.
    let end = now + plain
    sizer?.learn(duration: end - start)
    (roundStart, rowsInRound) = (nil, 0)
    return (max(end, start + every) - now, true)
  }
}
