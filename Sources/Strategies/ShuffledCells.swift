import Primitives

/// Cuts the key space into cells of equal width and visits them in a shuffled order.
///
/// A cell is as wide as the largest batch would need if rows were spread evenly; smaller batches cut
/// it further, in key order, so that the size may still be steered. No lookup is needed, hence sparse
/// parts of the key space make batches with few rows or none.
struct ShuffledCells: Sendable {
  private let table: KeySpan
  private let uncovered: [KeySpan]
  private let width: UInt128
  private let rowsPerCell: Int
  private let visits: Permutation
  private var visited = 0
  /// What is left of the current cell, nearest last.
  private var left: [KeySpan] = []

  init(table: KeySpan, uncovered: [KeySpan], rows: Int, rowsPerCell: Int, seed: UInt64) {
    self.table = table
    self.uncovered = uncovered
    self.rowsPerCell = rowsPerCell
    let reach = table.last - table.first
    let cells = UInt128(max(1, (max(rows, 1) - 1) / rowsPerCell + 1))
    width = reach / cells + 1
    visits = Permutation(
      count: Int(reach / width + 1),
      key: RandomKey(seed: seed, trial: 0, entity: 0, purpose: RandomPurpose.order))
  }

  /// - Complexity: O(log n) for n uncovered spans, and amortised O(1) for each cell passed over.
  mutating func next(rows: Int) -> Cut? {
    while left.isEmpty {
      guard visited < visits.count else { return nil }
      left = uncoveredParts(of: visits[visited])
      visited += 1
    }
    guard var span = left.popLast() else { return nil }
    let rows = min(rows, rowsPerCell)
    let wanted = UInt128(rowsPerCell).dividingFullWidth(
      width.multipliedFullWidth(by: UInt128(rows))
    ).quotient
    let step = max(wanted, 1)
    guard span.last - span.first >= step else {
      return Cut(
        span: span, rows: rows, isFull: span.last - span.first == step - 1, isCounted: false)
    }
    if let rest = KeySpan(first: span.first + step, last: span.last) { left.append(rest) }
    span.last = span.first + step - 1
    return Cut(span: span, rows: rows, isFull: true, isCounted: false)
  }

  /// Every cell was handed out.
  var isExhausted: Bool { visited == visits.count && left.isEmpty }

  private func uncoveredParts(of cell: Int) -> [KeySpan] {
    let first = table.first + UInt128(cell) * width
    let last = table.last - first < width ? table.last : first + (width - 1)
    guard let span = KeySpan(first: first, last: last) else { return [] }
    var parts: [KeySpan] = []
    var index = firstUncovered(reaching: first)
    while index < uncovered.count, uncovered[index].first <= last {
      if let part = span.intersection(uncovered[index]) { parts.append(part) }
      index += 1
    }
    return parts.reversed()
  }

  /// The index of the first uncovered span that ends at or behind the position.
  private func firstUncovered(reaching position: UInt128) -> Int {
    var low = 0
    var high = uncovered.count
    while low < high {
      let middle = (low + high) / 2
      if uncovered[middle].last < position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
