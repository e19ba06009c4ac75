import Scenarios

/// The entries of one B-tree, as far as sizes go.
package struct IndexShape: Hashable, Sendable {
  /// Bytes of one index tuple: 8 of header and the key, aligned.
  package var tupleBytes: Int
  /// Entries on a leaf page at the default fillfactor of 90 %.
  package var entriesPerLeaf: Double
  package var leafPages: Double
  /// Entries arrive in the order of the key when the table is walked in key order.
  package var inKeyOrder: Bool

  package init(keyBytes: Int, rows: Int, inKeyOrder: Bool) {
    tupleBytes = aligned(8 + keyBytes)
    // 24 bytes of page header, 16 of special space.
    entriesPerLeaf = 0.9 * Double(PageFit.pageBytes - 40) / Double(tupleBytes + 4)
    leafPages = max(1, Double(rows) / entriesPerLeaf)
    self.inKeyOrder = inKeyOrder
  }

  /// The primary key's index first, then the secondary ones.
  package static func all(of table: Table) -> [IndexShape] {
    let keyBytes = table.primaryKey.type == .bigint ? 8 : 16
    let primary = IndexShape(keyBytes: keyBytes, rows: table.rows, inKeyOrder: true)
    return [primary]
      + table.indexes.map { index in
        let widths = index.columns.map { name in
          table.columns.first { $0.name == name }?.width ?? 8
        }
        return IndexShape(keyBytes: widths.reduce(0, +), rows: table.rows, inKeyOrder: false)
      }
  }
}
