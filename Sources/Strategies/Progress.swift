/// Which keys are covered, in whatever order several workers commit.
///
/// Covered spans that touch are merged at once, so ascending batches keep no more of them than there
/// are workers. Both ends of every merged span are hashed; the tables are never iterated on a path
/// that decides anything.
struct Progress: Sendable {
  /// The key space of the run; nil when the table is empty.
  private var table: KeySpan?
  private var lastOfFirst: [UInt128: UInt128] = [:]
  private var firstOfLast: [UInt128: UInt128] = [:]

  init() {}

  init(table: KeySpan, covered: [KeySpan]) {
    self.table = table
    for gap in table.subtracting(table.subtracting(covered)) { cover(gap) }
  }

  /// Adds a span that touches no covered key.
  ///
  /// - Complexity: O(1).
  mutating func cover(_ span: KeySpan) {
    var merged = span
    if span.first > 0, let first = firstOfLast.removeValue(forKey: span.first - 1) {
      merged.first = first
    }
    if span.last < .max, let last = lastOfFirst.removeValue(forKey: span.last + 1) {
      merged.last = last
    }
    lastOfFirst[merged.first] = merged.last
    firstOfLast[merged.last] = merged.first
  }

  /// The key below which, and at which, everything is committed; nil while nothing is.
  var watermark: Key? {
    guard let table, let last = lastOfFirst[table.first] else { return nil }
    return Key(position: last)
  }

  /// Whole ranges above the watermark, in key order.
  ///
  /// - Complexity: O(n log n) for n such ranges.
  var committedAbove: [KeyRange] {
    lastOfFirst
      .filter { $0.key != table?.first }
      .sorted { $0.key < $1.key }
      .compactMap { KeySpan(first: $0.key, last: $0.value)?.range }
  }
}
