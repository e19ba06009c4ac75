/// Walks the uncovered keys in one direction, cutting where the looked-up boundaries say.
struct KeysetCursor: Sendable {
  let direction: Direction
  /// What is left to walk, nearest last, so that finishing one is O(1).
  ///
  /// The cursor cuts into the last one.
  private var left: [KeySpan]

  init(uncovered: [KeySpan], direction: Direction) {
    self.direction = direction
    left = direction == .ascending ? uncovered.reversed() : uncovered
  }

  var isExhausted: Bool { left.isEmpty }

  /// The key to look beyond; meaningless once exhausted.
  var after: Key? {
    guard let span = left.last else { return nil }
    switch direction {
    case .ascending: return span.first == 0 ? nil : Key(position: span.first - 1)
    case .descending: return span.last == .max ? nil : Key(position: span.last + 1)
    }
  }

  /// Cuts at the boundary, or at the end of the uncovered keys if the boundary lies beyond.
  mutating func cut(at key: Key, found: Int, asked: Int) -> Cut {
    guard var span = left.popLast() else { preconditionFailure("a boundary beyond the last key") }
    let position = key.position
    switch direction {
    case .ascending:
      precondition(position >= span.first, "boundary \(key) before \(span.range)")
      if position < span.last, let rest = KeySpan(first: position + 1, last: span.last) {
        left.append(rest)
        span.last = position
      }
      return Cut(
        span: span, rows: asked, isFull: found >= asked && position == span.last, isCounted: true)
    case .descending:
      precondition(position <= span.last, "boundary \(key) behind \(span.range)")
      if position > span.first, let rest = KeySpan(first: span.first, last: position - 1) {
        left.append(rest)
        span.first = position
      }
      return Cut(
        span: span, rows: asked, isFull: found >= asked && position == span.first, isCounted: true)
    }
  }

  /// Passes over every key up to and including this one; returns those that were not covered.
  mutating func skip(to key: Key) -> [KeySpan] {
    var passed: [KeySpan] = []
    while let span = left.last {
      let isReached =
        direction == .ascending ? key.position >= span.first : key.position <= span.last
      guard isReached else { break }
      let cut = cut(at: key, found: 0, asked: 0)
      passed.append(cut.span)
    }
    return passed
  }

  /// No row is left: what remains holds none and needs no batch.
  mutating func end() -> [KeySpan] {
    defer { left = [] }
    return left
  }
}
