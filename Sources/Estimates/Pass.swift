import Primitives
import Scenarios
import Strategies

/// The rates of one pass over the table, given how far apart checkpoints are.
struct Pass {
  var volume: LogVolume
  var batch: BatchTime
  var demand: TrafficDemand
  var rates: RateBounds
  var batchRows: Double
  var pause: Double
  /// Seconds of replay a covered row causes, and a second of traffic, page reads apart.
  var replayPerRow: Double
  var trafficReplay: Double
  /// Pages that replay has to read for a covered row: those that come without an image, where the
  /// cache does not hold them.
  var readsPerReplayedRow: Double
  /// Bytes that the primary's device moves for a covered row, and for a second of traffic.
  var deviceBytesPerRow: Double
  var trafficDeviceBytes: Double

  init(
    _ scenario: Scenario, _ backfill: Backfill, _ log: LogModel, _ missShare: Double,
    _ readsPerRow: Double, _ checkpointInterval: Double
  ) {
    let database = scenario.database
    let costs = database.costs
    demand = TrafficDemand(
      scenario, missShare: missShare, checkpointInterval: checkpointInterval)
    // Start from a table's worth of touches; the caller iterates over the interval.
    let rows = Double(scenario.tables.first?.rows ?? 0)
    var touches = rows * backfill.rowsMatching
    volume = log.perRow(touchesPerCheckpoint: touches)
    batch = BatchTime(
      scenario, backfill: backfill, log: log, volume: volume, readsPerRow: readsPerRow)
    (batchRows, pause) = Self.size(scenario, batch, rows)
    rates = RateBounds(bounds: [])
    replayPerRow = 0
    readsPerReplayedRow = 0
    deviceBytesPerRow = 0
    trafficDeviceBytes = demand.logBytes + demand.operations * Double(PageFit.pageBytes)
    trafficReplay =
      demand.logRecords * costs.replayRecord.seconds + demand.images * costs.replayImage.seconds
    for _ in 0..<4 {
      volume = log.perRow(touchesPerCheckpoint: touches)
      batch = BatchTime(
        scenario, backfill: backfill, log: log, volume: volume, readsPerRow: readsPerRow)
      (batchRows, pause) = Self.size(scenario, batch, rows)
      replayPerRow =
        volume.records * costs.replayRecord.seconds + volume.images * costs.replayImage.seconds
      readsPerReplayedRow =
        database.settings.fullPageWrites ? 0 : volume.dirtyPages * missShare
      deviceBytesPerRow =
        (readsPerRow + volume.dirtyPages) * Double(PageFit.pageBytes) + bytesPerRow
      rates = bounds(scenario, readsPerRow)
      let rate = rates.binding?.rowsPerSecond ?? 0
      touches = min(
        rows * backfill.rowsMatching, rate * backfill.rowsMatching * checkpointInterval)
    }
  }

  /// Bytes of log a second, backfill and traffic together.
  var logRate: Double { demand.logBytes + (rates.binding?.rowsPerSecond ?? 0) * bytesPerRow }

  /// Log bytes of a covered row with its share of the commit record.
  var bytesPerRow: Double {
    volume.bytes + (batchRows > 0 ? LogVolume.commitBytes / batchRows : 0)
  }

  private static func size(
    _ scenario: Scenario, _ batch: BatchTime, _ rows: Double
  ) -> (rows: Double, pause: Double) {
    let size: Double
    switch (scenario.strategy.planner, scenario.strategy.batch) {
    case (.monolithic, _): size = rows
    case (_, .rows(let n)): size = min(Double(n), rows)
    case (_, .targetTime(let target, let least, let most)):
      let fitting = batch.perRow > 0 ? (target.seconds - batch.fixed) / batch.perRow : .infinity
      size = min(rows, max(Double(least), min(Double(most), fitting.rounded(.down))))
    case (_, .steered(let steering)):
      let fitting =
        switch steering.goal {
        case .bytes(let bytes, let perRow): Double(bytes) / Double(perRow)
        case .time(let target):
          batch.perRow > 0 ? (target.seconds - batch.fixed) / batch.perRow : .infinity
        }
      size = min(
        rows, max(Double(steering.minRows), min(Double(steering.maxRows), fitting.rounded(.down))))
    }
    switch scenario.strategy.pause {
    case .fixed(let span): return (size, span.seconds)
    case .ratio(let ratio): return (size, ratio * batch.duration(rows: size))
    }
  }

  private func bounds(_ scenario: Scenario, _ readsPerRow: Double) -> RateBounds {
    let database = scenario.database
    let storage = database.storage
    let workers =
      Double(scenario.strategy.workers) * batchRows / (batch.duration(rows: batchRows) + pause)
    let cpuPerRow = batch.perRowCPU + batch.fixedCPU / batchRows
    let operationsPerRow = readsPerRow + volume.dirtyPages + 1 / batchRows
    func left(_ capacity: Double, _ used: Double, _ each: Double) -> Double {
      each > 0 ? max(0, capacity - used) / each : .infinity
    }
    var all: [RateBounds.Bound] = []
    func add(_ resource: RateBounds.Resource, _ rate: Double, limits: Bool = true) {
      all.append(.init(resource: resource, rowsPerSecond: rate, limitsBackfill: limits))
    }
    add(.workers, workers)
    add(.cpu, left(Double(database.cores), demand.cpu, cpuPerRow))
    add(.iops, left(storage.iops, demand.operations, operationsPerRow))
    add(
      .throughput,
      left(storage.throughput, trafficDeviceBytes, deviceBytesPerRow))
    if !database.replicas.isEmpty {
      let waits = scenario.strategy.throttle.contains { rule in
        rule.condition.signal == .replicaLag || rule.condition.signal == .replicaLagBytes
      }
      let network = database.replicas.map(\.network).min() ?? .infinity
      let disk = database.replicas.map { Self.logBandwidth($0.storage) }.min() ?? .infinity
      let read = database.replicas.map { Self.readTime($0, scenario) }.max() ?? 0
      add(.network, left(network, demand.logBytes, bytesPerRow), limits: waits)
      add(
        .replicaDisk,
        database.replicas.contains(where: database.sharesDisk)
          ? left(disk, trafficDeviceBytes + demand.logBytes, deviceBytesPerRow + bytesPerRow)
          : left(disk, demand.logBytes, bytesPerRow), limits: waits)
      add(
        .replay, left(1, trafficReplay, replayPerRow + readsPerReplayedRow * read), limits: waits)
    }
    return RateBounds(bounds: all)
  }
}
