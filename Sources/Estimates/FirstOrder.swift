import Primitives
import Scenarios
import Strategies

/// The whole arithmetic of a scenario in closed form, for `plan`: what holds if nothing queues.
package struct FirstOrder: Sendable {
  package var log: LogModel
  package var volume: LogVolume
  package var batch: BatchTime
  package var demand: TrafficDemand
  package var rates: RateBounds
  /// Rows in one batch.
  package var batchRows: Double
  package var batches: Double
  /// Rows that the batches cover, and those that they update.
  package var rows: Double
  package var updates: Double
  /// Seconds of pause after a batch.
  package var pause: Double
  /// Share of page reads that the cache does not hold.
  package var missShare: Double
  package var readsPerRow: Double
  /// Seconds between two checkpoints while the backfill runs.
  package var checkpointInterval: Double
  /// Seconds; infinite where a resource has nothing left.
  package var duration: Double
  package var lockHold: LockHold
  /// Per replica of the scenario.
  package var replication: [ReplicaLoad]

  /// Nil where the scenario has no backfill.
  package init?(_ scenario: Scenario) {
    guard let backfill = scenario.backfill, let table = scenario.tables.first else { return nil }
    let inHeapOrder =
      table.primaryKey.order == .clustered || scenario.strategy.statement == .ctid
    let log = LogModel(
      table: table, backfill: backfill, settings: scenario.database.settings,
      inHeapOrder: inHeapOrder)
    let missShare = Self.missShare(scenario, log)
    let readsPerRow = missShare * log.readsPerRow
    let settings = scenario.database.settings

    // More log brings checkpoints nearer, and nearer checkpoints more page images: iterate.
    var interval = settings.checkpointTimeout.seconds
    var pass = Pass(scenario, backfill, log, missShare, readsPerRow, interval)
    let logPerCheckpoint =
      Double(settings.maxWALSize) / (1 + settings.checkpointCompletionTarget)
    for _ in 0..<40 {
      let rate = pass.logRate
      let next = min(
        settings.checkpointTimeout.seconds, rate > 0 ? logPerCheckpoint / rate : .infinity)
      if abs(next - interval) < 1e-6 * interval { break }
      interval = (interval + next) / 2
      pass = Pass(scenario, backfill, log, missShare, readsPerRow, interval)
    }
    self.log = log
    self.missShare = missShare
    self.readsPerRow = readsPerRow
    checkpointInterval = interval
    volume = pass.volume
    batch = pass.batch
    demand = pass.demand
    rates = pass.rates
    batchRows = pass.batchRows
    pause = pass.pause
    rows = Double(table.rows)
    updates = rows * backfill.rowsMatching
    batches = batchRows > 0 ? (rows / batchRows).rounded(.up) : 0
    duration = rows / (pass.rates.binding?.rowsPerSecond ?? .infinity)
    lockHold = pass.batch.hold(rows: batchRows)
    let wholeTime = duration
    replication = scenario.database.replicas.map { [pass] in
      pass.load(of: $0, scenario, duration: wholeTime)
    }
  }

  /// Share of page reads that find nothing in shared_buffers or the operating system's cache, all
  /// pages being wanted alike.
  static func missShare(_ scenario: Scenario, _ log: LogModel) -> Double {
    let database = scenario.database
    if database.cache == .cold { return 1 }
    let beyond = Double(max(0, database.memory - database.settings.sharedBuffers))
    let cached =
      Double(database.settings.sharedBuffers) + database.costs.osCacheShare * beyond
    return max(0, 1 - cached / Self.bytes(scenario.tables))
  }

  /// Heap and indexes of all tables, bytes.
  static func bytes(_ tables: [Table]) -> Double {
    tables.map { table in
      let fit = PageFit(rowWidth: table.rowWidth, adds: 0, fillfactor: table.fillfactor)
      let heap = Double(table.rows) / Double(fit.rowsPerPage)
      let leaves = IndexShape.all(of: table).map(\.leafPages).reduce(0, +)
      return (heap + leaves) * Double(PageFit.pageBytes)
    }.reduce(0, +)
  }
}

extension LogModel {
  /// Heap pages that a covered row makes the primary look at.
  ///
  /// Index leaves, which hold many more rows each and are touched far more often, are taken as cached,
  /// as in the simulator.
  var readsPerRow: Double { clustered ? 1 / Double(fit.rowsPerPage) : 1 }
}
