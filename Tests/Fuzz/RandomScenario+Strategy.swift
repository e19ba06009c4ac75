// The strategy, its throttle, and what happens during the run.
extension RandomScenario {
  mutating func writeStrategy() {
    let preset =
      calm ? "keyset" : pick(["keyset", "keyset", "keyset", "keyset", "offset", "monolithic"])
    lines.append("strategy:\n  preset: \(preset)")
    if preset != "monolithic" {
      lines.append("  batch: \(batch())")
      if !calm {
        lines.append("  order: \(pick(["ascending", "ascending", "descending", "random"]))")
      }
      lines.append("  workers: \(calm ? 1 : pick([1, 2, 3, 4, 8]))")
    }
    var statement = "range"
    if preset == "keyset" {
      let statements = ["range", "range", "keys", "lock_then_update", "per_row", "ctid"]
      if !calm { statement = pick(statements + (collides ? ["lock_then_update"] : [])) }
      lines.append("  statement: \(statement)")
    }
    let pauses = floods ? ["0ms", "5ms"] : ["0ms", "5ms", "50ms", "{ratio: 0.5}", "{ratio: 2}"]
    let pause = calm ? "\(whole(20...60))ms" : pick(pauses)
    lines.append("  pause: \(pause)")
    let skips = statement == "lock_then_update" && chance(collides ? 0.7 : 0.4)
    let timeout =
      skips
      ? "skip_locked"
      : collides && chance(0.45)
        ? "server" : pick(["nowait", "server", "server+1s", "5ms", "20ms", "100ms", "1s"])
    lines.append("  lock_timeout: \(timeout)")
    let backoff = whole(1...200)
    lines.append(
      "  retry: {max: \(pick([0, 0, 0, 1, 3])), backoff: \(backoff)ms, "
        + "max_backoff: \(backoff + whole(0...1_000))ms}")
    lines.append("  give_up: \(pick(["stop", "stop", "skip", "skip", "split"]))")
    if !calm && chance(0.6) { writeThrottle() }
  }

  private mutating func batch() -> String {
    if calm { return "{rows: \(whole(20...100))}" }
    if collides { return "{rows: \(tables[0].rows / whole(1...5))}" }
    if floods { return "{rows: \(tables[0].rows / whole(5...40))}" }
    if chance(0.7) {
      return "{rows: \(max(logWhole(20...20_000), tables[0].rows / 400))}"
    }
    let least = max(whole(1...500), tables[0].rows / 400)
    return "{target_time: \(whole(5...500))ms, min_rows: \(least), max_rows: \(least * 20)}"
  }

  private mutating func writeThrottle() {
    let signals = [
      ("replica.lag", "ms", 5, 2_000), ("replica.lag_bytes", "KiB", 10, 10_000),
      ("locks.wait.mean", "ms", 10, 200), ("locks.waiting", "", 0, 3), ("app.active", "", 1, 10),
      ("app.latency.p99", "ms", 5, 200), ("pool.waiting", "", 0, 3),
      ("wal.rate", "KiB/s", 50, 9_000),
      ("mvcc.dead_rows", "", 10, 20_000), ("vacuum.running", "", 0, 0),
    ]
    lines.append("  throttle:")
    var used: [String] = []
    for _ in 0..<whole(1...3) {
      let (signal, unit, least, most) = pick(signals)
      let limit = whole(least...most)
      let every = "every: \(whole(100...1_000))ms"
      if chance(0.3) {
        lines.append(
          "    - {abort_when: \(signal) > \(limit)\(unit), for: \(whole(0...2_000))ms, \(every)}")
      } else {
        let resume = chance(0.5) ? "resume_when: \(signal) <= \(limit / 2)\(unit), " : ""
        lines.append("    - {pause_when: \(signal) > \(limit)\(unit), \(resume)\(every)}")
      }
      if !used.contains(signal) { used.append(signal) }
    }
    guard chance(0.5) else { return }
    lines.append("  sensors:")
    for signal in used {
      let blind = chance(0.3) ? ", blind_at: \(whole(0...5))s" : ""
      let unknown = pick(["pause", "proceed", "abort"])
      lines.append(
        "    \(signal): {delay: \(pick([0, 100, 1_500]))ms\(blind), on_unknown: \(unknown)}")
    }
  }

  mutating func writeEvents() {
    guard !calm else { return }
    var written: [String] = []
    if hasBackfill && chance(0.25) { written.append("do: cancel") }
    if hasBackfill && chance(0.4) { written.append("do: set, \(setting())") }
    if hasBackfill && chance(0.2) { written.append("do: set, \(setting())") }
    if chance(0.3) {
      written.append("do: long_transaction, for: \(whole(1...8))s")
    }
    if let replica = replicas.last {
      if chance(0.25) {
        written.append("do: replica_stop, replica: \(replica), for: \(whole(1...5))s")
      }
      if chance(0.6) {
        written.append("do: replica_query, replica: \(replica), for: \(whole(4...9))s")
      }
      if chance(0.3), let reader = classes.first(where: { $0.reads }) {
        let place = pick(["primary", replica])
        written.append("do: set, path: traffic.\(reader.name).on, value: \(place)")
      }
    }
    if let first = classes.first {
      if chance(0.25) {
        written.append(
          "do: traffic_surge, factor: \(pick(["0.3", "2", "6"])), for: \(whole(1...5))s")
      }
      if chance(0.25) {
        let value = pick(["5ms", "100ms", "2s", "none"])
        written.append("do: set, path: traffic.\(first.name).timeout, value: \(value)")
      }
      if chance(0.15) { written.append("do: set, path: traffic.timeout, value: 300ms") }
      if chance(0.15) {
        let value = pick(["0s", "20ms", "1s"])
        written.append("do: set, path: database.settings.lock_timeout, value: \(value)")
      }
    }
    guard !written.isEmpty else { return }
    lines.append("events:")
    for event in written {
      lines.append("  - {at: \(whole(0...pick([500, 2_000, 6_000])))ms, \(event)}")
    }
  }

  private mutating func setting() -> String {
    let settings = [
      ("workers", "\(whole(1...8))"), ("pause", pick(["0ms", "30ms", "{ratio: 1}"])),
      ("batch.rows", "\(max(whole(20...5_000), tables[0].rows / 400))"),
      ("lock_timeout", pick(["nowait", "server", "50ms"])),
    ]
    let (path, value) = pick(settings)
    return "path: strategy.\(path), value: \(value)"
  }
}
