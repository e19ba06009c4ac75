import Gates
import Measurements
import Primitives
import Scenarios

/// Checks a backfilled table on a real server, without writing anything.
package struct Verifier {
  /// What the table is held against, each as far as it is there.
  package struct Reference: Sendable {
    /// The same, asked before the backfill.
    package var before: VerifyRecord?
    /// Rows as somebody counted them before.
    package var count: Int?
    /// A live run, and the name it goes by.
    package var run: (record: RunRecord, name: String)?

    package init() {}
  }

  private let scenario: Scenario
  private let primary: Connection
  private let replicas: [Connection]
  private let reference: Reference
  private let target: String

  /// All sessions are read-only; `target` is how the record names the primary, without passwords.
  package init(
    _ scenario: Scenario, primary: Connection, replicas: [Connection], target: String,
    reference: Reference
  ) {
    self.scenario = scenario
    self.primary = primary
    self.replicas = replicas
    self.target = target
    self.reference = reference
  }

  /// Blocks until done; nil if it was stopped.
  ///
  /// The cache is watched for `interval`, replicas may take `patience` to catch up; `report` is told the
  /// rows read so far.
  package func verify(
    interval: TimeSpan, patience: TimeSpan = .seconds(10), shouldStop: () -> Bool,
    report: (Int) -> Void
  ) throws(LiveError) -> VerifyRecord? {
    let catchUp = ReplicaCatchUp(
      primary: primary, replicas: replicas, expected: scenario.database.replicas.count,
      patience: patience)
    let (table, refusal) = try readable()
    let (cache, replication, retained, version) = try LiveError.server { () throws(ServerError) in
      let clock = LiveClock()
      let watch = try CacheWatch(primary, table: TableName(scenario.tables[0].name))
      let replication = try catchUp.check(shouldStop: shouldStop)
      clock.sleep(until: .zero + interval, unless: shouldStop)
      return (
        try watch.check(), replication, try catchUp.retainedLog(),
        try primary.shortVersion
      )
    }
    // A replica that is behind would be compared with values it has not seen.
    let reader = replication.verdict == .pass ? replicas.first ?? primary : primary
    var record = VerifyRecord(
      name: scenario.name, table: scenario.tables[0].name, target: target,
      read: reader === primary ? "the target" : "a replica", serverVersion: version, hash: "")
    if let table {
      guard try readRows(of: table, on: reader, into: &record, shouldStop, report) else {
        return nil
      }
    } else if let refusal {
      record.checks = RowChecks.unreadable(refusal)
    }
    record.checks += [cache, replication, retained, ErrorRate.check(reference.run)]
    return record
  }

  /// The table as the catalogs have it, or why its rows may not be read.
  private func readable() throws(LiveError) -> (TableCatalog?, ServerError?) {
    do {
      return (try TableCatalog.read(scenario.tables[0], on: primary), nil)
    } catch {
      guard case .server(let reason) = error, reason.sqlState == ServerError.insufficientPrivilege
      else { throw error }
      return (nil, reason)
    }
  }

  /// False if it was stopped.
  private func readRows(
    of table: TableCatalog, on reader: Connection, into record: inout VerifyRecord,
    _ shouldStop: () -> Bool, _ report: (Int) -> Void
  ) throws(LiveError) -> Bool {
    let comparison = try RowComparison(table, scenario.backfill, on: reader)
    record.hash = comparison.hash.name
    let before = try comparable(record)
    var walk = TableWalk(reader, comparison, ends: before?.ranges.map(\.upTo) ?? [])
    do {
      let findings = try walk.walk(shouldStop: shouldStop, report: report)
      record.ranges = findings.map(\.range)
      let rows = RowChecks(scenario, walk.comparison, findings, reference)
      record.checks = [rows.count, rows.checksum, rows.nulls, rows.mismatches]
    } catch {
      switch error {
      case .stopped: return false
      case .lost(let error): throw .server(error)
      case .unreadable(let error): record.checks = RowChecks.unreadable(error)
      }
    }
    return true
  }

  /// Sums made otherwise, or by another version, say nothing.
  private func comparable(_ record: VerifyRecord) throws(LiveError) -> VerifyRecord? {
    guard let before = reference.before else { return nil }
    func major(_ version: String) -> Substring { version.prefix { $0 != "." } }
    guard before.hash == record.hash, major(before.serverVersion) == major(record.serverVersion)
    else {
      throw .unfit(
        "the result from before was made on version \(before.serverVersion) by \(before.hash), "
          + "here it is \(record.serverVersion) and \(record.hash): the sums do not compare")
    }
    guard before.table == record.table else {
      throw .unfit("the result from before is of \(before.table), not of \(record.table)")
    }
    return before
  }
}
