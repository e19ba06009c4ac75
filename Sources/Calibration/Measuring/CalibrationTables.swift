import LiveDriver
import Scenarios
import Simulator

/// The tables that a calibration works on: its own, as wide as the scenario's, removed at the end.
struct CalibrationTables: Sendable {
  static let rows = 120_000
  /// Of tables that batches go through only.
  static let fewerRows = 60_000
  static let hotRows = 20_000
  static let backlogRows = 45_000
  /// Secondary indexes of the table that has some.
  static let secondaryIndexes = 2
  /// Of the rows that are wider, over the others; less where they would not fit a page four times.
  static let widening = 4

  /// Of the secondary indexes: an integer and its header, eight bytes each.
  static let passes = LeafPasses(entry: 16, rows: rows, repeats: 0)

  static let schema = "rehearse_calibration"
  static let plain = "\(schema).plain"
  static let indexed = "\(schema).indexed"
  static let bare = "\(schema).bare"
  static let wide = "\(schema).wide"
  /// Where versions stay on their page, as wide as those of `wide`.
  static let wideRoomy = "\(schema).wide_roomy"
  /// As `bare`, and in no shared buffer.
  static let unread = "\(schema).unread"
  static let roomy = "\(schema).roomy"
  static let hot = "\(schema).hot"
  static let backlog = "\(schema).backlog"

  static func rows(of table: String) -> Int {
    switch table {
    case plain, indexed: rows
    case hot: hotRows
    case backlog: backlogRows
    default: fewerRows
    }
  }

  /// Of a table whose rows are that many times as wide as the scenario's.
  static func width(_ rowWidth: Int, times: Int = 1) -> Int {
    min(1_948, max(49, rowWidth * times))
  }

  /// Bytes of padding in a row of this average width: header 24, key 8, three integers 12, and the
  /// padding's own length of 1 or 4.
  static func padding(rowWidth: Int) -> Int { max(1, rowWidth - 24 - 20 - 4) }

  static func make(_ connection: Connection, rowWidth: Int) throws(ServerError) {
    try remove(connection)
    try connection.execute("CREATE SCHEMA \(schema)")
    let usual = width(rowWidth)
    for table in [plain, indexed, backlog, bare] { try fill(table, usual, 100, connection) }
    try fill(wide, width(rowWidth, times: widening), 100, connection)
    for table in [hot, roomy] { try fill(table, usual, 50, connection) }
    try fill(wideRoomy, width(rowWidth, times: widening), 50, connection)
    for table in [plain, indexed, backlog, wide, wideRoomy, hot, roomy] {
      try connection.execute("ALTER TABLE \(table) ADD PRIMARY KEY (id)")
    }
    for (table, columns) in [(indexed, ["a", "b"]), (backlog, ["a"])] {
      for column in columns {
        try connection.execute("CREATE INDEX ON \(table) (\(column))")
      }
    }
    // Half of each page stays empty, and yet pages are pruned as in a table without a fill factor:
    // with one they would be at nearly every update (heap_page_prune_opt's target for free space).
    for table in [hot, roomy, wideRoomy] {
      try connection.execute("ALTER TABLE \(table) RESET (fillfactor)")
    }
    for table in [plain, indexed, backlog, bare, wide, wideRoomy, hot, roomy] {
      try connection.execute("VACUUM ANALYZE \(table)")
    }
    try fillUnread(usual, connection)
  }

  /// CREATE TABLE AS writes through a ring of buffers (GetBulkInsertState), whose last pages, those of the rows
  /// beyond `fewerRows`, are all that stays in any.
  private static func fillUnread(_ rowWidth: Int, _ connection: Connection) throws(ServerError) {
    let ring = 16 << 20
    let rows = fewerRows + ring / rowWidth
    try connection.execute(
      """
      CREATE TABLE \(unread) WITH (autovacuum_enabled = off) AS
        SELECT g::bigint AS id, 0 AS v, hashint4(g) AS a, hashint4(g + 1) AS b, \(text(rowWidth)) AS pad
        FROM generate_series(1, \(rows)) g;
      ALTER TABLE \(unread) ALTER pad SET STORAGE PLAIN
      """)
    try connection.execute("VACUUM \(unread)")
  }

  /// SQL of a row's padding: no row's is another's.
  private static func text(_ rowWidth: Int) -> String {
    let width = padding(rowWidth: rowWidth)
    let pieces = (width + 31) / 32
    let pad = (0..<pieces).map { "md5((g + \($0))::text)" }.joined(separator: " || ")
    return "substr(\(pad), 1, \(width))"
  }

  private static func fill(
    _ table: String, _ rowWidth: Int, _ fillfactor: Int, _ connection: Connection
  ) throws(ServerError) {
    try connection.execute(
      """
      CREATE TABLE \(table) (id bigint NOT NULL, v int NOT NULL, a int NOT NULL,
        b int NOT NULL, pad text NOT NULL) WITH (fillfactor = \(fillfactor),
        autovacuum_enabled = off);
      ALTER TABLE \(table) ALTER pad SET STORAGE PLAIN;
      INSERT INTO \(table) SELECT g, 0, hashint4(g), hashint4(g + 1), \(text(rowWidth))
        FROM generate_series(1, \(rows(of: table))) g
      """)
  }

  static func remove(_ connection: Connection) throws(ServerError) {
    try connection.execute("DROP SCHEMA IF EXISTS \(schema) CASCADE")
  }
}
