import CPostgres
import Scenarios

/// Finds types for columns that the scenario names without saying: those with which the server takes
/// its expressions.
struct ColumnTypes {
  let connection: Connection

  /// What an undeclared column may be, the likeliest first.
  private static let candidates = ["text", "bigint", "numeric", "timestamptz", "boolean", "jsonb"]
  /// Above this many undeclared columns all get the same type.
  private static let mostCombined = 3

  /// Gives every column a type.
  func settle(
    _ columns: [PlannedColumn], key: (name: String, type: String), _ backfill: Backfill?
  ) throws(TableError) -> [PlannedColumn] {
    var columns = columns
    for column in columns {
      if let type = column.type { try check(type, of: column.name) }
    }
    guard let backfill else { return columns.map { Self.typed($0, "text") } }
    let sources = columns.indices.filter { columns[$0].type == nil && !columns[$0].isTarget }
    let names = columns
    columns = try firstThatFits(sources, columns) { (attempt) throws(ServerError) in
      var described = attempt.filter { !$0.isTarget || $0.type != nil }
      described.append(
        PlannedColumn(name: key.name, type: key.type, width: 8, distinct: nil, isTarget: false))
      var typed = attempt
      for assignment in backfill.set {
        let type = try self.type(of: assignment.expression, over: described)
        for i in typed.indices where typed[i].name == assignment.column && typed[i].type == nil {
          typed[i].type = type
          described.append(typed[i])
        }
      }
      if let filter = backfill.filter {
        _ = try self.type(of: "(\(filter)\n) IS TRUE", over: described)
      }
      return typed
    }
    return zip(columns, names).map { column, _ in Self.typed(column, "text") }
  }

  private static func typed(_ column: PlannedColumn, _ type: String) -> PlannedColumn {
    var column = column
    column.type = column.type ?? type
    return column
  }

  private func firstThatFits(
    _ open: [Int], _ columns: [PlannedColumn],
    _ attempt: ([PlannedColumn]) throws(ServerError) -> [PlannedColumn]
  ) throws(TableError) -> [PlannedColumn] {
    var first: ServerError?
    let count = Self.candidates.count
    let digits = open.count <= Self.mostCombined ? open.count : min(1, open.count)
    var total = 1
    for _ in 0..<digits { total *= count }
    for number in 0..<total {
      var (trial, rest) = (columns, number)
      for i in open {
        trial[i].type = Self.candidates[rest % count]
        if digits == open.count { rest /= count }
      }
      do { return try attempt(trial) } catch {
        guard !error.isConnectionLost else { throw .server(error) }
        first = first ?? error
      }
    }
    throw .unfit(
      "the server does not take the scenario's expressions: \(first?.message ?? "")",
      help: "declare the columns they name, with their types, under table.columns")
  }

  /// The type that the server gives an expression over columns of those types; nothing is run.
  ///
  /// Prepared, so that an expression cannot bring a second statement along.
  private func type(
    of expression: String, over columns: [PlannedColumn]
  ) throws(ServerError) -> String {
    let row = columns.map { "NULL::\($0.type ?? "text") AS \(Quoting.identifier($0.name))" }
    let sql = "SELECT (\(expression)\n) FROM (SELECT \(row.joined(separator: ", "))) AS r"
    try connection.prepare("", sql)
    guard let described = PQdescribePrepared(connection.handle, "") else {
      throw connection.failure(nil)
    }
    defer { PQclear(described) }
    let type = try connection.execute(
      "SELECT format_type($1::oid, $2::int)",
      ["\(PQftype(described, 0))", "\(PQfmod(described, 0))"]
    ).scalar
    return type == "unknown" ? "text" : type ?? "text"
  }

  /// Only what a type's name is made of, since it goes into SQL as it is.
  private func check(_ type: String, of column: String) throws(TableError) {
    let isPlain = type.allSatisfy {
      $0.isLetter || $0.isNumber || $0 == "_" || $0 == " " || "(),[]".contains($0)
    }
    let known =
      isPlain
      ? try TableError.server { () throws(ServerError) in
        try connection.execute("SELECT to_regtype($1)", [type]).scalar
      } : nil
    guard known == nil else { return }
    throw .unfit(
      "column \"\(column)\" has type \"\(type)\", which the server does not know",
      help: "a type such as text, bigint, numeric or timestamptz")
  }
}
