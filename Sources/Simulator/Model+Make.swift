import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

extension Model {
  /// Builds the world of one trial.
  init(_ scenario: Scenario, seed: UInt64, trial: Int, exact: Bool) {
    func key(_ entity: String) -> RandomKey {
      RandomKey(seed: seed, trial: trial, entity: stableHash(of: entity), purpose: 0x0D1)
    }
    let database = scenario.database
    self.scenario = scenario
    self.exact = exact
    costs = database.costs
    demandKey = key("demand")
    queueKey = key("queue")
    phaseKey = key("phase")
    wireKey = key("network")
    coldKey = key("cold start")
    batchColdKey = key("cold start of a batch")
    lookupColdKey = key("cold start of a boundary lookup")
    random = RandomStream(key("pages"))
    roundTrips = database.scatter.roundTrip.map { Latency(median: database.roundTrip, scatter: $0) }
    coldStarts = database.scatter.cold.map { Latency(median: database.costs.cold, scatter: $0) }

    cpus = Self.cpus(database, key)
    devices = Self.devices(database, key)
    log = Self.log(database)
    replicas = Self.pipelines(database)
    replicaDevices = database.replicas.enumerated().map { index, replica in
      database.sharesDisk(with: replica) ? 0 : index + 1
    }
    replicaCPUs = database.replicas.enumerated().map { index, replica in
      database.sharesCores(with: replica) ? 0 : index + 1
    }
    clientWakes = database.colocated ? 2 : 1
    commitsAsynchronously = database.settings.synchronousCommit == .off
    syncLevel = SyncLevel(database.settings.synchronousCommit)
    syncReplica = database.replicas.firstIndex { $0.mode == .sync }
    for (index, pool) in scenario.pools.enumerated() {
      pools.append(
        ConnectionPool(id: Int16(index), size: pool.size, waitTimeout: pool.waitTimeout))
    }
    tables = Self.tables(scenario, seed: seed)
    for table in scenario.tables { vacuums.append(Autovacuum(database.settings, rows: table.rows)) }
    checkpointer = Checkpointer(database.settings)
    let layouts = tables.map { $0.layout }
    cache = BufferCache(scenario, layouts: layouts)
    buffers =
      database.costs.fetchPage > .zero ? BufferCache.buffers(scenario, layouts: layouts) : nil
    replacement = BufferReplacement(buffers: database.settings.sharedBuffers)
    let timeout = database.settings.lockTimeout
    appLockTimeout = timeout > .zero ? timeout : nil

    arrivals = Self.arrivals(scenario, seed: seed, trial: trial)
    thinks = scenario.traffic.map { ThinkSource(class: $0, seed: seed, trial: trial) }
    let rows = scenario.tables.map(\.rows)
    keys = scenario.traffic.map { KeySource(class: $0, tableRows: rows, seed: seed, trial: trial) }
    keyMap = KeyMap(table: scenario.tables[0])
    if scenario.backfill != nil { strategy = Strategy(scenario.strategy) }
    recorder = Recorder(plan: Self.plan(scenario, exact: exact))
    steady = SteadyState(
      cycle: database.storage.dirtyExpire.map { PageCacheWriteback.cycle(expire: $0) })

    let count = database.replicas.count
    drained = Array(repeating: nil, count: count)
    conflictCounted = Array(repeating: .zero, count: count)
    replayCPU = OwnedArray(repeating: .zero, count: count)
    replicaQueries = Array(repeating: [], count: count)
    lagNoted = OwnedArray(repeating: .zero, count: count)
    replayedAtLook = Array(repeating: 0, count: count)
    replayers = []
    shippers = []
    arrivedMessages = Array(repeating: 0, count: count)
    if let expire = database.storage.dirtyExpire {
      let sizes = relationBytes
      writebacks = (0...count).map { server in
        PageCacheWriteback(
          sizes: sizes, expire: expire,
          phase: key("writeback").uniform(server == 0 || database.colocated ? 0 : UInt64(server)))
      }
    }
    for index in replicas.indices { replayers.append(admit(.replay, owner: Int32(index))) }
    for index in replicas.indices { shippers.append(admit(.ship, owner: Int32(index))) }
    addTraffic()
  }

  /// What each class's transactions do, and what changes about them during the run.
  private mutating func addTraffic() {
    for (index, traffic) in scenario.traffic.enumerated() {
      classes.append(
        ClassState(
          timeout: traffic.timeout, pool: traffic.pool,
          server: traffic.replica.map { $0 + 1 } ?? 0))
      classes[index].turns = Array(repeating: 0, count: thinks[index]?.clients ?? 0)
      scripts.append(Int32(steps.count))
      for step in compile(traffic, tables: scenario.tables, scenario.database) {
        steps.append(step)
      }
    }
  }

  /// The owners under which devices hand requests back, apart from all processes: nobody waits for
  /// the first one's.
  static let noOwner: Int32 = -1
  static let logOwner: Int32 = -2
  static func flushOwner(replica: Int) -> Int32 { -3 - Int32(replica) }

  /// Of a device's latency where nobody has measured it; see docs/model.md.
  private static let usualVariation = 0.35

  private static func cpu(_ id: Int, cores: Int, _ costs: Costs, _ key: RandomKey) -> CPU {
    CPU(
      id: Int16(id), cores: cores, timeSlice: costs.timeSlice, wakeUp: costs.wakeUp,
      waking: Waking(
        preemption: costs.preemption, misplacement: costs.misplacement,
        lateAfterFlush: costs.lateAfterFlush),
      randomness: key)
  }

