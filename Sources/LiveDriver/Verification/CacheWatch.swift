import Gates
import Measurements

/// Two looks at the database's block counters, which count from the server's start.
struct CacheWatch {
  private struct Look {
    var read = 0.0
    var hit = 0.0
    var scans = 0.0
  }

  private let session: Connection
  private let table: TableName
  private let before: Look
  private let began = ContinuousClock.now

  /// The guide's limit.
  private static let limit = 0.01
  /// Fewer accesses say nothing.
  private static let fewest = 1_000.0

  init(_ session: Connection, table: TableName) throws(ServerError) {
    self.session = session
    self.table = table
    before = try Self.look(session, table)
  }

  private static func look(_ session: Connection, _ table: TableName) throws(ServerError) -> Look {
    let rows = try session.execute(
      """
      SELECT blks_read, blks_hit,
        (SELECT seq_scan FROM pg_stat_user_tables WHERE relid = to_regclass($1))
      FROM pg_stat_database WHERE datname = current_database()
      """, [table.sql])
    return Look(
      read: rows.real(0, 0) ?? 0, hit: rows.real(0, 1) ?? 0, scans: rows.real(0, 2) ?? 0)
  }

  /// A low ratio does not mean that indexes are used: a scan of a table that is cached misses nothing, so
  /// scans are told apart.
  func check() throws(ServerError) -> VerifyRecord.Check {
    let now = try Self.look(session, table)
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    let (read, hit) = (now.read - before.read, now.hit - before.hit)
    let span = "in \((seconds * 10).rounded() / 10) s"
    guard read + hit >= Self.fewest else {
      return VerifyRecord.Check(
        .cacheMisses, .none, unit: "ratio", expected: "<= 1%",
        detail: "Only \(Int(read + hit)) blocks were read \(span): too few to judge by.",
        help: "Ask while the application is at work, or longer: --interval 60s.")
    }
    let ratio = read / (read + hit)
    let scans = Int(now.scans - before.scans)
    var detail = "Of \(Int(read + hit)) blocks read \(span), not in shared_buffers."
    if scans > 0 { detail += " \(table.sql) was scanned from end to end \(scans) times." }
    return VerifyRecord.Check(
      .cacheMisses, ratio <= Self.limit ? .pass : .fail, measured: ratio, unit: "ratio",
      expected: "<= 1%", detail: detail,
      help: ratio <= Self.limit
        ? ""
        : "If it was lower before the backfill: vacuum the table, and look in pg_stat_user_tables "
          + "for scans that an index should serve.")
  }
}
