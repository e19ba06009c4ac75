import Scenarios

/// Drops the scenario's tables, and the progress of a backfill that went over them.
package func dropTables(
  of scenario: Scenario, _ connection: Connection
) throws(ServerError) {
  for table in scenario.tables {
    let name = TableName(table.name)
    var progress = name
    progress.name = ProgressTable.name
    try connection.execute("DROP TABLE IF EXISTS \(name.sql), \(progress.sql)")
  }
}
