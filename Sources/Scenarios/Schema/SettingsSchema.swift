extension ScenarioSchema {
  private static func milliseconds(
    _ key: String, _ range: ClosedRange<Double>, _ value: String, _ doc: String
  ) -> Field {
    Field(key, .time(range), .value(value, because: "PostgreSQL's default"), doc)
  }

  private static func count(
    _ key: String, _ range: ClosedRange<Int>, _ value: String, _ doc: String
  ) -> Field {
    Field(key, .count(range), .value(value, because: "PostgreSQL's default"), doc)
  }

  private static func flag(_ key: String, _ value: String, _ doc: String) -> Field {
    Field(key, .flag, .value(value, because: "PostgreSQL's default"), doc)
  }

  static let settings = Section(
    doc: """
      Settings that the model reads, with PostgreSQL's names, meanings and defaults of the version; \
      a unit is written where PostgreSQL implies one.
      """,
    fields: memoryAndLog + locks + vacuum + replication,
    reserved: [
      "wal_sender_timeout", "max_slot_wal_keep_size", "statement_timeout", "transaction_timeout",
      "idle_in_transaction_session_timeout", "effective_io_concurrency", "work_mem",
      "maintenance_work_mem", "wal_buffers", "bgwriter_delay", "bgwriter_lru_maxpages",
      "synchronous_standby_names", "data_checksums", "wal_log_hints",
    ])

  private static let memoryAndLog: [Field] = [
    Field(
      "shared_buffers", .bytes(0x1p17...0x1p46),
      .computed("a quarter of the memory, as the manual advises"), "Buffer pool."),
    Field(
      "min_wal_size", .bytes(0x1p25...0x1p46), .value("80MiB", because: "PostgreSQL's default"),
      "Log files that stand ready; beyond them each new one is made while commits wait."),
    Field(
      "max_wal_size", .bytes(0x1p25...0x1p46), .value("1GiB", because: "PostgreSQL's default"),
      "Log volume that starts a checkpoint before its time."),
    milliseconds(
      "checkpoint_timeout", 30...86_400, "5min", "Longest time between two checkpoints."),
    Field(
      "checkpoint_completion_target", .number(Bounds(0...1)),
      .version(
        below: 14, "0.5", else: "0.9", because: "PostgreSQL's default: 0.5 to 13, 0.9 since 14"),
      "Share of the interval over which a checkpoint writes."),
    Field(
      "synchronous_commit", .word(ServerSettings.SynchronousCommit.allCases.map(\.rawValue)),
      .value("\"on\"", because: "PostgreSQL's default"), "What a commit waits for; quote it."),
    flag("full_page_writes", "true", "Whole pages in the log after a checkpoint."),
    Field(
      "wal_compression", .word(ServerSettings.WALCompression.allCases.map(\.rawValue)),
      .value("\"off\"", because: "PostgreSQL's default"),
      "Compression of page images; lz4 and zstd since 15. Quote \"off\"."),
    Field(
      "wal_level", .word(["replica", "logical"]),
      .value("replica", because: "PostgreSQL's default"),
      "logical writes more per update."),
    milliseconds("commit_delay", 0...0.1, "0us", "Wait before a flush for others to join it."),
  ]

  private static let locks: [Field] = [
    milliseconds("deadlock_timeout", 0.001...3_600, "1s", "Wait before looking for a deadlock."),
    milliseconds("lock_timeout", 0...86_400, "0s", "Longest wait for one lock; 0 waits for ever."),
    count("max_connections", 1...262_143, "100", "Connections the server accepts."),
  ]

  private static let vacuum: [Field] = [
    flag("autovacuum", "true", "Whether dead rows are removed by themselves."),
    milliseconds(
      "autovacuum_naptime", 1...2_147_483, "1min", "Time between two looks at a database."),
    count("autovacuum_vacuum_threshold", 0...2_147_483_647, "50", "Dead rows before a vacuum."),
    Field(
      "autovacuum_vacuum_scale_factor", .number(Bounds(0...100)),
      .value("0.2", because: "PostgreSQL's default"), "… plus this multiple of the table's rows."),
    Field(
      "autovacuum_vacuum_max_threshold", .count(0...2_147_483_647),
      .byVersion(
        { $0 >= 18 ? "100M" : "null" },
        because: "PostgreSQL's default: 100,000,000 since 18, none before"),
      "… but at most this many; since 18."),
    milliseconds("autovacuum_vacuum_cost_delay", 0...0.1, "2ms", "Pause at the cost limit."),
    count("autovacuum_vacuum_cost_limit", 1...10_000, "200", "Cost between two pauses."),
    count("vacuum_cost_page_hit", 0...10_000, "1", "Cost of a page found in the buffer pool."),
    Field(
      "vacuum_cost_page_miss", .count(0...10_000),
      .version(below: 14, "10", else: "2", because: "PostgreSQL's default: 10 to 13, 2 since 14"),
      "Cost of a page that is read."),
    count("vacuum_cost_page_dirty", 0...10_000, "20", "Cost of a page that is made dirty."),
  ]

  private static let replication: [Field] = [
    Field(
      "max_standby_streaming_delay", .either([.noValue("forever"), .time()]),
      .value("30s", because: "PostgreSQL's default"),
      "How long replay waits for a query on the replica; PostgreSQL's -1 is forever."),
    flag("hot_standby_feedback", "false", "The replica's snapshots hold the primary's horizon."),
    milliseconds("recovery_min_apply_delay", 0...2_147_483, "0s", "Delays the replay of commits."),
    Field(
      "recovery_prefetch_concurrency", .count(1...1_000),
      .byVersion(
        { $0 < 15 ? "1" : $0 < 18 ? "10" : "16" },
        because: "maintenance_io_concurrency: 10, 16 since 18; no prefetching (1) before 15"),
      "Concurrent reads of replay; 1 is recovery_prefetch=off."),
  ]
}
