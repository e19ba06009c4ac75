import Primitives
import Scenarios
import Strategies
import Traffic

/// What the tables came to.
package struct BuiltTables: Hashable, Sendable {
  /// What is not as the scenario asks, a sentence each.
  package var notes: [String] = []
  package var rows = 0
}

/// Makes and fills the scenario's tables, with their indexes and statistics, and checkpoints.
///
/// Each table is one transaction: after an error or a lost connection it is not there. Rows come out
/// frozen, as in a table that vacuum has been over.
///
/// - Parameters:
///   - scenario: Whose tables.
///   - seed: Of row order, keys and values.
///   - connection: Of a role that may create tables.
///   - progress: Is told the rows written so far, of all tables; a throw ends it. Whoever only has the
///     server cancel a COPY waits until its last row was sent: libpq looks for the answer at its end.
/// - Returns: What is not as asked.
/// - Throws: `TableError`, also where a table of that name is there already.
package func buildTables(
  _ scenario: Scenario, seed: UInt64, _ connection: Connection,
  progress: (Int) throws(ServerError) -> Void = { _ in }
) throws(TableError) -> BuiltTables {
  var built = BuiltTables()
  for table in scenario.tables where try isThere(table, connection) {
    throw .exists(TableName(table.name).sql)
  }
  for (number, table) in scenario.tables.enumerated() {
    let traffic = scenario.traffic.flatMap { $0.statements }
      .filter { $0.table == number }.flatMap { $0.set + ($0.script?.columns ?? []) }
    let building = try TableBuilding(
      table, number == 0 ? scenario.backfill : nil, traffic: traffic, seed: seed, connection)
    let before = built.rows
    built.notes += try building.build { (rows) throws(ServerError) in
      try progress(before + rows)
    }
    built.rows += table.rows
  }
  built.notes += try checkpoint(connection)
  return built
}

private func isThere(_ table: Table, _ connection: Connection) throws(TableError) -> Bool {
  try TableError.server { () throws(ServerError) in
    try connection.execute("SELECT to_regclass($1)", [TableName(table.name).sql]).scalar != nil
  }
}

/// A run begins with a checkpoint behind it; before version 15 only a superuser can ask for one.
private func checkpoint(_ connection: Connection) throws(TableError) -> [String] {
  do {
    try connection.execute("CHECKPOINT")
    return []
  } catch {
    guard error.sqlState == "42501" else { throw .server(error) }
    return ["no checkpoint precedes the run: the role may not ask for one"]
  }
}

/// One table, from nothing to ready.
private struct TableBuilding {
  let table: Table
  let backfill: Backfill?
  let columns: [PlannedColumn]
  let rows: RowWriter
  let connection: Connection

  private static let paddingColumn = "rehearse_filler"
  /// Enough for the mean of their width.
  private static let sampleRows = 1_000
  /// Bytes of one message to the server.
  private static let messageBytes = 64 << 10
  /// What fits on a page beside its header and one line pointer (MaxHeapTupleSize).
  private static let mostRowBytes = 8_160

  init(
    _ table: Table, _ backfill: Backfill?, traffic: [String], seed: UInt64, _ connection: Connection
  ) throws(TableError) {
    self.table = table
    self.backfill = backfill
    self.connection = connection
    let planned = PlannedColumn.columns(of: table, backfill, traffic: traffic)
    columns = try ColumnTypes(connection: connection).settle(
      planned, key: (table.primaryKey.column, Self.keyType(table)), backfill)
    rows = try RowWriter(table, columns: columns, backfill, seed: seed)
  }

  private static func keyType(_ table: Table) -> String {
    table.primaryKey.type == .bigint ? "bigint" : "uuid"
  }

  private var name: String { TableName(table.name).sql }

  func build(_ progress: (Int) throws(ServerError) -> Void) throws(TableError) -> [String] {
    try run("BEGIN")
    do throws(TableError) {
      try create()
      let padding = try measurePadding()
      try run("TRUNCATE \(name)")
      try copy(rows.padded(padding), places: 0..<table.rows, progress)
      // Rows that a script inserts leave it out, and are as wide as the others.
      let filler = Quoting.identifier(Self.paddingColumn)
      try run("ALTER TABLE \(name) ALTER \(filler) SET DEFAULT repeat('x', \(padding))")
      try addIndexes()
      try run("COMMIT")
    } catch {
      // The error that counts is the first; the server forgets the rest with the connection at last.
      _ = try? connection.execute("ROLLBACK")
      throw error
    }
    // Before version 14 COPY does not mark pages all-visible; statistics are owed in any case.
    try run("VACUUM (ANALYZE) \(name)")
    return keyNotes + (try filterNotes())
  }

