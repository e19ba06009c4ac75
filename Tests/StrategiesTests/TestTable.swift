import Primitives

@testable import Strategies

/// The keys of a table in order, and what a database would answer about them.
struct TestTable {
  var keys: [Key]

  /// `rows` keys from `first` on, `1 ... maxGap` apart.
  init(rows: Int, first: Int64 = 1, maxGap: Int = 1, stream: inout RandomStream) {
    var next = first
    keys = []
    for _ in 0..<rows {
      keys.append(Key(next))
      next += Int64(1 + stream.below(maxGap))
    }
  }

  /// As a driver finds them with min(id) and max(id).
  var bounds: KeyRange {
    guard let first = keys.first else { return KeyRange(after: nil, upTo: nil) }
    return KeyRange(after: Key(position: first.position - 1), upTo: keys.last)
  }

  func boundary(after: Key?, rows: Int, direction: Direction) -> (key: Key?, rows: Int) {
    let beyond: [Key]
    switch direction {
    case .ascending: beyond = keys.filter { key in after.map { key > $0 } ?? true }
    case .descending: beyond = keys.reversed().filter { key in after.map { key < $0 } ?? true }
    }
    let found = beyond.prefix(rows)
    return (found.last, found.count)
  }

  func rows(in range: KeyRange) -> [Key] { keys.filter { range.contains($0) } }
}

extension KeyRange {
  func contains(_ key: Key) -> Bool {
    (after.map { key > $0 } ?? true) && (upTo.map { key <= $0 } ?? true)
  }
}
