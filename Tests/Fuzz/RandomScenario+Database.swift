// The server, its volume, its settings and its replicas.
extension RandomScenario {
  mutating func writeDatabase() {
    let version = whole(13...18)
    let cramped = !calm && !floods && chance(0.35)
    let slow = !calm && !floods && chance(0.3)
    lines.append("database:\n  version: \"\(version)\"")
    lines.append("  cores: \(pick([1, 2, 4, 8]))")
    lines.append("  memory: \(cramped ? "256MiB" : "8GiB")")
    lines.append("  cache: \(pick(["warm", "warm", "cold"]))")
    lines.append("  state: \(pick(["running", "running", "fresh"]))")
    lines.append("  storage: \(storage(slow: slow))")
    let costs =
      (cramped ? ["os_cache_share: 0%"] : [])
      + (collides ? ["update_row: \(whole(10...100))us"] : [])
      + (chance(0.25) ? ["cold: \(logWhole(10...2_000))us"] : [])
    if !costs.isEmpty { lines.append("  costs: {\(costs.joined(separator: ", "))}") }
    writeSettings(version: version, cramped: cramped)
    let count = calm ? whole(0...1) : whole(0...2)
    guard count > 0 else { return }
    lines.append("  replicas:")
    for name in ["replica-a", "replica-b"].prefix(count) {
      replicas.append(name)
      lines.append("    - name: \(name)")
      lines.append("      mode: \(pick(["async", "async", "sync"]))")
      lines.append("      network: \(calm ? 100 : pick([1, 10, 100]))MiB/s")
      lines.append("      rtt: \(pick(["0ms", "1ms", "30ms"]))")
      if chance(0.3) { lines.append("      cores: \(whole(1...4))") }
      if chance(0.3) { lines.append("      storage: \(storage(slow: true))") }
    }
    if !calm && chance(0.2) { lines.append("  colocated: true") }
  }

  private mutating func storage(slow: Bool) -> String {
    let iops = calm ? 10_000 : slow ? logWhole(80...600) : logWhole(1_000...20_000)
    let burst =
      !calm && chance(0.6)
      ? "{iops: \(iops * whole(2...4)), credits: \(logWhole(1...30))}" : "none"
    let free = chance(0.2) ? ", free_space: \(logWhole(20...5_000))MiB" : ""
    let expire = chance(0.25) ? ", dirty_expire: \(whole(1...8))s" : ""
    return "{iops: \(iops), throughput: \(slow ? whole(2...20) : 200)MiB/s, "
      + "read_latency: \(logWhole(100...8_000))us, write_latency: \(logWhole(100...8_000))us, "
      + "burst: \(burst)\(free)\(expire)}"
  }

  private mutating func writeSettings(version: Int, cramped: Bool) {
    var settings = ["shared_buffers: \(cramped ? logWhole(200...20_000) : 500_000)KiB"]
    settings.append("min_wal_size: 32MiB")
    let most = calm ? 4_096 : floods ? 1_024 : pick([32, 32, 64, 1_024])
    settings.append("max_wal_size: \(most)MiB")
    let timeout = calm ? 600 : floods ? 300 : pick([30, 30, 45, 300])
    settings.append("checkpoint_timeout: \(timeout)s")
    if chance(0.3) { settings.append("checkpoint_completion_target: 0.\(whole(1...9))") }
    let commits = ["off", "local", "remote_write", "\"on\"", "\"on\"", "remote_apply"]
    let commit = pick(commits)
    settings.append("synchronous_commit: \(commit == "off" ? "\"off\"" : commit)")
    settings.append("full_page_writes: \(!chance(0.15))")
    let compression = version < 15 ? ["\"off\"", "pglz"] : ["\"off\"", "pglz", "lz4", "zstd"]
    settings.append("wal_compression: \(pick(compression))")
    if chance(0.2) { settings.append("wal_level: logical") }
    if chance(0.2) { settings.append("commit_delay: \(whole(10...5_000))us") }
    settings.append("deadlock_timeout: \(pick(collides ? ["30ms", "100ms"] : ["10ms", "1s"]))")
    settings.append(
      "lock_timeout: \(pick(collides ? ["0s", "0s", "0s", "300ms"] : ["0s", "10ms", "200ms", "2s"]))"
    )
    if calm || chance(0.2) {
      settings.append("autovacuum: false")
    } else {
      settings.append("autovacuum_naptime: \(pick([1, 1, 2, 4]))s")
      settings.append("autovacuum_vacuum_threshold: \(logWhole(10...500))")
      settings.append("autovacuum_vacuum_scale_factor: \(pick(["0", "0.001", "0.1"]))")
      settings.append("autovacuum_vacuum_cost_delay: \(pick(["0ms", "2ms", "20ms"]))")
      if version >= 18 && chance(0.3) { settings.append("autovacuum_vacuum_max_threshold: 500") }
    }
    let delay = pick(["0s", "500ms", "3s", "3s", "30s", "forever"])
    settings.append("max_standby_streaming_delay: \(delay)")
    settings.append("hot_standby_feedback: \(chance(0.3))")
    if !calm && chance(0.12) { settings.append("recovery_min_apply_delay: \(whole(1...3_000))ms") }
    lines.append("  settings:")
    for setting in settings { lines.append("    \(setting)") }
  }
}
