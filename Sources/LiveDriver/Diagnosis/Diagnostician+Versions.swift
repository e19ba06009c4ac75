import Measurements

// What keeps dead rows, and whether they go.
extension Diagnostician {
  mutating func heldHorizon() throws(ServerError) -> Symptom? {
    let rows = try ask(
      "what holds the version horizon",
      """
      SELECT who, held, xids FROM (
        SELECT 'pid ' || pid || ' (' || coalesce(nullif(application_name, ''), usename, backend_type)
            || ', ' || coalesce(state, 'unknown state') || ')' AS who,
          extract(epoch FROM clock_timestamp() - xact_start) AS held, age(backend_xmin) AS xids
        FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()
        UNION ALL
        SELECT 'prepared transaction ' || quote_literal(gid),
          extract(epoch FROM clock_timestamp() - prepared), age(transaction)
        FROM pg_prepared_xacts
        UNION ALL
        SELECT 'slot ' || quote_ident(slot_name), NULL, age(coalesce(xmin, catalog_xmin))
        FROM pg_replication_slots WHERE coalesce(xmin, catalog_xmin) IS NOT NULL
        UNION ALL
        SELECT 'replica ' || application_name || ' (hot_standby_feedback)', NULL, age(backend_xmin)
        FROM pg_stat_replication WHERE backend_xmin IS NOT NULL) AS holders
      ORDER BY held DESC NULLS LAST, xids DESC LIMIT 10
      """)
    guard let rows else { return nil }
    let longest = (0..<rows.count).compactMap { rows.real($0, 1) }.max() ?? 0
    let xids = (0..<rows.count).compactMap { rows.real($0, 2) }.max() ?? 0
    return Symptom(
      .heldHorizon, isPresent: longest >= limits.horizon || xids >= 1_000_000,
      seen: rows.count == 0
        ? "no snapshot is held"
        : "the oldest snapshot is \(seconds(longest)) old, \(Int(xids)) transactions back",
      values: ["oldest_s": longest, "age_xids": xids],
      evidence: (0..<rows.count).map { row in
        "\(rows.text(row, 0) ?? ""): "
          + (rows.real(row, 1).map { "\(seconds($0)), " } ?? "")
          + "\(rows.text(row, 2) ?? "?") transactions back"
      },
      cause:
        "No row version that died after the oldest snapshot may be removed, in any table of the "
        + "database: vacuum runs and frees nothing, pages cannot be pruned, updates stop being HOT.",
      mitigation: [
        "End the holder at the top, or drop a slot or ROLLBACK PREPARED what nobody needs.",
        "A monolithic backfill is its own holder: commit in batches.",
      ])
  }

  mutating func vacuum() throws(ServerError) -> Symptom? {
    let cap =
      session.serverVersion >= 180_000
      ? "current_setting('autovacuum_vacuum_max_threshold')::float8" : "NULL"
    let rows = try ask(
      "dead rows",
      """
      SELECT s.schemaname || '.' || s.relname, s.n_dead_tup::float8, s.n_live_tup::float8,
        extract(epoch FROM clock_timestamp() - greatest(s.last_autovacuum, s.last_vacuum)),
        EXISTS (SELECT FROM pg_stat_progress_vacuum AS v WHERE v.relid = s.relid),
        least(nullif(\(cap), -1), current_setting('autovacuum_vacuum_threshold')::float8
          + current_setting('autovacuum_vacuum_scale_factor')::float8 * greatest(c.reltuples, 0)),
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'),
        current_setting('autovacuum_max_workers')::int, current_setting('autovacuum')
      FROM pg_stat_user_tables AS s JOIN pg_class AS c ON c.oid = s.relid
      WHERE s.n_dead_tup > 1000 ORDER BY s.n_dead_tup DESC LIMIT 10
      """)
    guard let rows else { return nil }
    let late = (0..<rows.count).filter {
      (rows.real($0, 1) ?? 0) > 1.5 * (rows.real($0, 5) ?? .infinity)
        || rows.text($0, 8) == "off" && (rows.real($0, 1) ?? 0) > 0.2 * (rows.real($0, 2) ?? 0)
    }
    let dead = (0..<rows.count).reduce(0) { $0 + (rows.real($1, 1) ?? 0) }
    let isBusy = rows.count > 0 && rows.integer(0, 6) == rows.integer(0, 7)
    return Symptom(
      .vacuum, isPresent: !late.isEmpty,
      seen: late.isEmpty
        ? "no table is far beyond the point at which autovacuum starts"
        : "\(late.count) tables are far beyond the point at which autovacuum starts",
      values: ["tables": Double(late.count), "dead_rows": dead],
      evidence: late.map { row in
        "\(rows.text(row, 0) ?? ""): \(Int(rows.real(row, 1) ?? 0)) dead beside "
          + "\(Int(rows.real(row, 2) ?? 0)) live rows, "
          + (rows.boolean(row, 4) == true
            ? "being vacuumed"
            : rows.real(row, 3).map { "last vacuumed \(seconds($0)) ago" } ?? "never vacuumed")
      },
      cause: rows.count > 0 && rows.text(0, 8) == "off"
        ? "autovacuum is off."
        : isBusy
          ? "All autovacuum workers are busy; they share one cost limit."
          : "Rows die faster than vacuum's cost limit lets it go, or the horizon is held (above).",
      mitigation: [
        "VACUUM (VERBOSE) the table by hand: it is not held back, and says what it may not remove.",
        "Slow the backfill down until it keeps up; raise autovacuum_vacuum_cost_limit if disks allow.",
      ])
  }

  struct Counters {
    var deadlocks: Double
    var commits: Double
    var rollbacks: Double
  }

  mutating func counters() throws(ServerError) -> Counters? {
    let rows = try ask(
      "the database's counters",
      """
      SELECT deadlocks, xact_commit, xact_rollback FROM pg_stat_database
      WHERE datname = current_database()
      """)
    guard let rows, rows.count > 0 else { return nil }
    return Counters(
      deadlocks: rows.real(0, 0) ?? 0, commits: rows.real(0, 1) ?? 0,
      rollbacks: rows.real(0, 2) ?? 0)
  }

  /// Counters never fall: only their difference tells (E14).
  static func deadlocks(_ before: Counters?, _ after: Counters?) -> Symptom? {
    guard let before, let after else { return nil }
    let deadlocks = after.deadlocks - before.deadlocks
    let rollbacks = after.rollbacks - before.rollbacks
    let all = after.commits - before.commits + rollbacks
    let share = all > 0 ? rollbacks / all : 0
    let isPresent = deadlocks > 0 || share > 0.01 && rollbacks >= 10
    return Symptom(
      .deadlocks, isPresent: isPresent,
      seen:
        "\(Int(deadlocks)) deadlocks and \(Int(rollbacks)) rollbacks of \(Int(all)) transactions",
      values: ["deadlocks": deadlocks, "rollbacks": rollbacks, "transactions": all],
      cause: deadlocks > 0
        ? "Two transactions lock the same rows in different orders; the server ends one of them after "
          + "deadlock_timeout, and both stood still until then."
        : "Transactions fail: lock timeouts, serialization, cancelled statements. The log says which.",
      mitigation: deadlocks > 0
        ? [
          "Lock in key order: ORDER BY in the query that takes the locks, a batch being one range."
        ]
        : ["Look in the server's log for 55P03, 40001 and 57014."])
  }
}
