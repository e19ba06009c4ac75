import Strategies

/// The monotone map between row ordinals, which traffic draws, and keys, which strategies see: the
/// same in both worlds.
///
/// Gaps are spread evenly.
package struct KeyMap: Sendable {
  package let rows: Int
  package let gaps: Double

  package init(table: Table) {
    rows = table.rows
    gaps = table.primaryKey.gaps
  }

  private var stride: Double { 1 / (1 - gaps) }

  /// The key of a row.
  package func key(of ordinal: Int) -> Key {
    Key(Int64(1 + Int((Double(ordinal) * stride).rounded(.down))))
  }

  /// How many rows have keys up to and including this one.
  package func rows(upTo key: Key) -> Int {
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
    key.int64.map { rows(upTo: Key($0 - 1)) } ?? rows
  }

  package func ordinals(_ range: KeyRange) -> Range<Int> {
    let lower = range.after.map { rows(upTo: $0) } ?? 0
    let upper = range.upTo.map { rows(upTo: $0) } ?? rows
    return lower..<max(lower, upper)
  }

  /// The bounds that `Event.started` reports: `after` lies one below the smallest key.
  package var bounds: KeyRange {
    KeyRange(after: Key(0), upTo: rows > 0 ? key(of: rows - 1) : Key(0))
  }
}
