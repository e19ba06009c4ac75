import Scenarios

extension BackfillText {
  /// Has the server parse each of the scenario's expressions alone, twice; nothing is run.
  ///
  /// Where parentheses close it, and where they do not: what passes both is one expression and cannot
  /// reach into the statement around it, as `true) OR (true` would.
  func checkExpressions(on connection: Connection) throws(LiveError) {
    for assignment in backfill.set {
      guard table.columns.contains(where: { $0.name == assignment.column }) else {
        throw .unfit("table \(table.name.sql) has no column \"\(assignment.column)\" to set")
      }
      try check(assignment.expression, "of \(assignment.column)", on: connection)
    }
    if let filter = backfill.filter { try check(filter, "of where", on: connection) }
  }

  private func check(
    _ expression: String, _ place: String, on connection: Connection
  ) throws(LiveError) {
    for alone in [Self.enclosed(expression), "CASE WHEN true THEN \(expression)\nEND"] {
      do {
        try connection.prepare("", "SELECT \(alone) FROM \(table.name.sql)")
      } catch {
        if error.isConnectionLost { throw .server(error) }
        throw .unfit("the expression \(place) is not one that the server takes: \(error.message)")
      }
    }
  }
}
