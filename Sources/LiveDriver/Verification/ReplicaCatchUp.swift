import Gates
import Measurements
import Primitives

/// Whether every replica has replayed what the primary had flushed at a moment.
///
/// Positions tell; seconds do not: a replica's own clock shows the age of its last commit, which grows on
/// an idle primary and is 0 where the log has not arrived yet.
struct ReplicaCatchUp {
  let primary: Connection
  /// Those that were given.
  let replicas: [Connection]
  /// How many the scenario has.
  let expected: Int

  /// How long it may take.
  let patience: TimeSpan
  private typealias Check = VerifyRecord.Check
  private var expectation: String { "<= \(seconds(patience.seconds))" }

  /// Waits until they have, as long as patience lasts.
  func check(shouldStop: () -> Bool) throws(ServerError) -> VerifyRecord.Check {
    guard try primary.execute("SELECT pg_is_in_recovery()").boolean(0, 0) == false else {
      return Check(
        .replicas, .inconclusive, unit: "s", detail: "The target is a replica itself.",
        help: "Give the primary as --target and this server as --replica.")
    }
    let clock = LiveClock()
    let position = try primary.execute("SELECT pg_current_wal_flush_lsn()").scalar ?? "0/0"
    while true {
      let behind = try behind(position)
      let waited = clock.now - Instant.zero
      if let behind, behind.isEmpty { return try caughtUp(after: waited) }
      guard let behind else { return invisible }
      if waited > patience || shouldStop() {
        return Check(
          .replicas, .fail, measured: waited.seconds, unit: "s", expected: expectation,
          detail:
            "Not replayed yet, of what was flushed when this began: "
            + behind.joined(separator: "; ") + ".",
          help:
            "Wait before reads go there, and ask again. rehearse diagnose says which stage is slow."
        )
      }
      clock.sleep(until: clock.now + .milliseconds(100))
    }
  }

  /// Who lags by how much; nil where the role may not see it.
  private func behind(_ position: String) throws(ServerError) -> [String]? {
    var behind: [String] = []
    let shown = try primary.execute(
      """
      SELECT coalesce(nullif(application_name, ''), 'a replica'), state,
        pg_wal_lsn_diff($1, replay_lsn) FROM pg_stat_replication
      WHERE coalesce(state, '') <> 'backup' ORDER BY 1
      """, [position])
    for row in 0..<shown.count {
      guard let bytes = shown.real(row, 2) else {
        if replicas.isEmpty { return nil }
        continue
      }
      if bytes > 0 { behind.append("\(shown.text(row, 0) ?? "") \(Int(bytes)) bytes") }
    }
    for (index, replica) in replicas.enumerated() {
      let bytes = try replica.execute(
        "SELECT pg_wal_lsn_diff($1, pg_last_wal_replay_lsn())", [position]
      ).real(0, 0)
      if let bytes, bytes > 0 { behind.append("--replica \(index + 1) \(Int(bytes)) bytes") }
    }
    return behind
  }

  private var invisible: VerifyRecord.Check {
    Check(
      .replicas, .inconclusive, unit: "s", expected: expectation,
      detail: "The role may not see the replicas' positions.",
      help: "GRANT pg_monitor to it, or give each replica with --replica.")
  }

  private func caughtUp(after waited: TimeSpan) throws(ServerError) -> VerifyRecord.Check {
    let attached =
      try primary.execute("SELECT count(*) FROM pg_stat_replication").integer(0, 0) ?? 0
    let count = max(attached, replicas.count)
    if count < expected {
      return Check(
        .replicas, .fail, measured: waited.seconds, unit: "s", expected: "\(expected) replicas",
        detail: "The scenario has \(expected) replicas, \(count) are connected to the primary.",
        help:
          "Find out why a replica is not streaming: its log says; rehearse diagnose shows slots.")
    }
    guard count > 0 else {
      return Check(.replicas, .none, unit: "s", detail: "There is no replica.")
    }
    return Check(
      .replicas, .pass, measured: waited.seconds, unit: "s", expected: expectation,
      detail: count == 1
        ? "The replica has replayed all that was flushed when this began."
        : "All \(count) replicas have replayed all that was flushed when this began.")
  }

  /// What slots keep of the log, beyond what the server would keep by itself.
  func retainedLog() throws(ServerError) -> VerifyRecord.Check {
    let rows = try primary.execute(
      """
      SELECT count(*), count(*) FILTER (WHERE NOT active),
        max(CASE WHEN pg_is_in_recovery() THEN NULL
            ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) END),
        (SELECT setting::float8 * 1048576 FROM pg_settings WHERE name = 'max_wal_size'),
        (SELECT string_agg(quote_ident(slot_name), ', ' ORDER BY slot_name)
         FROM pg_replication_slots WHERE NOT active)
      FROM pg_replication_slots
      """)
    guard rows.integer(0, 0) ?? 0 > 0 else {
      return Check(.retainedLog, .none, unit: "bytes", detail: "No slot keeps log back.")
    }
    let (bytes, limit) = (max(0, rows.real(0, 2) ?? 0), rows.real(0, 3) ?? 0)
    let isIdle = rows.integer(0, 1) ?? 0 > 0
    return Check(
      .retainedLog, bytes <= limit && !isIdle ? .pass : .fail, measured: bytes, unit: "bytes",
      expected: "<= max_wal_size, and every slot in use",
      detail: isIdle
        ? "Nobody reads from slot \(rows.text(0, 4) ?? ""), so the log it keeps only grows."
        : "Slots keep this much log for those who read from them.",
      help: bytes <= limit && !isIdle
        ? ""
        : "Let its reader catch up, or drop a slot that nobody needs: pg_drop_replication_slot.")
  }
}
