import Scenarios

/// What the backfill leaves behind in the table: dead rows, growth, and when vacuum starts.
package struct RowVersions: Hashable, Sendable {
  /// One dead row for every updated one.
  package var deadRows: Double
  /// Dead rows at which autovacuum takes the table on; nil where it is off.
  package var vacuumThreshold: Double?
  /// Bytes the heap and its indexes grow by if nothing is vacuumed meanwhile.
  package var growthWithoutVacuum: Double
  /// The same if vacuum keeps up: what gathers before it starts.
  package var growthWithVacuum: Double

  package init(_ scenario: Scenario, table: Table, log: LogModel, updates: Double) {
    let settings = scenario.database.settings
    deadRows = updates
    let heap = updates * log.movedShare / Double(log.fit.rowsPerFullPage)
    let rows = Double(max(1, table.rows))
    let leaves = log.indexes.map(\.leafPages).reduce(0, +) * updates * log.indexedShare / rows
    growthWithoutVacuum = (heap + leaves) * Double(PageFit.pageBytes)
    guard settings.autovacuum else {
      vacuumThreshold = nil
      growthWithVacuum = growthWithoutVacuum
      return
    }
    // autovacuum.c: threshold + scale factor × reltuples, capped from version 18 on.
    let plain =
      Double(settings.autovacuumThreshold) + settings.autovacuumScaleFactor * Double(table.rows)
    let threshold = min(plain, settings.autovacuumMaxThreshold.map(Double.init) ?? .infinity)
    vacuumThreshold = threshold
    growthWithVacuum = growthWithoutVacuum * (updates > 0 ? min(1, threshold / updates) : 0)
  }
}