  /// Each column's values are drawn by themselves: an index on several may have more keys than it should.
  private var keyNotes: [String] {
    table.indexes.compactMap { index in
      guard index.columns.count > 1, let wanted = index.distinct else { return nil }
      let combinations = index.columns.reduce(1.0) { product, name in
        product * Double(columns.first { $0.name == name }?.distinct ?? table.rows)
      }
      // What so many draws find of them.
      let found = combinations * (1 - Double.exp(-Double(table.rows) / combinations))
      guard found > 1.5 * Double(wanted) else { return nil }
      return "index \(index.name) has about \(Int(found)) distinct keys, not \(wanted): "
        + "its columns' values are drawn independently of each other"
    }
  }

  /// One statement; a name or type that hides a second one is an error.
  private func run(_ sql: String) throws(TableError) {
    _ = try TableError.server { () throws(ServerError) in try connection.execute(sql, []) }
  }

  private func create() throws(TableError) {
    if let schema = TableName(table.name).schema, schema != "public" {
      try run("CREATE SCHEMA IF NOT EXISTS \(Quoting.identifier(schema))")
    }
    var lines = ["\(Quoting.identifier(table.primaryKey.column)) \(Self.keyType(table)) NOT NULL"]
    lines += columns.map { "\(Quoting.identifier($0.name)) \($0.type ?? "text")" }
    let padding = Quoting.identifier(Self.paddingColumn)
    lines.append("\(padding) text NOT NULL")
    try run(
      "CREATE TABLE \(name) (\(lines.joined(separator: ", "))) WITH (fillfactor = \(table.fillfactor))"
    )
    // Neither compressed nor stored elsewhere, so that a letter is a byte of the row.
    try run("ALTER TABLE \(name) ALTER \(padding) SET STORAGE PLAIN")
  }

  /// What a sample without padding lacks of the scenario's row width.
  private func measurePadding() throws(TableError) -> Int {
    let count = min(table.rows, Self.sampleRows)
    let stride = max(1, table.rows / max(1, count))
    try copy(rows, places: 0..<count, stride: stride) { _ in }
    let mean = try TableError.server { () throws(ServerError) in
      try connection.execute("SELECT avg(pg_column_size(t.*)) FROM \(name) AS t").real(0, 0) ?? 0
    }
    let padding = Double(table.rowWidth) - mean
    // Rows lie on a page in steps of eight bytes, and the empty padding itself takes up to seven.
    guard padding >= -max(8, 0.02 * Double(table.rowWidth)) else {
      throw .unfit(
        "the columns of \(name) take \(Int(mean)) bytes a row, more than its row_width of "
          + "\(table.rowWidth)B",
        help: "a row_width of at least \(Int(mean.rounded(.up)))B, or narrower columns")
    }
    return max(0, Int(padding.rounded()))
  }

  private func copy(
    _ rows: RowWriter, places: Range<Int>, stride: Int = 1,
    _ progress: (Int) throws(ServerError) -> Void
  ) throws(TableError) {
    _ = try TableError.server { () throws(ServerError) in
      try connection.copyIn("COPY \(name) FROM STDIN (FREEZE)") { (stream) throws(ServerError) in
        var message: [UInt8] = []
        message.reserveCapacity(Self.messageBytes + 2 * Self.mostRowBytes)
        for place in places {
          rows.write(place: place * stride, to: &message)
          guard message.count >= Self.messageBytes else { continue }
          try stream.write(message)
          message.removeAll(keepingCapacity: true)
          try progress(place + 1)
        }
        try stream.write(message)
        try progress(places.upperBound)
      }
    }
  }

  /// After the rows: faster, and leaves come out as full as a fresh index has them.
  private func addIndexes() throws(TableError) {
    try run("ALTER TABLE \(name) ADD PRIMARY KEY (\(Quoting.identifier(table.primaryKey.column)))")
    for index in table.indexes {
      let names = index.columns.map(Quoting.identifier).joined(separator: ", ")
      try run("CREATE INDEX \(Quoting.identifier(index.name)) ON \(name) (\(names))")
    }
  }

  /// Says so where the filter does not match the share of rows that the scenario gives.
  private func filterNotes() throws(TableError) -> [String] {
    guard let backfill, let filter = backfill.filter else { return [] }
    let matching = try TableError.server { () throws(ServerError) in
      try connection.execute("SELECT count(*) FROM \(name) WHERE (\(filter)\n)", []).integer(0, 0)
    }
    let share = Double(matching ?? 0) / Double(max(1, table.rows))
    guard abs(share - backfill.rowsMatching) > 0.01 else { return [] }
    func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
    return [
      "the filter matches \(percent(share)) of the rows made here, and the scenario says"
        + " \(percent(backfill.rowsMatching)): only filters such as `column IS NULL` or"
        + " `column = value` can be filled for"
    ]
  }
}