  private static func cpus(
    _ database: Database, _ key: (String) -> RandomKey
  ) -> OwnedArray<CPU> {
    var cpus = OwnedArray<CPU>()
    cpus.append(cpu(0, cores: database.cores, database.costs, key("cores")))
    for (index, replica) in database.replicas.enumerated() {
      cpus.append(
        cpu(index + 1, cores: replica.cores, database.costs, key("cores of \(replica.name)")))
    }
    return cpus
  }

  private static func devices(
    _ database: Database, _ key: (String) -> RandomKey
  ) -> OwnedArray<StorageDevice> {
    let (costs, scatter) = (database.costs, database.scatter)
    var devices = OwnedArray<StorageDevice>()
    devices.append(device(0, database.storage, costs, scatter, key("storage")))
    for (index, replica) in database.replicas.enumerated() {
      devices.append(
        device(index + 1, replica.storage, costs, scatter, key("storage of \(replica.name)")))
    }
    return devices
  }

  private static func device(
    _ id: Int, _ storage: Storage, _ costs: Costs, _ scatter: LatencyScatter, _ key: RandomKey
  ) -> StorageDevice {
    func latency(_ span: TimeSpan, _ quantiles: Quantiles?) -> Latency {
      quantiles.map { Latency(median: span, scatter: $0) }
        ?? Latency(mean: span, variation: usualVariation)
    }
    var limits = StorageDevice.Limits(
      iops: storage.iops,
      throughput: min(
        storage.throughput,
        storage.pageTransfer.map { Double(RowLayout.pageBytes) / $0.seconds } ?? .infinity),
      readLatency: latency(storage.readLatency, scatter.read),
      writeLatency: latency(storage.writeLatency, scatter.write),
      burst: storage.burst.map { ($0.iops, $0.credits) })
    limits.logFile = costs.logFile
    limits.afterWrite = storage.busyWriteLatency.map {
      ($0.seconds / storage.writeLatency.seconds, storage.restTime ?? .milliseconds(2))
    }
    return StorageDevice(id: Int16(id), limits: limits, randomness: key)
  }

  private static func log(_ database: Database) -> LogFlusher {
    var settings = LogFlusher.Settings(fixed: database.costs.flush)
    settings.commitDelay = database.settings.commitDelay
    if database.state == .fresh {
      settings.segmentsAhead = Int64(database.settings.minWALSize)
    }
    return LogFlusher(owner: logOwner, settings: settings)
  }

  private static func pipelines(_ database: Database) -> OwnedArray<ReplicaPipeline> {
    var pipelines = OwnedArray<ReplicaPipeline>()
    for (index, replica) in database.replicas.enumerated() {
      pipelines.append(pipeline(index, replica, database))
    }
    return pipelines
  }

  private static func pipeline(
    _ index: Int, _ replica: Replica, _ database: Database
  ) -> ReplicaPipeline {
    var settings = ReplicaPipeline.Settings(
      bandwidth: replica.network, roundTrip: replica.roundTrip, flush: database.costs.flush)
    if database.state == .fresh {
      settings.segmentsAhead = Int64(database.settings.minWALSize)
    }
    settings.applyDelay = database.settings.recoveryMinApplyDelay
    settings.streamingDelay = database.settings.maxStandbyStreamingDelay
    settings.readTime = TimeSpan(
      nanoseconds: replica.storage.readLatency.nanoseconds
        / Int64(max(1, database.settings.recoveryPrefetch)))
    return ReplicaPipeline(
      id: Int16(index), owner: flushOwner(replica: index), settings: settings)
  }

  private static func tables(_ scenario: Scenario, seed: UInt64) -> OwnedArray<TablePages> {
    var tables = OwnedArray<TablePages>()
    for (index, table) in scenario.tables.enumerated() {
      tables.append(
        TablePages(
          table, addedBytes: index == 0 ? scenario.backfill?.adds ?? 0 : 0,
          settings: scenario.database.settings, seed: seed))
    }
    return tables
  }

  private static func arrivals(
    _ scenario: Scenario, seed: UInt64, trial: Int
  ) -> OwnedArray<ArrivalSource?> {
    let startAt = scenario.run.startAt - (scenario.run.warmup + scenario.run.before).seconds
    let midnight = startAt - (startAt / 86_400).rounded(.down) * 86_400
    return OwnedArray(
      scenario.traffic.map { traffic in
        guard case .open = traffic.arrivals else { return nil }
        return ArrivalSource(class: traffic, seed: seed, trial: trial, startAt: midnight)
      })
  }

  private static func plan(_ scenario: Scenario, exact: Bool) -> Recorder.Plan {
    Recorder.Plan(
      classes: scenario.traffic.map(\.name), pools: scenario.pools.map(\.name),
      replicas: scenario.database.replicas.map(\.name), gates: scenario.gates,
      cores: scenario.database.cores,
      rowsMatching: scenario.backfill.map { backfill in
        Int((Double(scenario.tables[0].rows) * backfill.rowsMatching).rounded())
      }, skips: !exact)
  }
}

extension SyncLevel {
  fileprivate init?(_ setting: ServerSettings.SynchronousCommit) {
    switch setting {
    case .off, .local: return nil
    case .remoteWrite: self = .write
    case .on: self = .flush
    case .remoteApply: self = .apply
    }
  }
}
