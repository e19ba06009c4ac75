import Primitives
import Scenarios
import Traffic

/// What the application alone asks of the primary, at the start of the run.
package struct TrafficDemand: Hashable, Sendable {
  /// Transactions a second on the primary.
  package var transactions = 0.0
  /// Core-seconds a second.
  package var cpu = 0.0
  /// Bytes of log a second, page images included.
  package var logBytes = 0.0
  /// Log records a second, and page images a second.
  package var logRecords = 0.0
  package var images = 0.0
  /// Device operations a second.
  package var operations = 0.0
  /// Single-row locks a second on the backfilled table.
  package var rowLocks = 0.0

  /// `missShare` is the share of the page reads that the cache does not hold; the checkpoint
  /// interval is in seconds.
  package init(_ scenario: Scenario, missShare: Double, checkpointInterval: Double) {
    let costs = scenario.database.costs
    for trafficClass in scenario.traffic where trafficClass.replica == nil {
      let rate = trafficClass.rate(at: scenario.run.startAt)
      transactions += rate
      cpu += rate * (costs.begin.seconds + costs.commit.seconds)
      var writes = false
      for statement in trafficClass.statements {
        let perSecond = rate * Double(statement.rows)
        let table = scenario.tables[statement.table]
        cpu += rate * costs.statement.seconds + perSecond * Self.rowCost(statement, costs)
        operations += perSecond * missShare
        guard statement.kind != .select else { continue }
        writes = true
        if statement.table == 0 && statement.kind != .insert { rowLocks += perSecond }
        addLog(statement, table, scenario, perSecond, checkpointInterval)
      }
      if writes {
        operations += rate
        logBytes += rate * LogVolume.commitBytes
        logRecords += rate
      }
    }
  }

  private mutating func addLog(
    _ statement: Statement, _ table: Table, _ scenario: Scenario, _ perSecond: Double,
    _ checkpointInterval: Double
  ) {
    let fit = PageFit(rowWidth: table.rowWidth, adds: 0, fillfactor: table.fillfactor)
    let entries = IndexShape.all(of: table).map { Double(aligned(48 + $0.tupleBytes)) }
    let settings = scenario.database.settings
    switch statement.kind {
    case .select: return
    case .selectForUpdate, .delete: addRecord(56, perSecond)
    case .insert:
      addRecord(Double(aligned(31 + fit.tupleBytes)) + entries.reduce(0, +), perSecond)
    case .update:
      let heapOnly = !statement.touchesIndexedColumn
      addRecord(72 + (heapOnly ? 0 : entries.reduce(0, +)), perSecond)
    }
    guard settings.fullPageWrites, checkpointInterval > 0, statement.kind != .insert else { return }
    let pages = Double(table.rows) / Double(fit.rowsPerPage)
    let imaged =
      distinctPages(touches: perSecond * checkpointInterval, pages: pages) / checkpointInterval
    images += imaged
    logBytes += imaged * Double(fit.imageBytes) * LogVolume.pageHeaders
    operations += imaged
  }

  private mutating func addRecord(_ bytes: Double, _ perSecond: Double) {
    logBytes += bytes * LogVolume.pageHeaders * perSecond
    logRecords += perSecond
  }

  private static func rowCost(_ statement: Statement, _ costs: Costs) -> Double {
    switch statement.kind {
    case .select: costs.selectRow.seconds
    case .selectForUpdate: costs.selectRow.seconds + costs.lockRow.seconds
    case .insert, .update, .delete: costs.selectRow.seconds + costs.updateRow.seconds
    }
  }
}

extension TrafficClass {
  /// Arrivals a second at this time of day; a closed class is taken at its think time alone, the
  /// most it can ask for.
  package func rate(at timeOfDay: Double) -> Double {
    switch arrivals {
    case .open(let rate, _): rate * DailyCurve(curve).factor(at: timeOfDay)
    case .closed(let clients, let thinkBetween):
      thinkBetween > .zero ? Double(clients) / thinkBetween.seconds : 0
    }
  }
}
