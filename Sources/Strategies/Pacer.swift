import Primitives

/// What a worker waits between its batches.
struct Pacer: Sendable {
  /// A change holds from the next pause on.
  var pause: Pause

  /// The pause after a batch that took `duration`.
  func rest(after duration: TimeSpan) -> TimeSpan {
    switch pause {
    case .fixed(let span): span
    case .ratio(let ratio): duration * ratio
    }
  }
}
