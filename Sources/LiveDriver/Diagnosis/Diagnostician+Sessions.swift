import Measurements

// Who waits, who holds, and how full it is.
extension Diagnostician {
  /// Waiters with who blocks them.
  ///
  /// Lists of waiters alone lead to ending the application's own statements (docs/guide.md, E2).
  mutating func lockWaits() throws(ServerError) -> Symptom? {
    // Before version 14 a statement's start is the nearest that is known.
    let since =
      session.serverVersion >= 140_000 ? "coalesce(l.since, a.query_start)" : "a.query_start"
    let start = session.serverVersion >= 140_000 ? "min(waitstart)" : "NULL::timestamptz"
    let rows = try ask(
      "who waits for locks",
      """
      WITH waits AS (
        SELECT a.pid, a.application_name, a.usename, l.what,
          extract(epoch FROM clock_timestamp() - \(since)) AS waited,
          pg_blocking_pids(a.pid) AS blockers
        FROM pg_stat_activity AS a
        JOIN (SELECT pid, min(locktype || ' ' || mode) AS what, \(start) AS since
              FROM pg_locks WHERE NOT granted GROUP BY pid) AS l ON l.pid = a.pid)
      SELECT w.pid, coalesce(nullif(w.application_name, ''), w.usename), w.what, w.waited, b.pid,
        coalesce(nullif(b.application_name, ''), b.usename, 'another process'), b.state,
        extract(epoch FROM clock_timestamp() - b.xact_start),
        EXISTS (SELECT FROM waits AS also WHERE also.pid = b.pid)
      FROM waits AS w LEFT JOIN pg_stat_activity AS b ON b.pid = w.blockers[1]
      ORDER BY w.waited DESC NULLS LAST, w.pid
      """)
    guard let rows else { return nil }
    let longest = (0..<rows.count).compactMap { rows.real($0, 3) }.max() ?? 0
    let roots = rootBlockers(rows)
    let isPresent = rows.count > 0 && (longest >= limits.lockWait || rows.count >= 5)
    return Symptom(
      .lockWaits, isPresent: isPresent,
      seen: rows.count == 0
        ? "nobody waits for a lock"
        : "\(counted(rows.count, "session")) waiting for locks, the longest for \(seconds(longest))",
      values: ["waiters": Double(rows.count), "longest_wait_s": longest],
      evidence: (0..<min(10, rows.count)).map { row in
        let blocker = rows.integer(row, 4).map {
          "pid \($0) (\(rows.text(row, 5) ?? ""), \(rows.text(row, 6) ?? "unknown state"))"
        }
        return "pid \(rows.text(row, 0) ?? "") (\(rows.text(row, 1) ?? "")) waits "
          + "\(seconds(rows.real(row, 3) ?? 0)) for \(rows.text(row, 2) ?? "a lock"), blocked by "
          + (blocker ?? "a transaction that has just ended or is prepared")
      },
      cause: roots.isEmpty
        ? "The waiters wait for each other, or for what ended meanwhile: look again."
        : "Row locks are held until their transaction ends. At the head: "
          + roots.map(\.words).joined(separator: "; ")
          + ". PostgreSQL does not escalate them, and never times out by itself (lock_timeout is 0).",
      mitigation: roots.map(\.remedy) + [
        "For the backfill: smaller batches, lock_timeout and backoff, so that it is the one to lose."
      ])
  }

  private struct Root {
    var words: String
    var remedy: String
  }

  /// Those who block and wait for nobody; ending a waiter ends the application's work instead.
  private func rootBlockers(_ rows: Rows) -> [Root] {
    var seen: [Int] = []
    var roots: [Root] = []
    for row in 0..<rows.count {
      guard let pid = rows.integer(row, 4), rows.boolean(row, 8) == false, !seen.contains(pid),
        roots.count < 5
      else { continue }
      seen.append(pid)
      let state = rows.text(row, 6)
      let open = rows.real(row, 7).map { ", its transaction open for \(seconds($0))" } ?? ""
      roots.append(
        Root(
          words: "pid \(pid) (\(rows.text(row, 5) ?? "")), \(state ?? "state not visible")\(open)",
          remedy: Self.remedy(pid, state: state)))
    }
    return roots
  }

  /// pg_cancel_backend ends a running statement only (E10).
  private static func remedy(_ pid: Int, state: String?) -> String {
    switch state {
    case nil:
      "SELECT pg_cancel_backend(\(pid)); -- or pg_terminate_backend, if it runs no statement"
    case let state? where state.hasPrefix("idle in transaction"):
      "SELECT pg_terminate_backend(\(pid)); -- idle: there is no statement to cancel"
    default:
      "SELECT pg_cancel_backend(\(pid)); -- its transaction aborts and frees its locks at once"
    }
  }

