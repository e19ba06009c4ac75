/// Row pointers that nbtree has gone over in all of a table's indexes, as entries come one after the other.
///
/// Between two of 2,048 even steps through the table they are taken to come evenly: a wave of full leaves is
/// wider than several of them, and the sums behind it are taken once a step, not once a segment of a batch.
struct LeafPassProgress {
  private struct Point {
    var inserted: Int
    var pointers: Double
  }

  private let passes: [LeafPasses]
  private let step: Int
  private var from = Point(inserted: 0, pointers: 0)
  private var to = Point(inserted: 0, pointers: 0)

  /// `rows`: entries of each index as built.
  init(_ passes: [LeafPasses], rows: Int) {
    self.passes = passes
    step = max(1, rows / 2_048)
  }

  /// Row pointers gone over by the time when so many entries have come into each index.
  mutating func pointers(inserted: Int) -> Double {
    if inserted < from.inserted || inserted >= to.inserted {
      let start = inserted / step * step
      from = start == to.inserted ? to : point(start)
      to = point(start + step)
    }
    let share = Double(inserted - from.inserted) / Double(step)
    return from.pointers + (to.pointers - from.pointers) * share
  }

  private func point(_ inserted: Int) -> Point {
    Point(
      inserted: inserted,
      pointers: passes.reduce(0) { $0 + $1.pointers(inserted: inserted) })
  }
}
