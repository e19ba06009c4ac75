import Primitives
import Scenarios
import Strategies

/// The time of one batch of n rows as a + b·n, and how much of it lies after the last row.
package struct BatchTime: Hashable, Sendable {
  /// Seconds a batch takes whatever its size.
  package var fixed: Double
  /// Seconds a row takes.
  package var perRow: Double
  /// Seconds from the last row to the end of the commit; part of `fixed`.
  package var commit: Double
  /// Core-seconds a batch, and a row, cost the primary, boundary lookup included.
  package var fixedCPU: Double
  package var perRowCPU: Double
  /// Seconds a row takes before its own lock where every row locks before the first write; nil where
  /// rows lock as they are written.
  package var lockingPerRow: Double?

  package func duration(rows: Double) -> Double { fixed + perRow * rows }

  /// Holds are spread evenly between the first row's and the last row's.
  package func hold(rows: Double) -> LockHold {
    if let locking = lockingPerRow {
      let writing = (perRow - locking) * rows + commit
      return LockHold(shortest: writing, longest: writing + locking * rows)
    }
    return LockHold(shortest: commit, longest: commit + perRow * rows)
  }

  /// Rows at which this share of a worker's time is spent on rows: e/(1−e)·(a+p)/b.
  package func rows(forEfficiency share: Double, pause: Double) -> Double {
    perRow > 0 ? share / (1 - share) * (fixed + pause) / perRow : .infinity
  }

  /// The largest batch whose first row is held no longer than `limit` seconds; 0 where the commit
  /// alone takes longer.
  package func rows(forHold limit: Double) -> Double {
    let room = limit - commit
    if room <= 0 { return 0 }
    return perRow > 0 ? room / perRow : .infinity
  }

  package init(
    _ scenario: Scenario, backfill: Backfill, log: LogModel, volume: LogVolume, readsPerRow: Double
  ) {
    let database = scenario.database
    let costs = database.costs
    let strategy = scenario.strategy
    let trip = database.roundTrip.seconds
    let statements = strategy.statement == .lockThenUpdate ? 2.0 : 1.0
    commit = trip + costs.commit.seconds + Self.flush(database)
    fixedCPU =
      costs.begin.seconds + statements * costs.statement.seconds + costs.commit.seconds
    fixed =
      costs.begin.seconds + statements * costs.statement.seconds + (1 + statements) * trip + commit

    let contention = 1 + costs.contention * Double(max(0, strategy.workers - 1))
    var row =
      costs.indexStep.seconds
      + backfill.rowsMatching
      * (costs.expression.seconds + contention * Self.write(costs, log))
      + volume.images * costs.pageImage.seconds
      + Self.fetchedPages(scenario, log) * costs.fetchPage.seconds
      + log.movedShare / Double(log.fit.rowsPerFullPage) * costs.newPage.seconds
    if backfill.filter != nil { row += costs.scanRow.seconds }
    switch strategy.statement {
    case .range, .ctid: break
    case .keys: row += costs.selectRow.seconds
    case .lockThenUpdate: row += costs.lockRow.seconds * backfill.rowsMatching
    case .perRow: row += costs.selectRow.seconds + costs.statement.seconds
    }
    perRowCPU = row
    perRow = row + readsPerRow * database.storage.readLatency.seconds
    if strategy.statement == .perRow { perRow += trip }
    lockingPerRow =
      strategy.statement == .lockThenUpdate
      ? costs.indexStep.seconds + costs.lockRow.seconds * backfill.rowsMatching : nil
    if strategy.planner != .monolithic {
      fixedCPU += costs.statement.seconds
      perRowCPU += costs.indexStep.seconds
    }
    if database.colocated { fixedCPU += costs.driver.seconds }
  }

  /// Pages that a row brings into shared buffers: its own where only the operating system's cache has it.
  private static func fetchedPages(_ scenario: Scenario, _ log: LogModel) -> Double {
    let buffers = Double(scenario.database.settings.sharedBuffers)
    let heap = log.heapPages * Double(PageFit.pageBytes)
    let share =
      switch scenario.database.state {
      case .fresh: heap > buffers / 4 ? 1.0 : 0
      case .running: max(0, 1 - buffers / FirstOrder.bytes(scenario.tables))
      }
    return share * log.readsPerRow
  }

  /// CPU of writing one new version with its index entries.
  private static func write(_ costs: Costs, _ log: LogModel) -> Double {
    costs.updateRow.seconds + costs.rowKibibyte.seconds * Double(log.fit.tupleBytes) / 1_024
      + log.movedShare * costs.moveRow.seconds
      + log.indexedShare
      * (costs.keyEntry.seconds + Double(log.indexes.count - 1) * costs.indexEntry.seconds)
  }

  /// Seconds until a commit's log is where `synchronous_commit` wants it: the local flush, then the
  /// slowest synchronous replica's round trip and flush, which follow one another.
  private static func flush(_ database: Database) -> Double {
    let local = database.costs.flush.seconds + database.storage.writeLatency.seconds
    let remote = database.replicas.filter { $0.mode == .sync }.map { replica in
      let write = replica.storage.writeLatency.seconds + database.costs.flush.seconds
      switch database.settings.synchronousCommit {
      case .off, .local: return 0.0
      case .remoteWrite: return replica.roundTrip.seconds
      case .on, .remoteApply: return replica.roundTrip.seconds + write
      }
    }
    switch database.settings.synchronousCommit {
    case .off: return 0
    case .local, .remoteWrite, .on, .remoteApply: return local + (remote.max() ?? 0)
    }
  }
}
