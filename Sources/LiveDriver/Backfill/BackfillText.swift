import Scenarios
import Strategies

/// The SQL of a backfill over one table, for one strategy.
struct BackfillText: Sendable {
  /// SQL with its parameters as text.
  struct Bound: Sendable {
    var sql: String
    var parameters: [String]
  }

  let table: TableCatalog
  let backfill: Backfill
  /// Keys are heap blocks.
  let isPhysical: Bool
  let key: KeyText

  init(_ table: TableCatalog, _ backfill: Backfill, _ configuration: Configuration) {
    self.table = table
    self.backfill = backfill
    isPhysical = configuration.statement == .ctid
    key = KeyText(type: isPhysical ? "bigint" : table.key.type)
  }

  private var column: String { Quoting.identifier(table.key.name) }
  private var type: String { table.key.type }
  private var name: String { table.name.sql }

  private var assignments: String {
    backfill.set.map { "\(Quoting.identifier($0.column)) = \(Self.enclosed($0.expression))" }
      .joined(separator: ", ")
  }

  private var filter: String { backfill.filter.map { " AND \(Self.enclosed($0))" } ?? "" }

  /// A comment at its end must not swallow what follows.
  static func enclosed(_ expression: String) -> String {
    expression.contains("--") ? "(\(expression)\n)" : "(\(expression))"
  }

  /// `WHERE …` for the rows of a range, the filter included.
  private func condition(_ range: KeyRange) -> Bound {
    var parts: [String] = []
    var parameters: [String] = []
    if isPhysical {
      // A block's rows lie between its first line pointer and the next block's.
      let after = range.after.flatMap { $0.int64 } ?? -1
      parts.append("ctid >= '(\(after + 1),0)'::tid")
      if let upTo = range.upTo?.int64 { parts.append("ctid < '(\(upTo + 1),0)'::tid") }
    } else {
      if let after = range.after.flatMap({ key.bound($0) }) {
        parameters.append(after)
        parts.append("\(column) > $\(parameters.count)::\(type)")
      }
      if let upTo = range.upTo.flatMap({ key.bound($0) }) {
        parameters.append(upTo)
        parts.append("\(column) <= $\(parameters.count)::\(type)")
      }
    }
    if parts.isEmpty { parts.append("true") }
    return Bound(sql: "WHERE \(parts.joined(separator: " AND "))\(filter)", parameters: parameters)
  }

  /// One UPDATE over the whole range.
  func update(_ range: KeyRange) -> Bound {
    let condition = condition(range)
    return Bound(
      sql: "UPDATE \(name) SET \(assignments) \(condition.sql)", parameters: condition.parameters)
  }

  /// Locks every row of the range before the first is written.
  func lock(_ range: KeyRange, nowait: Bool) -> Bound {
    let condition = condition(range)
    return Bound(
      sql: """
        SELECT count(*) FROM (SELECT 1 FROM \(name) \(condition.sql) ORDER BY \(column) \
        FOR UPDATE\(nowait ? " NOWAIT" : "")) AS locked
        """, parameters: condition.parameters)
  }

  /// Locks the rows of the range that nobody else holds; their keys as one array, NULL where there is
  /// none.
  func lockFree(_ range: KeyRange) -> Bound {
    let condition = condition(range)
    return Bound(
      sql: """
        SELECT array_agg(\(column) ORDER BY \(column)) FROM (SELECT \(column) FROM \(name) \
        \(condition.sql) ORDER BY \(column) FOR UPDATE SKIP LOCKED) AS locked
        """, parameters: condition.parameters)
  }

  /// What of the range is not among these keys, as stretches of neighbours: first key, last key, rows.
  func left(_ range: KeyRange, besides keys: String) -> Bound {
    let condition = condition(range)
    let taken = "\(column) = ANY($\(condition.parameters.count + 1)::\(type)[])"
    return Bound(
      sql: """
        SELECT (array_agg(k ORDER BY k))[1], (array_agg(k ORDER BY k DESC))[1], count(*)
        FROM (SELECT k, taken, row_number() OVER (ORDER BY k)
                - row_number() OVER (PARTITION BY taken ORDER BY k) AS stretch
              FROM (SELECT \(column) AS k, \(taken) AS taken FROM \(name) \(condition.sql)) AS found
             ) AS numbered
        WHERE NOT taken GROUP BY stretch ORDER BY 1
        """, parameters: condition.parameters + [keys])
  }

