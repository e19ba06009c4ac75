/// One 64-bit number for a row.
///
/// The sum of the rows' numbers depends on their values and on nothing else. `md5(string_agg(id::text,
/// ''))` does not do: without ORDER BY it depends on where the rows lie, which every UPDATE changes;
/// without a separator 1, 23 and 12, 3 look alike; it is one text of at most 1 GB. Not bit_xor either,
/// which cannot see a row that is there twice.
struct RowHash: Hashable, Sendable {
  /// A record's own hash needs version 14 and a hash function for every type.
  var ofRecord: Bool

  /// As the result names it.
  var name: String {
    ofRecord ? "sum(hash_record_extended(ROW(…), 0))" : "sum(hashtextextended(ROW(…)::text, 0))"
  }

  /// Finds out without reading a row.
  init(_ table: TableCatalog, on session: Connection) throws(ServerError) {
    ofRecord = session.serverVersion >= 140_000
    guard ofRecord else { return }
    let nulls = table.columns.map { "NULL::\($0.type)" }.joined(separator: ", ")
    do {
      try session.execute("SELECT hash_record_extended(ROW(\(nulls)), 0)")
    } catch {
      if error.isConnectionLost { throw error }
      ofRecord = false
    }
  }

  /// Over the row of a query from the table.
  func sql(_ columns: [TableCatalog.Column]) -> String {
    let row = "ROW(\(columns.map { Quoting.identifier($0.name) }.joined(separator: ", ")))"
    return ofRecord ? "hash_record_extended(\(row), 0)" : "hashtextextended(\(row)::text, 0)"
  }
}
