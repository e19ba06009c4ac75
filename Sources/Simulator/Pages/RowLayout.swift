import Scenarios

/// How many bytes rows, pages and log records take: constants of PostgreSQL's on-disk format.
///
/// Sources: storage.sgml (page, tuple header), xlogrecord.h and heapam_xlog.h (records), each
/// confirmed with pg_waldump on version 15.
struct RowLayout: Sendable {
  static let pageBytes = 8192
  static let pageHeader = 24
  static let itemPointer = 4
  /// Log pages carry a 24-byte header per 8 KiB.
  static let logOverhead = 1.003
  static let commitRecord = 40
  static let lockRecord = 56
  static let hotUpdateRecord = 72
  static let insertLeafOverhead = 48
  /// One leaf split per this many inserts into full leaves, and its record.
  static let insertsPerSplit = 365
  static let splitRecord = 3_400
  static let pruneRecord = 64
  static let visibleRecord = 59
  /// Leaf pages are built 90 % full.
  static let leafFill = 0.9
  /// What page header and nbtree's own data leave of a leaf.
  static let leafSpace = pageBytes - pageHeader - 16
  /// Of a row, in an entry that is a list of rows with equal keys.
  static let rowPointer = 6
  /// A list is at most a tenth of a leaf when it is built.
  static let mostRowsOfEntry = 132

  /// Bytes of a tuple, aligned to 8.
  let tuple: Int
  let rowsPerPage: Int
  /// Rows that a page holds when the table was filled to its fill factor.
  let rowsAtFill: Int
  let heapPages: Int
  /// The primary key's index first, then the secondary ones.
  let indexEntryBytes: [Int]
  /// Rows per leaf, as built.
  let entriesPerLeaf: [Int]
  let leafPages: [Int]
  /// When leaves are full, of each index into which inserts come anywhere: not the primary key's, whose leaves a
  /// batch in its order fills one by one (that is in what an entry there costs), nor one that only appends.
  let passes: [LeafPasses]
  /// Indexes whose few key values each hold a long run of entries in the order of row versions: new
  /// entries go to the runs' ends, not to scattered leaves.
  let appends: [Bool]
  let rows: Int

  /// Of a row version.
  var kibibytes: Double { Double(tuple) / 1_024 }

  init(_ table: Table, addedBytes: Int = 0) {
    rows = table.rows
    tuple = Self.aligned(table.rowWidth + addedBytes)
    let usable = Self.pageBytes - Self.pageHeader
    rowsPerPage = max(1, usable / (Self.aligned(table.rowWidth) + Self.itemPointer))
    rowsAtFill = max(1, rowsPerPage * table.fillfactor / 100)
    heapPages = max(1, (table.rows + rowsAtFill - 1) / rowsAtFill)
    let keyBytes = table.primaryKey.type == .bigint ? 8 : 16
    let widths = table.indexes.map { index in
      index.columns.reduce(0) { sum, name in
        sum + (table.columns.first { $0.name == name }?.width ?? 8)
      }
    }
    indexEntryBytes = ([keyBytes] + widths).map { Self.aligned(8 + $0) }
    let repeats =
      [0.0]
      + table.indexes.map { index in
        index.distinct.map { Double(table.rows) / Double(max(1, $0)) } ?? 0
      }
    entriesPerLeaf = zip(indexEntryBytes, repeats).map { entry, repeats in
      LeafPasses.rowsPerLeaf(entry: entry, repeats: repeats)
    }
    leafPages = entriesPerLeaf.map { [rows] in max(1, (rows + $0 - 1) / $0) }
    let appends =
      [false]
      + zip(table.indexes, leafPages.dropFirst()).map { index, leaves in
        index.distinct.map { $0 * 16 < leaves } ?? false
      }
    self.appends = appends
    passes = zip(indexEntryBytes, repeats).enumerated().dropFirst().compactMap {
      [rows] index, kind in
      appends[index] ? nil : LeafPasses(entry: kind.0, rows: rows, repeats: kind.1)
    }
  }

  static func aligned(_ n: Int) -> Int { (n + 7) / 8 * 8 }

  /// Log bytes of one new version in place of an old one on the same page.
  func hotBytes(logical: Bool) -> Int { logical ? (42 + tuple + 7) / 8 * 8 : Self.hotUpdateRecord }

  /// Log bytes of one version moved to another page, without index entries: the lock on the old
  /// tuple and the update record.
  var movedBytes: Int { Self.lockRecord + (50 + tuple + 7) / 8 * 8 }

  /// Log bytes of one entry in every index, splits included.
  var indexBytes: Int {
    indexEntryBytes.reduce(0) {
      $0 + Self.insertLeafOverhead + $1 + Self.splitRecord / Self.insertsPerSplit
    }
  }

  /// A full-page image leaves the hole between line pointers and tuples out.
  func imageBytes(fill: Double) -> Int {
    min(Self.pageBytes, Int(Double(Self.pageBytes) * fill) + 40)
  }
}
