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
    random = RandomStream(key("pages"))

    cpus.append(Self.cpu(0, cores: database.cores, database.costs, key("cores")))
    let scatter = database.scatter
    devices.append(Self.device(0, database.storage, database.costs, scatter, key("storage")))
    for (index, replica) in database.replicas.enumerated() {
      cpus.append(
        Self.cpu(
          index + 1, cores: replica.cores, database.costs, key("cores of \(replica.name)")))
      devices.append(
        Self.device(
          index + 1, replica.storage, database.costs, scatter, key("storage of \(replica.name)")))
    }
    var flush = LogFlusher.Settings(fixed: database.costs.flush)
    flush.commitDelay = database.settings.commitDelay
    if database.state == .fresh {
      flush.segmentsAhead = Int64(database.settings.minWALSize)
    }
    log = LogFlusher(owner: Self.logOwner, settings: flush)
    for (index, replica) in database.replicas.enumerated() {
      replicas.append(Self.pipeline(index, replica, database))
    }
    clientWakes = database.colocated ? 2 : 1
    commitsAsynchronously = database.settings.synchronousCommit == .off
    syncLevel = SyncLevel(database.settings.synchronousCommit)
    syncReplica = database.replicas.firstIndex { $0.mode == .sync }
    for (index, pool) in scenario.pools.enumerated() {
      pools.append(
        ConnectionPool(id: Int16(index), size: pool.size, waitTimeout: pool.waitTimeout))
    }
    for (index, table) in scenario.tables.enumerated() {
      tables.append(
        TablePages(
          table, addedBytes: index == 0 ? scenario.backfill?.adds ?? 0 : 0,
          settings: database.settings, seed: seed))
      vacuums.append(Autovacuum(database.settings, rows: table.rows))
    }
    checkpointer = Checkpointer(database.settings)
    writeback = database.storage.dirtyExpire.map {
      PageCacheWriteback(expire: $0, phase: key("writeback").uniform(0))
    }
    cache = BufferCache(scenario, layouts: tables.map { $0.layout })

    for traffic in scenario.traffic {
      classes.append(
        ClassState(
          timeout: traffic.timeout, pool: traffic.pool,
          server: traffic.replica.map { $0 + 1 } ?? 0))
    }
    let startAt = scenario.run.startAt - (scenario.run.warmup + scenario.run.before).seconds
    let midnight = startAt - (startAt / 86_400).rounded(.down) * 86_400
    thinks = scenario.traffic.map { ThinkSource(class: $0, seed: seed, trial: trial) }
    arrivals = OwnedArray(
      scenario.traffic.map { traffic in
        guard case .open = traffic.arrivals else { return nil }
        return ArrivalSource(class: traffic, seed: seed, trial: trial, startAt: midnight)
      })
    let rows = scenario.tables.map(\.rows)
    keys = scenario.traffic.map {
      KeySource(class: $0, tableRows: rows, seed: seed, trial: trial)
    }
    keyMap = KeyMap(table: scenario.tables[0])
    recorder = Recorder(
      plan: Recorder.Plan(
        classes: scenario.traffic.map(\.name), pools: scenario.pools.map(\.name),
        replicas: database.replicas.map(\.name), gates: scenario.gates, cores: database.cores,
        rowsMatching: scenario.backfill.map { backfill in
          Int((Double(scenario.tables[0].rows) * backfill.rowsMatching).rounded())
        }, skips: !exact))
    steady = SteadyState(cycle: writeback?.cycle)
    drained = Array(repeating: nil, count: replicas.count)
    conflictCounted = Array(repeating: .zero, count: replicas.count)
    replayCPU = OwnedArray(repeating: .zero, count: replicas.count)
    replicaQueries = Array(repeating: [], count: replicas.count)
    let timeout = database.settings.lockTimeout
    appLockTimeout = timeout > .zero ? timeout : nil
    roundTrips = database.scatter.roundTrip.map {
      Latency(median: database.roundTrip, scatter: $0)
    }
    wireKey = key("network")
    coldStarts = database.scatter.cold.map {
      Latency(median: database.costs.cold, scatter: $0)
    }
    coldKey = key("cold start")
    backfillColdKey = key("cold start of the backfill")
    if scenario.backfill != nil { strategy = Strategy(scenario.strategy) }
    for traffic in scenario.traffic {
      scripts.append(Int32(steps.count))
      for step in compile(traffic, tables: scenario.tables, database) { steps.append(step) }
    }
    for index in classes.indices {
      classes[index].turns = Array(repeating: 0, count: thinks[index]?.clients ?? 0)
    }
    lagNoted = OwnedArray(repeating: .zero, count: replicas.count)
    replayers = []
    shippers = []
    arrivedMessages = Array(repeating: 0, count: replicas.count)
    for index in replicas.indices { replayers.append(admit(.replay, owner: Int32(index))) }
    for index in replicas.indices { shippers.append(admit(.ship, owner: Int32(index))) }
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

  private static func device(
    _ id: Int, _ storage: Storage, _ costs: Costs, _ scatter: LatencyScatter, _ key: RandomKey
  ) -> StorageDevice {
    func latency(_ span: TimeSpan, _ quantiles: Quantiles?) -> Latency {
      quantiles.map { Latency(median: span, scatter: $0) }
        ?? Latency(mean: span, variation: usualVariation)
    }
    var limits = StorageDevice.Limits(
      iops: storage.iops, throughput: storage.throughput,
      readLatency: latency(storage.readLatency, scatter.read),
      writeLatency: latency(storage.writeLatency, scatter.write),
      burst: storage.burst.map { ($0.iops, $0.credits) })
    limits.logFile = costs.logFile
    return StorageDevice(id: Int16(id), limits: limits, randomness: key)
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