  mutating func idleInTransaction() throws(ServerError) -> Symptom? {
    let rows = try ask(
      "who is idle in a transaction",
      """
      SELECT pid, coalesce(nullif(application_name, ''), usename),
        extract(epoch FROM clock_timestamp() - state_change),
        extract(epoch FROM clock_timestamp() - xact_start)
      FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()
      ORDER BY state_change, pid
      """)
    guard let rows else { return nil }
    let longest = rows.count > 0 ? rows.real(0, 2) ?? 0 : 0
    return Symptom(
      .idleInTransaction, isPresent: rows.count > 0 && longest >= limits.idle,
      seen: rows.count == 0
        ? "nobody" : "\(counted(rows.count, "session")), the longest idle for \(seconds(longest))",
      values: ["sessions": Double(rows.count), "longest_idle_s": longest],
      evidence: (0..<min(10, rows.count)).map {
        "pid \(rows.text($0, 0) ?? "") (\(rows.text($0, 1) ?? "")) idle \(seconds(rows.real($0, 2) ?? 0)), "
          + "transaction open \(seconds(rows.real($0, 3) ?? 0))"
      },
      cause:
        "A client opened a transaction and does something else. It keeps its row locks, a connection "
        + "and, mostly, the version horizon; counting state = 'active' misses it.",
      mitigation: rows.count > 0
        ? [
          Self.remedy(rows.integer(0, 0) ?? 0, state: "idle in transaction"),
          "SET idle_in_transaction_session_timeout for that role, and find the code that waits "
            + "between BEGIN and COMMIT.",
        ] : [])
  }

  /// A pool's fill is known by the pool; here is what can be seen from the server (E6).
  mutating func connections() throws(ServerError) -> Symptom? {
    let rows = try ask(
      "the connections",
      """
      SELECT coalesce(nullif(application_name, ''), '-') || ' of ' || usename,
        count(*), count(*) FILTER (WHERE state = 'idle'),
        count(*) FILTER (WHERE state LIKE 'idle in transaction%'),
        count(*) FILTER (WHERE state = 'active' AND wait_event_type = 'Lock'),
        count(*) FILTER (WHERE state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock'),
        current_setting('max_connections')::int
          - current_setting('superuser_reserved_connections')::int, sum(count(*)) OVER ()
      FROM pg_stat_activity
      WHERE datname IS NOT NULL AND usename IS NOT NULL AND pid <> pg_backend_pid()
        AND coalesce(backend_type, 'client backend') = 'client backend'
      GROUP BY application_name, usename ORDER BY 2 DESC, 1
      """)
    guard let rows else { return nil }
    let (used, most) = (
      rows.count > 0 ? rows.real(0, 7) ?? 0 : 0, rows.count > 0 ? rows.real(0, 6) ?? 0 : 0
    )
    // As many as a pool would hold ready, and not one of them free.
    let exhausted = (0..<rows.count).filter {
      rows.integer($0, 1) ?? 0 >= 5 && rows.integer($0, 2) == 0
    }
    let isFull = most > 0 && used >= 0.8 * most
    return Symptom(
      .connections, isPresent: isFull || !exhausted.isEmpty,
      seen: "\(Int(used)) of \(Int(most)) connections are in use"
        + (exhausted.isEmpty ? "" : "; of \(exhausted.count) pools none is idle"),
      values: ["used": used, "limit": most, "pools_without_idle": Double(exhausted.count)],
      evidence: (0..<min(10, rows.count)).map { row in
        let counts = [
          (2, "idle"), (3, "idle in transaction"), (4, "waiting for locks"), (5, "running"),
        ]
        .compactMap { column, name in
          (rows.integer(row, column) ?? 0) > 0 ? "\(rows.text(row, column) ?? "") \(name)" : nil
        }
        return "\(rows.text(row, 0) ?? ""): \(counts.joined(separator: ", "))"
      },
      cause:
        "Connections that wait for locks or are idle in a transaction are taken and do nothing; new "
        + "work then waits in the application's pool, where the server cannot see it.",
      mitigation: [
        "Look at lock_waits and idle_in_transaction first: they are what fills a pool.",
        "Ask the pool for its wait time; fewer than 10 connections per core do more work than many.",
        "Do not raise a lock timeout to let it drain: longer waits hold more connections.",
      ])
  }
}
