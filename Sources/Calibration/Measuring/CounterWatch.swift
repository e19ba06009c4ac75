import LiveDriver
import Scenarios

/// The machine half of a calibration from a running server's own counters, read-only.
///
/// A server under its usual work is neither loaded further nor changed: what it does anyway says how
/// long its flushes and reads take. What its processor costs are cannot be seen from outside.
package struct CounterWatch {
  /// Seconds between two looks.
  package static let period = 5.0

  private let session: Connection
  private var last: Counters
  /// What cannot be seen, a sentence each.
  package private(set) var unseen: [String] = []

  private struct Counters {
    var flushes: Double?
    var flushTime: Double?
    var reads: Double?
    var readTime: Double?
    var log: Double
  }

  package init(_ server: ConnectionString) throws(ServerError) {
    session = try Connection.readOnly(server)
    let timing = try session.execute(
      """
      SELECT current_setting('track_io_timing') = 'on',
        coalesce(current_setting('track_wal_io_timing', true), 'off') = 'on'
      """)
    if timing.boolean(0, 0) != true {
      unseen.append("read latency: track_io_timing is off")
    }
    if session.serverVersion < 140_000 {
      unseen.append("flush time: version 14 or later publishes it")
    } else if timing.boolean(0, 1) != true {
      unseen.append("flush time: track_wal_io_timing is off")
    }
    unseen.append("processor costs and cores: no counter of the server tells them")
    unseen.append("replay rate: only a replica that falls behind shows it")
    last = try Self.counters(session)
  }

  package var serverVersion: String {
    (try? session.execute("SHOW server_version").scalar) ?? ""
  }

  /// What happened since the last look, and how long an answer to nothing takes.
  package mutating func look() throws(ServerError) -> Measured.Reading {
    var reading: Measured.Reading = [:]
    var trips: [Double] = []
    for _ in 0..<20 {
      let start = monotonicSeconds()
      try session.execute("SELECT 1")
      trips.append(monotonicSeconds() - start)
    }
    reading["trip"] = SampleQuantiles(trips)?.median
    let now = try Self.counters(session)
    if let flushes = now.flushes, let before = last.flushes, flushes - before >= 5,
      let time = now.flushTime, let timeBefore = last.flushTime, time > timeBefore
    {
      reading["flush"] = (time - timeBefore) / (flushes - before)
    }
    if let reads = now.reads, let before = last.reads, reads - before >= 20,
      let time = now.readTime, let timeBefore = last.readTime, time > timeBefore
    {
      reading["read"] = (time - timeBefore) / (reads - before)
    }
    reading["log"] = now.log - last.log
    last = now
    return reading
  }

  /// Times in seconds.
  ///
  /// Flush counters moved from pg_stat_wal to pg_stat_io in 18.
  private static func counters(_ session: Connection) throws(ServerError) -> Counters {
    let flushes =
      switch session.serverVersion {
      case 180_000...:
        """
        (SELECT sum(fsyncs)::float8 FROM pg_stat_io WHERE object = 'wal'),
        (SELECT sum(fsync_time) / 1e3 FROM pg_stat_io WHERE object = 'wal')
        """
      case 140_000...:
        "(SELECT wal_sync::float8 FROM pg_stat_wal), (SELECT wal_sync_time / 1e3 FROM pg_stat_wal)"
      default: "NULL::float8, NULL::float8"
      }
    let position =
      "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END"
    let rows = try session.execute(
      """
      SELECT \(flushes), sum(blks_read)::float8, sum(blk_read_time) / 1e3,
        pg_wal_lsn_diff(\(position), '0/0')::float8
      FROM pg_stat_database
      """)
    return Counters(
      flushes: rows.real(0, 0), flushTime: rows.real(0, 1), reads: rows.real(0, 2),
      readTime: rows.real(0, 3), log: rows.real(0, 4) ?? 0)
  }
}
