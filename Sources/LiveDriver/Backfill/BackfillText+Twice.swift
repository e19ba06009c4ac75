import Scenarios

extension BackfillText {
  /// Why the table could differ after a second run over a row from what it is after one; nil where it
  /// cannot.
  ///
  /// The columns that are set are computed anew from others by functions that neither change anything
  /// nor look at the table, and no trigger counts the runs. A name too many is held against it.
  func whyNotTwice(on connection: Connection) throws(ServerError) -> String? {
    let columns = backfill.set.map(\.column)
    for assignment in backfill.set {
      let expression = assignment.expression
      for case .name(let name, _) in SQLWord.words(of: expression) {
        if columns.contains(name) {
          return "\"\(expression)\" reads \(name), which the backfill sets"
        }
        // As a row, or in a query of its own.
        if name == table.name.name { return "\"\(expression)\" reads the table itself" }
      }
    }
    for expression in backfill.set.map(\.expression) + [backfill.filter].compactMap({ $0 }) {
      if try isVolatile(expression, on: connection) {
        return "\"\(expression)\" calls a function that is VOLATILE"
      }
      if let function = try ownFunction(in: expression, on: connection) {
        return "\"\(expression)\" calls \(function), which is not IMMUTABLE"
      }
    }
    let triggers = try connection.execute(
      """
      SELECT tgname FROM pg_trigger
      WHERE tgrelid = $1::regclass AND NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 16 <> 0
      ORDER BY 1
      """, [table.name.sql])
    return triggers.scalar.map { "trigger \($0) runs at every update" }
  }

  /// The planner keeps a subquery apart exactly where its columns are volatile (is_simple_subquery in
  /// prepjointree.c), which its plan shows; nothing is run.
  private func isVolatile(
    _ expression: String, on connection: Connection
  ) throws(ServerError) -> Bool {
    let name = "rehearse_expression"
    let plan = try connection.execute(
      """
      EXPLAIN SELECT value FROM (SELECT \(Self.enclosed(expression)) AS value FROM \(table.name.sql))
        AS \(name) WHERE value IS NULL
      """)
    return (0..<plan.count).contains {
      plan.text($0, 0)?.contains("Subquery Scan on \(name)") == true
    }
  }

  /// One that is not the server's, by whose declaration it may read any table.
  private func ownFunction(
    in expression: String, on connection: Connection
  ) throws(ServerError) -> String? {
    let names = SQLWord.words(of: expression).compactMap { word in
      if case .name(let name, _) = word { name } else { nil }
    }
    return try connection.execute(
      """
      SELECT proname FROM pg_proc
      WHERE proname = ANY (string_to_array($1, chr(10))) AND provolatile <> 'i'
        AND pronamespace <> 'pg_catalog'::regnamespace
      ORDER BY 1 LIMIT 1
      """, [names.joined(separator: "\n")]
    ).scalar
  }
}
