import LiveDriver
import Scenarios

/// The tables that a calibration works on: its own, as wide as the scenario's, removed at the end.
struct CalibrationTables: Sendable {
  static let rows = 120_000
  static let hotRows = 4_000
  static let backlogRows = 45_000
  /// Secondary indexes of the table that has some.
  static let secondaryIndexes = 2

  static let schema = "rehearse_calibration"
  static let plain = "\(schema).plain"
  static let indexed = "\(schema).indexed"
  static let hot = "\(schema).hot"
  static let backlog = "\(schema).backlog"

  /// Bytes of padding in a row of this average width: header 24, key 8, three integers 12, and the
  /// padding's own length of 1 or 4.
  static func padding(rowWidth: Int) -> Int { min(1_900, max(1, rowWidth - 24 - 20 - 4)) }

  static func make(_ connection: Connection, rowWidth: Int) throws(ServerError) {
    try remove(connection)
    try connection.execute("CREATE SCHEMA \(schema)")
    let width = padding(rowWidth: rowWidth)
    let pieces = (width + 31) / 32
    let pad = (0..<pieces).map { "md5((g + \($0))::text)" }.joined(separator: " || ")
    for (name, rows, fillfactor) in [
      (plain, rows, 100), (indexed, rows, 100), (backlog, backlogRows, 100), (hot, hotRows, 50),
    ] {
      try connection.execute(
        """
        CREATE TABLE \(name) (id bigint PRIMARY KEY, v int NOT NULL, a int NOT NULL,
          b int NOT NULL, pad text NOT NULL) WITH (fillfactor = \(fillfactor),
          autovacuum_enabled = off);
        INSERT INTO \(name) SELECT g, 0, hashint4(g), hashint4(g + 1),
          substr(\(pad), 1, \(width)) FROM generate_series(1, \(rows)) g
        """)
    }
    for (table, columns) in [(indexed, ["a", "b"]), (backlog, ["a"])] {
      for column in columns {
        try connection.execute("CREATE INDEX ON \(table) (\(column))")
      }
    }
    // Half of each page stays empty, and yet pages are pruned as in a table without a fill factor:
    // with one they would be at nearly every update (heap_page_prune_opt's target for free space).
    try connection.execute("ALTER TABLE \(hot) RESET (fillfactor)")
    for name in [plain, indexed, backlog, hot] { try connection.execute("VACUUM ANALYZE \(name)") }
  }

  static func remove(_ connection: Connection) throws(ServerError) {
    try connection.execute("DROP SCHEMA IF EXISTS \(schema) CASCADE")
  }
}
