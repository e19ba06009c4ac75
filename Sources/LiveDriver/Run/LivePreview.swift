import Scenarios
import Strategies
import Traffic

/// What a live run would send to a server, found out without writing anything.
package struct LivePreview: Sendable {
  /// As the server describes it: the table, and its rows as the statistics say.
  package var table: String
  package var rows: Int
  /// Connections that the run would open.
  package var connections: Int
  /// The run could go on after an interruption.
  package var isResumable = true
  /// What the reader should know, a sentence each.
  package var warnings: [String] = []
  /// The SQL of every statement, `traffic NAME` or `batch` before it.
  package var statements: [(who: String, sql: String)] = []

  /// Reads the catalogs of the scenario's tables; fails where one of them is not there or does not fit.
  package init(_ scenario: Scenario, _ connection: Connection) throws(LiveError) {
    var tables: [TableCatalog] = []
    for table in scenario.tables { tables.append(try .read(table, on: connection)) }
    table = tables[0].name.sql
    connections = Self.connections(of: scenario)
    rows = try LiveError.server {
      () throws(ServerError) in
      try connection.execute(
        "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = $1::regclass",
        [tables[0].name.sql]
      ).integer(0, 0) ?? 0
    }
    for (index, trafficClass) in scenario.traffic.enumerated() {
      let plan = try TransactionPlan(
        trafficClass, index: index, tables: tables, backfill: scenario.backfill)
      statements += plan.statements.map { ("traffic \(trafficClass.name)", $0.sql) }
    }
    guard let backfill = scenario.backfill else { return }
    let text = BackfillText(tables[0], backfill, scenario.strategy)
    try text.checkExpressions(on: connection)
    let range = KeyRange(after: Key(1), upTo: Key(2))
    let sql =
      switch scenario.strategy.statement {
      case .lockThenUpdate where scenario.strategy.lockTimeout == .skipLocked:
        [
          text.lockFree(range).sql, text.left(range, besides: "{}").sql,
          text.update(keys: "{}").sql,
        ]
      case .range, .ctid: [text.update(range).sql]
      case .lockThenUpdate: [text.lock(range, nowait: false).sql, text.update(range).sql]
      case .keys: [text.keys(range).sql, text.update(keys: "{}").sql]
      case .perRow: [text.keys(range).sql, text.updateOfOneRow]
      }
    statements += sql.map { ("batch", $0) }
    let access = try ProgressAccess(text, run: "", resumes: false, on: connection)
    isResumable = access.table != nil
    warnings = access.warnings
    let row = access.table.map { "INSERT INTO \($0.table.sql) …; " } ?? ""
    statements.append(("batch", row + "COMMIT"))
  }

  /// Every pool in use filled, the workers, their lookups and the observers.
  package static func connections(of scenario: Scenario) -> Int {
    let pools = scenario.pools.indices.filter { index in
      scenario.traffic.contains { $0.pool == index }
    }
    return pools.reduce(0) { $0 + scenario.pools[$1].size } + scenario.strategy.workers + 5
  }
}
