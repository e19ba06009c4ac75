import Primitives

extension ScenarioBuilder {
  mutating func buildDatabase() -> Database {
    let section = root["database"]
    let engine = section["engine"].string.flatMap(Database.Engine.init) ?? .postgresql
    if engine != .postgresql {
      problems.error(
        "RH0603", at: section["engine"].place,
        "engine \"\(engine.rawValue)\" is known, but not built yet",
        hint: "only postgresql is built",
        help: ["it is refused, never simulated by another engine's rules"])
    }
    let storage = storage(section["storage"])
    let memory = section["memory"].integer ?? 0
    let settings = settings(section["settings"], memory: memory)
    checkMemory(section, settings, memory)
    let cores = section["cores"].integer ?? 1
    let items = section["replicas"].items
    requireDistinct(
      items.compactMap { item in item["name"].string.map { ($0, item["name"].place) } }, "replica")
    for item in items where item["name"].string == "primary" {
      problems.error(
        "RH0110", at: item["name"].place, "a replica cannot be named primary",
        hint: "choose another name")
    }
    return Database(
      engine: engine, version: version, cores: cores, memory: memory,
      cache: section["cache"].string.flatMap(Database.Cache.init) ?? .warm,
      state: section["state"].string.flatMap(Database.State.init) ?? .running, storage: storage,
      settings: settings, replicas: items.map { replica($0, cores: cores, storage: storage) },
      colocated: section["colocated"].flag ?? false, roundTrip: section["rtt"].span ?? .zero,
      costs: costs(section["costs"]))
  }

  var version: Int {
    root["database"]["version"].string.flatMap(ScenarioVersion.major) ?? ScenarioVersion.usual
  }

  private func storage(_ section: Checked) -> Storage {
    let burst = section["burst"]
    return Storage(
      iops: section["iops"].number ?? 1, throughput: section["throughput"].number ?? 1,
      readLatency: section["read_latency"].span ?? .zero,
      writeLatency: section["write_latency"].span ?? .zero,
      busyWriteLatency: section["busy_write_latency"].span, restTime: section["rest_time"].span,
      pageTransfer: section["page_transfer"].span,
      burst: burst["iops"].number.map {
        Storage.Burst(iops: $0, credits: burst["credits"].number ?? 0)
      },
      freeSpace: section["free_space"].integer, dirtyExpire: section["dirty_expire"].span)
  }

  private func replica(_ section: Checked, cores: Int, storage primary: Storage) -> Replica {
    Replica(
      name: section["name"].string ?? "",
      mode: section["mode"].string.flatMap(Replica.Mode.init) ?? .async,
      network: section["network"].number ?? 1, roundTrip: section["rtt"].span ?? .zero,
      applyCores: section["apply"]["cores"].integer ?? 1, cores: section["cores"].integer ?? cores,
      storage: section["storage"].isAbsent ? primary : storage(section["storage"]))
  }

  private func settings(_ section: Checked, memory: Int) -> ServerSettings {
    func span(_ key: String) -> TimeSpan { section[key].span ?? .zero }
    func integer(_ key: String) -> Int { section[key].integer ?? 0 }
    return ServerSettings(
      sharedBuffers: section["shared_buffers"].integer ?? memory / 4,
      minWALSize: integer("min_wal_size"), maxWALSize: integer("max_wal_size"),
      checkpointTimeout: span("checkpoint_timeout"),
      checkpointCompletionTarget: section["checkpoint_completion_target"].number ?? 0.9,
      synchronousCommit: section["synchronous_commit"].string
        .flatMap(ServerSettings.SynchronousCommit.init) ?? .on,
      fullPageWrites: section["full_page_writes"].flag ?? true,
      walCompression: section["wal_compression"].string.flatMap(ServerSettings.WALCompression.init)
        ?? .off,
      logicalWAL: section["wal_level"].string == "logical",
      deadlockTimeout: span("deadlock_timeout"), lockTimeout: span("lock_timeout"),
      commitDelay: span("commit_delay"), autovacuum: section["autovacuum"].flag ?? true,
      autovacuumNaptime: span("autovacuum_naptime"),
      autovacuumThreshold: integer("autovacuum_vacuum_threshold"),
      autovacuumScaleFactor: section["autovacuum_vacuum_scale_factor"].number ?? 0.2,
      autovacuumMaxThreshold: section["autovacuum_vacuum_max_threshold"].integer,
      autovacuumCostDelay: span("autovacuum_vacuum_cost_delay"),
      autovacuumCostLimit: integer("autovacuum_vacuum_cost_limit"),
      vacuumCostPageHit: integer("vacuum_cost_page_hit"),
      vacuumCostPageMiss: integer("vacuum_cost_page_miss"),
      vacuumCostPageDirty: integer("vacuum_cost_page_dirty"),
      maxConnections: integer("max_connections"),
      maxStandbyStreamingDelay: section["max_standby_streaming_delay"].span ?? .forever,
      hotStandbyFeedback: section["hot_standby_feedback"].flag ?? false,
      recoveryMinApplyDelay: span("recovery_min_apply_delay"),
      recoveryPrefetch: integer("recovery_prefetch_concurrency"))
  }

  private mutating func checkMemory(_ section: Checked, _ settings: ServerSettings, _ memory: Int) {
    let buffers = section["settings"]["shared_buffers"]
    if buffers.isUsable, section["memory"].isUsable, settings.sharedBuffers > memory {
      problems.error(
        "RH0204", at: buffers.place,
        "shared_buffers (\(buffers.text)) is larger than the memory (\(section["memory"].text))",
        hint: "a quarter of the memory is usual")
    }
    let compression = section["settings"]["wal_compression"]
    if version < 15, settings.walCompression == .lz4 || settings.walCompression == .zstd {
      problems.error(
        "RH0604", at: compression.place,
        "wal_compression: \(compression.text) does not exist in version \(version)",
        hint: "pglz, or version 15 and later")
    }
    let threshold = section["settings"]["autovacuum_vacuum_max_threshold"]
    if version < 18, threshold.isUsable {
      problems.error(
        "RH0604", at: threshold.place,
        "autovacuum_vacuum_max_threshold does not exist in version \(version)",
        hint: "remove it, or use version 18")
    }
    checkBurst(section["storage"])
    for replica in section["replicas"].items { checkBurst(replica["storage"]) }
  }

  private mutating func checkBurst(_ storage: Checked) {
    let burst = storage["burst"]["iops"]
    guard let high = burst.number, let sustained = storage["iops"].number, high <= sustained
    else { return }
    problems.error(
      "RH0204", at: burst.place,
      "the burst (\(burst.text)) is not above the sustained iops (\(storage["iops"].text))",
      hint: "write burst: none, or a higher rate")
  }

  private func costs(_ section: Checked) -> Costs {
    var costs = Costs()
    for entry in CostTable.entries {
      if let span = section[entry.key].span { costs[keyPath: entry.path] = span }
    }
    for share in CostTable.shares {
      if let number = section[share.key].number { costs[keyPath: share.path] = number }
    }
    return costs
  }
}

/// Versions of PostgreSQL.
enum ScenarioVersion {
  static let usual = 16
  static let built = 13...18

  /// The major version of "16" or "16.4".
  static func major(_ text: String) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ Int($0) != nil }) else { return nil }
    return parts.first.flatMap { Int($0) }
  }
}
