import LiveDriver

/// A session whose server process can be watched while it works; one thread uses it at a time.
final class Probe: @unchecked Sendable {
  /// What some work cost.
  struct Cost: Sendable, Hashable {
    /// Seconds from the first byte sent to the last one received.
    var wall: Double
    /// Seconds of the server process on a core; where it is out of reach `wall`, which at low load
    /// is too much by the way there and back.
    var cpu: Double
    /// Seconds of this thread on a core.
    var client: Double

    func per(_ count: Int) -> Cost {
      let n = Double(max(1, count))
      return Cost(wall: wall / n, cpu: cpu / n, client: client / n)
    }
  }

  let connection: Connection
  let process: Int
  /// False where CPU times are elapsed times.
  let seesProcessor: Bool

  init(_ server: ConnectionString) throws(ServerError) {
    connection = try Connection(server, applicationName: "rehearse calibrate")
    process = connection.backendPID
    let isHere = (server["host"] ?? "/").hasPrefix("/")
    seesProcessor = isHere && ProcessorTime.of(process: process) != nil
    try connection.execute(
      """
      SET max_parallel_workers_per_gather = 0; SET jit = off; SET lock_timeout = '10s';
      SET statement_timeout = '60s'; SET plan_cache_mode = force_generic_plan
      """)
  }

  func cost(_ body: () throws(ServerError) -> Void) throws(ServerError) -> Cost {
    let before = seesProcessor ? ProcessorTime.of(process: process) : nil
    let client = ProcessorTime.ofThisThread()
    let start = monotonicSeconds()
    try body()
    let wall = monotonicSeconds() - start
    let spent = ProcessorTime.ofThisThread() - client
    let after = seesProcessor ? ProcessorTime.of(process: process) : nil
    let cpu = before.flatMap { before in after.map { $0.running - before.running } }
    return Cost(wall: wall, cpu: cpu ?? wall, client: spent)
  }

  /// The log's position, bytes.
  func logPosition() throws(ServerError) -> Double {
    try connection.execute(
      "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8"
    ).real(0, 0) ?? 0
  }

  /// Records and page images written so far; nil before version 15, which does not publish its
  /// counters on demand.
  func logCounters() throws(ServerError) -> (records: Double, images: Double)? {
    guard connection.serverVersion >= 150_000 else { return nil }
    try connection.execute("SELECT pg_stat_force_next_flush()")
    let rows = try connection.execute(
      "SELECT wal_records::float8, wal_fpi::float8 FROM pg_stat_wal")
    guard let records = rows.real(0, 0), let images = rows.real(0, 1) else { return nil }
    return (records, images)
  }
}
