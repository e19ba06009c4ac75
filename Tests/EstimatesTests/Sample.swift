import Primitives
import Strategies
import Traffic

@testable import Scenarios

/// Small scenarios with round numbers.
enum Sample {
  static func table(rows: Int, rowWidth: Int, secondary: Int) -> Table {
    Table(
      name: "t", rows: rows, rowWidth: rowWidth, fillfactor: 100,
      primaryKey: .init(column: "id", type: .bigint, order: .clustered, gaps: 0), columns: [],
      indexes: (0..<secondary).map {
        .init(name: "i\($0)", columns: ["c\($0)"], distinct: nil, touchedByBackfill: false)
      })
  }

  static func backfill(adds: Int) -> Backfill {
    Backfill(
      set: [.init(column: "v", expression: "v + 1")], adds: adds, filter: nil,
      filterIndexed: false, rowsMatching: 1, deadline: .seconds(3_600))
  }

  static let settings = ServerSettings(
    sharedBuffers: 1 << 34, minWALSize: 80 << 20, maxWALSize: 1 << 34,
    checkpointTimeout: .seconds(900),
    checkpointCompletionTarget: 0.9, synchronousCommit: .on, fullPageWrites: true,
    walCompression: .off, logicalWAL: false, deadlockTimeout: .seconds(1), lockTimeout: .zero,
    commitDelay: .zero, autovacuum: true, autovacuumNaptime: .seconds(60),
    autovacuumThreshold: 50, autovacuumScaleFactor: 0.2, autovacuumMaxThreshold: nil,
    autovacuumCostDelay: .milliseconds(2), autovacuumCostLimit: 200, vacuumCostPageHit: 1,
    vacuumCostPageMiss: 2, vacuumCostPageDirty: 20, maxConnections: 100,
    maxStandbyStreamingDelay: .seconds(30), hotStandbyFeedback: false,
    recoveryMinApplyDelay: .zero, recoveryPrefetch: 10)

  static let storage = Storage(
    iops: 10_000, throughput: 500e6, readLatency: .microseconds(600),
    writeLatency: .microseconds(970), burst: nil, freeSpace: nil)

  static func scenario() -> Scenario {
    var strategy = Configuration()
    strategy.batch = .rows(1_000)
    strategy.workers = 2
    strategy.pause = .fixed(.milliseconds(50))
    return Scenario(
      name: "sample", description: "",
      tables: [table(rows: 1_000_000, rowWidth: 200, secondary: 0)],
      backfill: backfill(adds: 0), strategyPreset: "keyset", isPacingOnly: false,
      strategy: strategy,
      traffic: [
        TrafficClass(
          name: "app", arrivals: .open(rate: 100, process: .poisson),
          statements: [Statement(kind: .select), Statement(kind: .update)])
      ],
      pools: [Pool(name: "app", size: 40, waitTimeout: .milliseconds(100))], events: [],
      database: Database(
        engine: .postgresql, version: 16, cores: 8, memory: 64 << 30, cache: .warm, state: .running,
        storage: storage, settings: settings,
        replicas: [
          Replica(
            name: "r", mode: .async, network: 100e6, roundTrip: .milliseconds(1), applyCores: 1,
            cores: 8, storage: storage)
        ], colocated: false, roundTrip: .microseconds(200), costs: Costs()), gates: [],
      run: RunSettings(
        seed: 1, trials: .auto, assurance: 0.9, warmup: .zero, before: .zero, after: .zero,
        horizon: nil, startAt: 0))
  }
}