  /// The range's keys as one array, in key order; NULL where there is none.
  func keys(_ range: KeyRange) -> Bound {
    let condition = condition(range)
    return Bound(
      sql: "SELECT array_agg(\(column) ORDER BY \(column)) FROM \(name) \(condition.sql)",
      parameters: condition.parameters)
  }

  /// The rows whose keys are in an array.
  func update(keys: String) -> Bound {
    Bound(
      sql: "UPDATE \(name) SET \(assignments) WHERE \(column) = ANY($1::\(type)[])\(filter)",
      parameters: [keys])
  }

  /// To be prepared: the row whose key is `$1`.
  var updateOfOneRow: String {
    "UPDATE \(name) SET \(assignments) WHERE \(column) = $1::\(type)\(filter)"
  }

  /// The smallest and the largest key; no row in an empty table.
  var bounds: String {
    """
    SELECT (SELECT \(column) FROM \(name) ORDER BY \(column) LIMIT 1), \
    (SELECT \(column) FROM \(name) ORDER BY \(column) DESC LIMIT 1)
    """
  }

  /// Heap pages, and rows as the statistics say.
  var size: Bound {
    Bound(
      sql: """
        SELECT pg_relation_size($1::regclass) / current_setting('block_size')::bigint,
               greatest(reltuples, 0)::bigint
        FROM pg_class WHERE oid = $1::regclass
        """, parameters: [name])
  }
}

// Lookups: where the next rows end.
extension BackfillText {
  /// The last key of the next `rows` rows, nothing where fewer are left.
  func boundary(
    after: Key?, rows: Int, method: BoundaryMethod, direction: Direction
  ) -> Bound {
    let order = direction == .ascending ? column : "\(column) DESC"
    let last = { (skip: Int) in " ORDER BY \(order) OFFSET \(max(0, skip)) LIMIT 1" }
    switch method {
    case .keyset:
      let beyond = beyond(after, direction, column)
      return Bound(
        sql: "SELECT \(column) FROM \(name)\(beyond.sql)\(last(rows - 1))",
        parameters: beyond.parameters)
    case .offset(let skipped):
      return Bound(
        sql: "SELECT \(column) FROM \(name)\(last(skipped + rows - 1))", parameters: [])
    case .filter:
      // The cast keeps the key's index from skipping what was read before.
      let beyond = beyond(after, direction, "\(column)::text::\(type)")
      let glue = beyond.sql.isEmpty ? " WHERE" : "\(beyond.sql) AND"
      return Bound(
        sql:
          "SELECT \(column) FROM \(name)\(glue) \(Self.enclosed(backfill.filter ?? "true"))\(last(rows - 1))",
        parameters: beyond.parameters)
    }
  }

  /// The last key of all that lie beyond, and how many they are; no row where none is left.
  func rest(after: Key?, direction: Direction, filtered: Bool) -> Bound {
    let order = direction == .ascending ? "\(column) DESC" : column
    let beyond = beyond(after, direction, column)
    let glue = beyond.sql.isEmpty ? " WHERE true" : beyond.sql
    let wanted = glue + (filtered ? filter : "")
    return Bound(
      sql: """
        SELECT \(column), (SELECT count(*) FROM \(name)\(wanted)) FROM \(name)\(wanted) \
        ORDER BY \(order) LIMIT 1
        """, parameters: beyond.parameters)
  }

  private func beyond(_ after: Key?, _ direction: Direction, _ column: String) -> Bound {
    guard let bound = after.flatMap({ key.bound($0) }) else {
      return Bound(sql: "", parameters: [])
    }
    let comparison = direction == .ascending ? ">" : "<"
    return Bound(sql: " WHERE \(column) \(comparison) $1::\(type)", parameters: [bound])
  }
}
