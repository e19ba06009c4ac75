import Measurements

// How far replicas are behind, at which stage, and what is kept for them.
extension Diagnostician {
  /// In bytes by stage, unsent ones included, which a replica itself cannot know (E3).
  mutating func replicaLag() throws(ServerError) -> Symptom? {
    guard try !isReplica else { return try lagOfReplica() }
    let rows = try ask(
      "the replicas",
      """
      SELECT coalesce(nullif(application_name, ''), 'a replica'), state,
        pg_wal_lsn_diff(pg_current_wal_flush_lsn(), sent_lsn),
        pg_wal_lsn_diff(sent_lsn, flush_lsn), pg_wal_lsn_diff(flush_lsn, replay_lsn),
        extract(epoch FROM replay_lag)
      FROM pg_stat_replication WHERE coalesce(state, '') <> 'backup' ORDER BY 1
      """)
    guard let rows else { return nil }
    if (0..<rows.count).contains(where: { rows.text($0, 1) == nil }) { return nil }
    var stages = [0.0, 0, 0]
    var (worst, longest) = (0.0, 0.0)
    var evidence: [String] = []
    for row in 0..<rows.count {
      let parts = (2...4).map { max(0, rows.real(row, $0) ?? 0) }
      let total = parts.reduce(0, +)
      // With nothing left to replay the last lag is still shown for a while.
      let lag = total > 0 ? rows.real(row, 5) ?? 0 : 0
      if total > worst { (worst, stages) = (total, parts) }
      longest = max(longest, lag)
      evidence.append(
        "\(rows.text(row, 0) ?? "") (\(rows.text(row, 1) ?? "")): \(bytes(parts[0])) unsent, "
          + "\(bytes(parts[1])) on the way, \(bytes(parts[2])) not replayed; \(seconds(lag)) behind"
      )
    }
    for (index, replica) in replicas.enumerated() {
      guard let line = try conflicts(of: replica, index + 1) else { continue }
      evidence.append(line)
    }
    let stage = stages.indices.max { stages[$0] < stages[$1] } ?? 0
    return Symptom(
      .replicaLag, isPresent: longest >= limits.lag || worst >= 0x1p28,
      seen: rows.count == 0
        ? "no replica is connected"
        : "\(rows.count) replicas, at most \(bytes(worst)) and \(seconds(longest)) behind",
      values: [
        "replicas": Double(rows.count), "worst_bytes": worst, "worst_s": longest,
      ], evidence: evidence,
      cause: [
        "Log is written faster than the network or the sender takes it away: a replica that is asked "
          + "itself does not see these bytes.",
        "The replica's disk is slower at writing log than the primary's.",
        "One process replays, slower than many sessions write; or a query on the replica is in its "
          + "way for up to max_standby_streaming_delay.",
      ][stage],
      mitigation: [
        "Slow the backfill down now: the lag that is shown still grows after it stops.",
        "Throttle on bytes (replica.lag_bytes) rather than on seconds, which tell late.",
        stage == 2
          ? "Look on the replica: pg_stat_activity for old snapshots, pg_stat_database_conflicts."
          : "Look at the network and at the replica's disk.",
      ])
  }

  private mutating func conflicts(of replica: Connection, _ number: Int) throws(ServerError)
    -> String?
  {
    let rows = try ask(
      "replica \(number)",
      """
      SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()),
        pg_is_wal_replay_paused(),
        (SELECT sum(confl_lock + confl_snapshot + confl_bufferpin + confl_deadlock)
         FROM pg_stat_database_conflicts),
        (SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) FROM pg_stat_activity
         WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid())
      """, on: replica)
    guard let rows else { return nil }
    let paused = rows.boolean(0, 1) == true ? ", replay is PAUSED (pg_wal_replay_resume())" : ""
    let oldest = rows.real(0, 3).map { ", the oldest query there \(seconds($0))" } ?? ""
    return "--replica \(number): \(bytes(max(0, rows.real(0, 0) ?? 0))) received and not replayed"
      + "\(paused)\(oldest), \(rows.text(0, 2) ?? "0") queries cancelled for replay so far"
  }

