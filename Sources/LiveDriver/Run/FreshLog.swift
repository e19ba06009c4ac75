/// Brings a throwaway cluster's log files to what the model's fresh server has: those of
/// min_wal_size beyond the current one, on every server.
///
/// How many files a checkpoint keeps depends on the log of those before (xlog.c, XLOGfileslop), so
/// that without this a run's first stall would depend on how its table was filled.
struct FreshLog {
  private let primary: Connection
  private let replicas: [Connection]
  /// Bytes of a file, and files wanted.
  private let size: Int64
  private let wanted: Int

  /// The expected log of a cycle falls by a tenth a checkpoint, and two files are used up in each.
  private static let mostRounds = 400
  /// A replica has to replay a checkpoint before it can make one of its own.
  private static let patience = 500

  init(_ target: LiveTarget) throws(ServerError) {
    primary = try Connection(target.primary.observation, applicationName: "rehearse")
    var replicas: [Connection] = []
    for replica in target.replicas {
      replicas.append(try Connection(replica.observation, applicationName: "rehearse"))
    }
    self.replicas = replicas
    let settings = try primary.execute(
      """
      SELECT (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'),
        (SELECT setting::bigint << 20 FROM pg_settings WHERE name = 'min_wal_size')
      """)
    size = Int64(settings.integer(0, 0) ?? 16 << 20)
    wanted = (settings.integer(0, 1) ?? 80 << 20) / Int(size)
  }

  /// Returns what could not be reached, for people; nil if it was, or need not be.
  func prepare(unless shouldStop: () -> Bool) throws(ServerError) -> String? {
    var counts: [Int] = []
    for _ in 0..<Self.mostRounds where !shouldStop() {
      counts = try ready()
      if counts.allSatisfy({ $0 == wanted }) { return nil }
      let least = counts.min() ?? 0
      try useUp(files: least < wanted ? wanted : counts.allSatisfy { $0 > wanted } ? 2 : 1)
      try checkpoint()
    }
    return shouldStop()
      ? nil : "\(counts.max() ?? 0) log files stand ready where a fresh server has \(wanted)"
  }

  /// Files beyond the current one, by server.
  private func ready() throws(ServerError) -> [Int] {
    var counts: [Int] = []
    for (server, position) in [(primary, "pg_current_wal_lsn()")]
      + replicas.map({ ($0, "pg_last_wal_receive_lsn()") })
    {
      // Three hexadecimal numbers of eight digits: timeline, and the file's number in base 4 GiB / size.
      let names = try server.execute(
        """
        SELECT \(position)::text, substr(name, 9) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'
        """)
      let position = LogPosition(names.text(0, 0) ?? "")?.bytes ?? 0
      let current = max(0, position - 1) / size
      let perHigh = (1 << 32) / size
      let numbers = (0..<names.count).compactMap { row -> Int64? in
        guard let text = names.text(row, 1), let high = Int64(text.prefix(8), radix: 16),
          let low = Int64(text.suffix(8), radix: 16)
        else { return nil }
        return high * perHigh + low
      }
      counts.append(numbers.count { $0 > current })
    }
    return counts
  }

  private func useUp(files: Int) throws(ServerError) {
    for _ in 0..<files {
      try primary.execute("SELECT pg_logical_emit_message(false, 'rehearse', '')")
      try primary.execute("SELECT pg_switch_wal()")
    }
  }

  private func checkpoint() throws(ServerError) {
    try primary.execute("CHECKPOINT")
    let end = try primary.execute("SELECT pg_current_wal_flush_lsn()::text").scalar ?? "0/0"
    for replica in replicas {
      for _ in 0..<Self.patience {
        let rows = try replica.execute(
          "SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn, pg_sleep(0.002)", [end])
        if rows.boolean(0, 0) == true { break }
      }
      try replica.execute("CHECKPOINT")
    }
  }
}
