import Primitives

/// How often inserts find leaves of an index full, so that nbtree goes through a leaf's row pointers for some
/// to delete or to merge before it splits the leaf.
///
/// An update that changes none of the index's columns asks for bottom-up deletion (`_bt_bottomupdel_pass`,
/// since version 14): it sorts all row pointers of the leaf by heap page and visits up to six of those pages.
/// Where that frees too little, equal keys are merged (`_bt_dedup_pass`, since 13), and at last the leaf is
/// split. All leaves of an index are built equally full, so inserts at random places fill all of them at nearly
/// the same time: a row costs several times as much while they do (measured on version 15, two million rows
/// of fifty thousand keys: 34 us a row between the 4th and the 16th percent of them, 13 us after).
package struct LeafPasses: Sendable {
  /// A pass over the leaves that have come of one, or their split.
  private struct Pass {
    /// After how many inserts where one leaf was.
    var inserts: Double
    /// Row pointers that it goes over, of all of them together, and what is as much work.
    var pointers: Double
  }

  // Merging looks at entries, each for a quarter of the time that deletion takes for a row pointer, and a split
  // takes as long as 700 of them. Measured on version 15: deletion 68 and 179 us on leaves of 410 and 970 row
  // pointers, merging 20 and 9 us on their 410 and 140 entries, a split 130 to 150 us with the entry in the parent.
  private static let pointersOfEntry = 0.25
  private static let pointersOfSplit = 700.0

  private let leaves: Double
  private var passes: [Pass] = []

  /// - Parameters:
  ///   - entry: bytes of an entry of one row, aligned, without its item pointer.
  ///   - rows: entries of the index as built.
  ///   - repeats: rows of a key on average; 0 where each has its own.
  package init(entry: Int, rows: Int, repeats: Double) {
    leaves = max(1, Double(rows) / Double(Self.rowsPerLeaf(entry: entry, repeats: repeats)))
    let size = Double(entry + RowLayout.itemPointer)
    // One more entry is the leaf's high key.
    let space = Double(RowLayout.leafSpace) - size
    let saved = Self.saved(by: entry, repeats: repeats)
    // Who updates each row twice has split them all.
    let most = Double(rows) / leaves * 2
    var (siblings, inserts, pointers) = (1.0, 0.0, Double(rows) / leaves)
    var entries = pointers * (repeats > 0 ? (1 - Double.exp(-repeats)) / repeats : 1)
    var free = space * (1 - RowLayout.leafFill)
    while true {
      let fitting = max(1, (free / size).rounded(.down))
      inserts += fitting * siblings
      pointers += fitting
      guard inserts <= most else { break }
      let work = pointers + Self.pointersOfEntry * (entries + fitting)
      passes.append(Pass(inserts: inserts, pointers: work * siblings))
      free += fitting * (saved - size)
      if free < size {
        passes.append(Pass(inserts: inserts, pointers: Self.pointersOfSplit * siblings))
        siblings *= 2
        pointers /= 2
        entries /= 2
        free = space / 2
      }
    }
  }

  /// Rows on a leaf as built.
  static func rowsPerLeaf(entry: Int, repeats: Double) -> Int {
    max(2, Int(Double(RowLayout.leafSpace) * RowLayout.leafFill / rowBytes(entry, repeats)))
  }

  /// Bytes that a row takes on a leaf as built where each key belongs to `repeats` rows on average.
  ///
  /// Equal keys share one entry (deduplication, since version 13): key, six bytes a row, and one item
  /// pointer. How many rows a key has is taken as Poisson's.
  private static func rowBytes(_ entry: Int, _ repeats: Double) -> Double {
    func bytes(_ rows: Int) -> Double {
      Double(
        (rows == 1 ? entry : RowLayout.aligned(entry + RowLayout.rowPointer * rows))
          + RowLayout.itemPointer)
    }
    guard repeats > 0 else { return bytes(1) }
    guard repeats < Double(RowLayout.mostRowsOfEntry) / 2 else {
      let rows = min(RowLayout.mostRowsOfEntry, Int(repeats))
      return bytes(rows) / Double(rows)
    }
    var (share, sum) = (Double.exp(-repeats), 0.0)
    for rows in 1...RowLayout.mostRowsOfEntry {
      share *= repeats / Double(rows)
      sum += share * bytes(rows)
    }
    return sum / repeats
  }

  /// Bytes that merging frees for each entry of one row since the pass before.
  ///
  /// Beside a key's other rows an entry becomes six bytes of their list; of two single ones a list is made.
  /// How many rows a key has is taken as Poisson's.
  private static func saved(by entry: Int, repeats: Double) -> Double {
    let alone = Double.exp(-repeats)
    let pair = RowLayout.aligned(entry + 2 * RowLayout.rowPointer)
    let saved = 2 * (entry + RowLayout.itemPointer) - (pair + RowLayout.itemPointer)
    let joining = entry + RowLayout.itemPointer - RowLayout.rowPointer
    return alone * Double(max(0, saved)) + (1 - alone) * Double(joining)
  }

  /// Row pointers gone over by the time when so many entries have been inserted, at random places, and what is as
  /// much work.
  ///
  /// A pass comes with the first insert that does not fit. How many a leaf got is Poisson's, here its normal
  /// approximation.
  /// - Complexity: O(passes of a leaf), of which there are some dozens.
  package func pointers(inserted: Int) -> Double {
    let mean = Double(inserted) / leaves
    guard mean > 0 else { return 0 }
    let spread = mean.squareRoot()
    return leaves
      * passes.reduce(0) { sum, pass in
        sum + pass.pointers * Double.normalDistribution((mean - pass.inserts - 0.5) / spread)
      }
  }
}
