import Strategies

/// The monotone map between row ordinals, which traffic draws, and keys, which strategies see: the
/// same in both worlds.
///
/// Gaps between numbers are spread evenly; UUIDs have none worth the name.
package struct KeyMap: Sendable {
  package let rows: Int
  package let gaps: Double
  /// Nil where keys are numbers.
  private let identifiers: UUIDKeys?

  package init(table: Table) {
    rows = table.rows
    gaps = table.primaryKey.gaps
    identifiers =
      switch table.primaryKey.type {
      case .bigint: nil
      case .uuid4: UUIDKeys(.random, rows: table.rows)
      case .uuid7: UUIDKeys(.timed, rows: table.rows)
      }
  }

  private var stride: Double { 1 / (1 - gaps) }

  /// The key of a row.
  package func key(of ordinal: Int) -> Key {
    identifiers?.key(of: ordinal)
      ?? Key(Int64(1 + Int((Double(ordinal) * stride).rounded(.down))))
  }

  /// How many rows have keys up to and including this one.
  package func rows(upTo key: Key) -> Int {
    if let identifiers { return identifiers.rows(upTo: key) }
    guard let value = key.int64 else { return rows }
    if value < 1 { return 0 }
    var ordinal = Int((Double(value - 1) / stride).rounded(.down))
    // The floor of a product and a quotient may miss each other by one.
    while Int((Double(ordinal + 1) * stride).rounded(.down)) < value { ordinal += 1 }
    while ordinal >= 0 && Int((Double(ordinal) * stride).rounded(.down)) >= value { ordinal -= 1 }
    return min(rows, ordinal + 1)
  }

  /// How many rows have keys below this one.
  package func rows(below key: Key) -> Int {
    key.position == 0 ? 0 : rows(upTo: Key(position: key.position - 1))
  }

  package func ordinals(_ range: KeyRange) -> Range<Int> {
    let lower = range.after.map { rows(upTo: $0) } ?? 0
    let upper = range.upTo.map { rows(upTo: $0) } ?? rows
    return lower..<max(lower, upper)
  }

  /// The bounds that `Event.started` reports: `after` lies one below the smallest key.
  package var bounds: KeyRange {
    let first = key(of: 0).position
    let after = Key(position: first > 0 ? first - 1 : 0)
    return KeyRange(after: after, upTo: rows > 0 ? key(of: rows - 1) : after)
  }
}
