import Scenarios
import Traffic

/// A class's transaction as statements to prepare once and to run with keys.
///
/// One statement is autocommit, one round trip; several are framed by BEGIN and COMMIT with a round
/// trip each, as in the simulator.
struct TransactionPlan: Sendable {
  struct Statement: Sendable {
    var name: String
    var sql: String
    /// Index into the scenario's tables.
    var table: Int
    /// The draws of the keys, counted per transaction and table.
    var draws: Range<UInt64>
    /// The statement makes as many new rows, whose first key is its last parameter.
    var makesRows: Bool
    /// Of a script, for its parameters; nil where the first parameter is the keys.
    var values: [ScriptText.Value]?
  }

  var statements: [Statement] = []
  var isFramed: Bool { statements.count > 1 }

  /// With the tables in the scenario's order; fails where a column that the scenario names is not
  /// there.
  init(
    _ trafficClass: TrafficClass, index: Int, tables: [TableCatalog], backfill: Backfill?
  ) throws(LiveError) {
    var nextDraw: UInt64 = 1
    for (number, statement) in trafficClass.statements.enumerated() {
      let rows = UInt64(statement.rows)
      var first: UInt64 = 0
      if statement.pick == .another {
        first = nextDraw
        nextDraw += rows
      } else if rows > 1 {
        nextDraw = max(nextDraw, rows)
      }
      if let script = statement.script {
        let keyed = tables[statement.table].key.hasDefault ? nil : script.keyed
        statements.append(
          Statement(
            name: "c\(index)_s\(number)", sql: keyed ?? script.sql, table: statement.table,
            draws: first..<first + 1, makesRows: keyed != nil, values: script.values))
        continue
      }
      let text = StatementText(
        statement: statement, table: tables[statement.table],
        avoiding: statement.table == 0 ? backfill?.set.map(\.column) ?? [] : [])
      statements.append(
        Statement(
          name: "c\(index)_s\(number)", sql: try text.sql, table: statement.table,
          draws: first..<first + rows, makesRows: statement.kind == .insert))
    }
  }
}

/// The SQL of one statement; `$1` is a key, or an array of keys in key order.
struct StatementText {
  var statement: Traffic.Statement
  var table: TableCatalog
  /// Columns that an update leaves alone if it has the choice.
  var avoiding: [String]

  private var key: String { Quoting.identifier(table.key.name) }
  private var name: String { table.name.sql }
  private var type: String { table.key.type }

  var sql: String {
    get throws(LiveError) {
      switch statement.kind {
      case .select:
        if statement.access == .sequentialScan { return "SELECT count(t.*) FROM \(name) t" }
        return "SELECT * FROM \(name) WHERE \(rows)"
      case .selectForUpdate: return "SELECT * FROM \(name) WHERE \(rows) FOR UPDATE"
      case .update: return "UPDATE \(name) SET \(try assignments) WHERE \(rows)"
      case .delete: return "DELETE FROM \(name) WHERE \(rows)"
      case .insert: return insertion
      }
    }
  }

  private var isOne: Bool { statement.rows == 1 }
  private var named: String { isOne ? "= $1::\(type)" : "= ANY($1::\(type)[])" }

  /// The condition that finds the rows in the declared way.
  private var rows: String {
    switch statement.access {
    case .primaryKey: return "\(key) \(named)"
    case .sequentialScan:
      // An expression that no index serves.
      return "\(key)::text \(isOne ? "= $1" : "= ANY($1::text[])")"
    case .index(let number):
      // As many consecutive entries, from that of the drawn row on.
      guard table.indexes.indices.contains(number) else { return "\(key) \(named)" }
      let column = Quoting.identifier(table.indexes[number])
      let first = isOne ? "$1::\(type)" : "($1::\(type)[])[1]"
      return """
        \(key) IN (SELECT \(key) FROM \(name) WHERE \(column) >= \
        (SELECT \(column) FROM \(name) WHERE \(key) = \(first)) \
        ORDER BY \(column) LIMIT \(statement.rows))
        """
    }
  }

  private var assignments: String {
    get throws(LiveError) {
      var columns: [TableCatalog.Column] = []
      for wanted in statement.set {
        guard let column = table.columns.first(where: { $0.name == wanted }) else {
          throw .unfit("table \(table.name.sql) has no column \"\(wanted)\" to update")
        }
        columns.append(column)
      }
      if columns.isEmpty { columns = [try table.columnToUpdate(avoiding: avoiding)] }
      return columns.map { "\(Quoting.identifier($0.name)) = \($0.changedValue)" }
        .joined(separator: ", ")
    }
  }

  /// A new row is a copy of the drawn one under a key of its own.
  private var insertion: String {
    let others = table.columns.filter { $0.name != table.key.name && !$0.isComputed }
      .map { Quoting.identifier($0.name) }
    let columns = ([key] + others).joined(separator: ", ")
    let newKey =
      table.key.type == "uuid"
      ? "gen_random_uuid()"
      : "$2::\(type) + row_number() OVER () - 1"
    let source = isOne ? "= $1::\(type)" : "= ANY($1::\(type)[])"
    return """
      INSERT INTO \(name) (\(columns)) \
      SELECT \(([newKey] + others).joined(separator: ", ")) FROM \(name) WHERE \(key) \(source)
      """
  }
}
