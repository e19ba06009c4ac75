import LiveDriver

/// What replay costs: a backlog is built while replay stands, then drained.
struct ReplayMeasurements {
  private let probe: Probe
  private let administration: Connection
  private let replica: Connection
  /// The startup process, where it can be watched.
  private let startup: Int?
  /// The processes that bring it the log, likewise.
  private let shipping: [Int]
  private var next = 0

  /// `rowsOfBlock` is how many rows a page of the backlog's table has.
  init(
    _ probe: Probe, administration: Connection, replica: Connection, rowsOfBlock: Int
  ) throws(ServerError) {
    self.probe = probe
    self.administration = administration
    self.replica = replica
    let process = try replica.execute(
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'"
    ).integer(0, 0)
    startup =
      probe.seesProcessor
      ? process.flatMap { ProcessorTime.of(process: $0) == nil ? nil : $0 } : nil
    let sender = try administration.execute("SELECT pid FROM pg_stat_replication LIMIT 1")
    let receiver = try replica.execute("SELECT pid FROM pg_stat_wal_receiver")
    shipping = [sender, receiver].compactMap { $0.integer(0, 0) }
    try probe.connection.prepare(
      "backlog",
      "UPDATE \(CalibrationTables.backlog) SET a = a + 1 WHERE id > $1 AND id <= $2")
    try probe.connection.prepare(
      "images",
      "UPDATE \(CalibrationTables.backlog) SET a = a + 1 WHERE id % \(rowsOfBlock) = 0")
  }

  /// Seconds of CPU that walsender and walreceiver have used; nil where they cannot be watched.
  var shippingTime: Double? {
    let times = shipping.compactMap { ProcessorTime.of(process: $0)?.running }
    return startup != nil && times.count == 2 ? times[0] + times[1] : nil
  }

  /// Replay takes caches from what is measured meanwhile.
  func pause() throws(ServerError) { try replica.execute("SELECT pg_wal_replay_pause()") }
  func resume() { _ = try? replica.execute("SELECT pg_wal_replay_resume()") }

  /// A backlog of images almost alone, a row of each page after a checkpoint, or almost without: rows that
  /// were written once already.
  mutating func backlog(images: Bool) throws(ServerError) -> Measured.Reading? {
    let rows = 15_000
    let from = next
    if images {
      _ = try? administration.execute("CHECKPOINT")
    } else {
      next = (next + rows) % (CalibrationTables.backlogRows - rows + 1)
      try update(from, rows)
    }
    try catchUp()
    try pause()
    defer { resume() }
    guard let before = try probe.logCounters() else { return nil }
    let log = try probe.logPosition()
    if images {
      try probe.connection.execute(prepared: "images", [])
    } else {
      try update(from, rows)
    }
    let bytes = try probe.logPosition() - log
    guard let after = try probe.logCounters() else { return nil }
    try awaitReceived()
    let cpu = startup.flatMap { ProcessorTime.of(process: $0) }
    let start = monotonicSeconds()
    try replica.execute("SELECT pg_wal_replay_resume()")
    try catchUp()
    let wall = monotonicSeconds() - start
    let spent = startup.flatMap { ProcessorTime.of(process: $0) }
    let own = cpu.flatMap { cpu in spent.map { $0.running - cpu.running } }
    return [
      "records": after.records - before.records, "images": after.images - before.images,
      "bytes": bytes, "wall": wall, "cpu": own ?? wall,
    ]
  }

  private func update(_ from: Int, _ rows: Int) throws(ServerError) {
    try probe.connection.execute(prepared: "backlog", ["\(from)", "\(from + rows)"])
  }

  private func position() throws(ServerError) -> String? {
    try probe.connection.execute("SELECT pg_current_wal_flush_lsn()").scalar
  }

  private func catchUp() throws(ServerError) { try wait("pg_last_wal_replay_lsn()") }
  private func awaitReceived() throws(ServerError) { try wait("pg_last_wal_receive_lsn()") }

  /// For at most a minute.
  private func wait(_ position: String) throws(ServerError) {
    let target = try self.position()
    let end = monotonicSeconds() + 60
    while monotonicSeconds() < end {
      let rows = try replica.execute(
        "SELECT coalesce(\(position) >= $1::pg_lsn, false), pg_sleep(0.002)", [target])
      if rows.boolean(0, 0) == true { return }
    }
  }
}