  /// Asked on a replica itself: what it has not been sent stays unseen.
  private mutating func lagOfReplica() throws(ServerError) -> Symptom? {
    let rows = try ask(
      "this replica's replay",
      """
      SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()),
        pg_is_wal_replay_paused(), (SELECT count(*) FROM pg_stat_wal_receiver)
      """)
    guard let rows else { return nil }
    let (behind, isPaused) = (max(0, rows.real(0, 0) ?? 0), rows.boolean(0, 1) == true)
    let isConnected = rows.integer(0, 2) ?? 0 > 0
    return Symptom(
      .replicaLag, isPresent: behind >= 0x1p28 || isPaused || !isConnected,
      seen: "\(bytes(behind)) received and not replayed" + (isPaused ? ", replay is paused" : "")
        + (isConnected ? "" : ", and no receiver runs"),
      values: ["worst_bytes": behind],
      cause: isPaused
        ? "Somebody paused replay."
        : isConnected
          ? "Replay is slower than the log that arrives." : "The primary is not reached.",
      mitigation: [
        isPaused
          ? "SELECT pg_wal_replay_resume();"
          : "Ask the primary too: it knows what was not sent yet."
      ])
  }

  mutating func retainedLog() throws(ServerError) -> Symptom? {
    guard try !isReplica else { return nil }
    let rows = try ask(
      "the slots",
      """
      SELECT slot_name, active, wal_status,
        pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn),
        (SELECT setting::float8 * 1048576 FROM pg_settings WHERE name = 'max_wal_size'),
        current_setting('max_slot_wal_keep_size')
      FROM pg_replication_slots ORDER BY 4 DESC NULLS LAST
      """)
    guard let rows else { return nil }
    let worst = (0..<rows.count).compactMap { rows.real($0, 3) }.max() ?? 0
    let limit = rows.count > 0 ? rows.real(0, 4) ?? 0x1p30 : 0x1p30
    let idle = (0..<rows.count).filter { rows.boolean($0, 1) == false }
    let lost = (0..<rows.count).contains { ["lost", "unreserved"].contains(rows.text($0, 2)) }
    return Symptom(
      .retainedLog, isPresent: worst > limit || !idle.isEmpty || lost,
      seen: rows.count == 0
        ? "no slot" : "\(rows.count) slots keep at most \(bytes(worst)), \(idle.count) unused",
      values: [
        "slots": Double(rows.count), "unused_slots": Double(idle.count), "worst_bytes": worst,
      ],
      evidence: (0..<min(10, rows.count)).map {
        "\(rows.text($0, 0) ?? ""): \(rows.boolean($0, 1) == true ? "in use" : "UNUSED"), "
          + "\(rows.text($0, 2) ?? "?"), keeps \(bytes(max(0, rows.real($0, 3) ?? 0)))"
      },
      cause:
        "A slot keeps all log that its reader has not confirmed"
        + (rows.count > 0 && rows.text(0, 5) == "-1"
          ? ", without limit: max_slot_wal_keep_size is -1, so a full disk stops the primary."
          : "."),
      mitigation: idle.prefix(3).map {
        "SELECT pg_drop_replication_slot(\(Quoting.literal(rows.text($0, 0) ?? ""))); "
          + "-- if nobody will come back for it"
      } + ["Let the reader catch up before the backfill goes on."])
  }

  mutating func archiving() throws(ServerError) -> Symptom? {
    let rows = try ask(
      "archiving",
      """
      SELECT current_setting('archive_mode'), failed_count,
        coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),
        extract(epoch FROM clock_timestamp() - last_archived_time), last_failed_wal
      FROM pg_stat_archiver
      """)
    guard let rows, rows.count > 0 else { return nil }
    guard rows.text(0, 0) != "off" else {
      return Symptom(.archiving, isPresent: false, seen: "log is not archived")
    }
    let ready = try ask(
      "the archive's queue",
      "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'")
    let queue = ready?.real(0, 0) ?? 0
    let isFailing = rows.boolean(0, 2) == true
    return Symptom(
      .archiving, isPresent: isFailing || queue >= 10,
      seen: "\(Int(queue)) segments wait to be archived" + (isFailing ? ", and it fails" : ""),
      values: ["waiting_segments": queue, "failures": rows.real(0, 1) ?? 0],
      evidence: isFailing ? ["last failed: \(rows.text(0, 4) ?? "")"] : [],
      cause: isFailing
        ? "archive_command fails; log is kept until it succeeds, and the disk fills."
        : "Log is written faster than it is archived, one segment at a time.",
      mitigation: [
        "Read the server's log for the command's error.", "Pause the backfill meanwhile.",
      ])
  }
}
