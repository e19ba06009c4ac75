import Scenarios

/// A table as its server's catalogs describe it.
struct TableCatalog: Hashable, Sendable {
  struct Column: Hashable, Sendable {
    var name: String
    /// As `format_type` writes it.
    var type: String
    var isIndexed: Bool
    /// Generated, or an identity that takes no value.
    var isComputed: Bool
    /// The server gives it a value where an INSERT does not.
    var hasDefault: Bool
  }

  var name: TableName
  var key: Column
  var columns: [Column]
  /// The first column of each of the scenario's indexes.
  var indexes: [String]
  /// The largest bigint key when this was read.
  var largestKey: Int64

  /// Fails where the table or its key is not there.
  static func read(_ table: Table, on connection: Connection) throws(LiveError) -> TableCatalog {
    let name = TableName(table.name)
    let isThere = try LiveError.server {
      () throws(ServerError) in
      try connection.execute("SELECT to_regclass($1)", [name.sql]).scalar != nil
    }
    guard isThere else {
      throw .unfit("the server has no table \(name.sql): a target is rehearsed on tables it has")
    }
    let rows = try LiveError.server {
      () throws(ServerError) in
      try connection.execute(
        """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod),
               EXISTS (SELECT FROM pg_index i
                       WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey)),
               a.attgenerated <> '' OR a.attidentity = 'a', a.atthasdef OR a.attidentity <> ''
        FROM pg_attribute a
        WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """, [name.sql])
    }
    let columns = (0..<rows.count).map { row in
      Column(
        name: rows.text(row, 0) ?? "", type: rows.text(row, 1) ?? "",
        isIndexed: rows.boolean(row, 2) ?? false, isComputed: rows.boolean(row, 3) ?? false,
        hasDefault: rows.boolean(row, 4) ?? false)
    }
    let wanted = table.primaryKey.column
    guard let key = columns.first(where: { $0.name == wanted }) else {
      throw .unfit("table \(name.sql) has no key column \"\(wanted)\"")
    }
    guard ["smallint", "integer", "bigint", "uuid"].contains(key.type) else {
      throw .unfit("the key \"\(wanted)\" of \(name.sql) is \(key.type), not bigint or uuid")
    }
    var largest: Int64 = 0
    if key.type != "uuid" {
      let quoted = Quoting.identifier(wanted)
      let answer = try LiveError.server {
        () throws(ServerError) in
        try connection.execute("SELECT max(\(quoted)) FROM \(name.sql)")
      }
      largest = answer.scalar.flatMap { Int64($0) } ?? 0
    }
    return TableCatalog(
      name: name, key: key, columns: columns,
      indexes: table.indexes.map { $0.columns.first ?? wanted }, largestKey: largest)
  }

  /// What an update writes that names no column: preferably one whose change can be HOT, and that the
  /// backfill does not write.
  func columnToUpdate(avoiding: [String]) throws(LiveError) -> Column {
    let free = columns.filter { $0.name != key.name && !$0.isComputed }
    let best = free.min { cost($0, avoiding) < cost($1, avoiding) }
    guard let best else {
      throw .unfit("table \(name.sql) has no column that an update could change")
    }
    return best
  }

  private func cost(_ column: Column, _ avoiding: [String]) -> Int {
    (column.isIndexed ? 4 : 0) + (avoiding.contains(column.name) ? 2 : 0)
      + (column.isNumber ? 0 : 1)
  }
}

extension TableCatalog.Column {
  var isNumber: Bool { ["smallint", "integer", "bigint", "numeric"].contains(type) }

  /// Another value of the same width, as SQL over the row.
  var changedValue: String {
    let name = Quoting.identifier(name)
    switch type {
    case "smallint", "integer", "bigint": return "coalesce(\(name), 0) # 1"
    case "numeric", "real", "double precision": return "coalesce(\(name), 0) + 1"
    case "boolean": return "NOT coalesce(\(name), false)"
    case "uuid": return "gen_random_uuid()"
    case "date": return "\(name) + 1"
    case _ where type.hasPrefix("timestamp"): return "\(name) + interval '1 second'"
    case "text": return "reverse(\(name))"
    case _ where type.hasPrefix("character"): return "reverse(\(name))"
    default: return name
    }
  }
}
