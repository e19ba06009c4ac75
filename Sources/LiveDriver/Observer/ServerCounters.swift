import Scenarios

/// The primary's own counters at one moment.
struct ServerCounters: Hashable, Sendable {
  var log = LogPosition(bytes: 0)
  var blocksRead = 0
  var blocksHit = 0
  /// The next transaction id.
  var nextTransaction = 0
  var checkpoints = 0
  /// Nil before version 14.
  var pageImages: Int?
  var deadRows = 0
  var updates = 0
  var hotUpdates = 0
  var vacuums = 0
  var runningVacuums = 0
  /// Seconds since the oldest snapshot's transaction began.
  var horizonAge = 0.0
  /// Bytes that slots keep; nil without slots.
  var retained: Int?
  /// Bytes of the tables and their indexes.
  var size = 0

  /// One row, in the order of the properties, for servers from 13 to 18; `version` as
  /// `server_version_num`.
  ///
  /// Checkpoints moved to a view of their own in 17; pg_stat_wal came with 14.
  static func query(version: Int, tables: [TableCatalog]) -> String {
    let oids = tables.map { "\(Quoting.literal($0.name.sql))::regclass" }.joined(separator: ", ")
    let checkpoints =
      version >= 170_000
      ? "(SELECT num_timed + num_requested FROM pg_stat_checkpointer)"
      : "(SELECT checkpoints_timed + checkpoints_req FROM pg_stat_bgwriter)"
    let images = version >= 140_000 ? "(SELECT wal_fpi FROM pg_stat_wal)" : "NULL::bigint"
    return """
      SELECT pg_current_wal_insert_lsn(), d.blks_read, d.blks_hit,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint, \(checkpoints), \(images),
        t.dead, t.updates, t.hot, t.vacuums, (SELECT count(*) FROM pg_stat_progress_vacuum),
        (SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)
         FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()),
        (SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), min(restart_lsn))
         FROM pg_replication_slots)::bigint,
        (SELECT sum(pg_total_relation_size(oid)) FROM unnest(ARRAY[\(oids)]::oid[]) AS oid)::bigint
      FROM pg_stat_database d,
        (SELECT sum(n_dead_tup)::bigint AS dead, sum(n_tup_upd)::bigint AS updates,
           sum(n_tup_hot_upd)::bigint AS hot, sum(vacuum_count + autovacuum_count)::bigint AS vacuums
         FROM pg_stat_user_tables WHERE relid = ANY (ARRAY[\(oids)]::oid[])) t
      WHERE d.datname = current_database()
      """
  }

  init() {}

  /// Nil for an answer without a row.
  init?(_ rows: Rows) {
    guard rows.count > 0, let log = rows.text(0, 0).flatMap({ LogPosition($0) }) else { return nil }
    self.log = log
    blocksRead = rows.integer(0, 1) ?? 0
    blocksHit = rows.integer(0, 2) ?? 0
    nextTransaction = rows.integer(0, 3) ?? 0
    checkpoints = rows.integer(0, 4) ?? 0
    pageImages = rows.integer(0, 5)
    deadRows = rows.integer(0, 6) ?? 0
    updates = rows.integer(0, 7) ?? 0
    hotUpdates = rows.integer(0, 8) ?? 0
    vacuums = rows.integer(0, 9) ?? 0
    runningVacuums = rows.integer(0, 10) ?? 0
    horizonAge = rows.real(0, 11) ?? 0
    retained = rows.integer(0, 12)
    size = rows.integer(0, 13) ?? 0
  }
}
