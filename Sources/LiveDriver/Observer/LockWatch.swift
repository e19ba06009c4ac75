import Measurements
import Primitives

/// Looks for sessions that wait for row locks, on a connection of its own.
///
/// It asks the server only while some statement has been running for a while: nobody can have waited
/// long otherwise.
final class LockWatch {
  /// A wait of 10 ms is seen at least once.
  static let period = TimeSpan.milliseconds(5)

  /// How many waited, as of one look.
  struct Count: Hashable, Sendable {
    var at: Instant
    var app: Int
    var batches: Int
  }

  private let board: StatementBoard
  private let clock: LiveClock
  private let meter: SignalMeterBox
  private let sensors: Sensors
  private let server: ConnectionString
  private var connection: Connection
  private(set) var seen: [SeenWait] = []
  private(set) var counts: [Count] = []
  private(set) var looks = 0
  /// Waits of the last look, as indices into `seen`.
  private var open: [Int] = []
  /// Since when a session has waited, where the server does not say (before version 14).
  private var lastCount = 0

  init(
    _ server: ConnectionString, board: StatementBoard, sensors: Sensors, meter: SignalMeterBox,
    clock: LiveClock
  ) throws(ServerError) {
    self.board = board
    self.clock = clock
    self.meter = meter
    self.sensors = sensors
    self.server = server
    connection = try Self.connect(server)
  }

  private static func connect(_ server: ConnectionString) throws(ServerError) -> Connection {
    let connection = try Connection(server, applicationName: "rehearse observer")
    // Its age is taken by the server's clock, so the two clocks need not agree.
    let start =
      connection.serverVersion >= 140_000
      ? "extract(epoch FROM clock_timestamp() - max(waitstart)), max(waitstart)::text"
      : "NULL::float8, NULL::text"
    try connection.prepare(
      "waits",
      """
      SELECT pid, \(start) FROM pg_locks
      WHERE NOT granted AND locktype IN ('transactionid', 'tuple') GROUP BY pid
      """)
    return connection
  }

  /// Looks until told to stop.
  func work(until isOver: () -> Bool) {
    var next = clock.now
    while !isOver() {
      next = max(next + Self.period, clock.now)
      clock.sleep(until: next)
      let now = clock.now
      if !open.isEmpty || board.hasStatement(longerThan: LongStatement.shortest, at: now) {
        do { try look() } catch { recover() }
      }
    }
  }

  /// A server that restarts has ended every wait, and is asked again when it is back.
  private func recover() {
    clock.sleep(until: clock.now + .milliseconds(200))
    guard connection.isLost else { return }
    let now = clock.now
    for index in open { seen[index].firstGone = now }
    open = []
    count(now)
    do { connection = try Self.connect(server) } catch {}
  }

  private func look() throws(ServerError) {
    let asked = clock.now
    let rows = try connection.execute(prepared: "waits")
    looks += 1
    // The server read its clock between the two.
    let answered = clock.now
    let at = asked + TimeSpan(nanoseconds: (answered - asked).nanoseconds / 2)
    var still: [Int] = []
    for row in 0..<rows.count {
      guard let pid = rows.integer(row, 0), let session = session(of: pid) else { continue }
      let half = TimeSpan(nanoseconds: Self.period.nanoseconds / 2)
      let seen = SeenWait(
        session: Int32(session), isBatch: board.isBatch(session), name: rows.text(row, 2) ?? "",
        start: at - (rows.real(row, 1).map { TimeSpan(seconds: $0) } ?? half),
        uncertainty: answered - asked, lastSeen: at)
      still.append(note(seen))
    }
    for index in open where !still.contains(index) {
      seen[index].firstGone = at
      let waited = seen[index].lastSeen - seen[index].start
      if waited >= Recorder.shortestWait { meter.waited(waited) }
    }
    open = still
    count(at)
  }

  /// A wait that was seen before goes on; any other is new.
  private func note(_ wait: SeenWait) -> Int {
    let known = open.first { seen[$0].session == wait.session && seen[$0].name == wait.name }
    guard let known else {
      seen.append(wait)
      return seen.count - 1
    }
    seen[known].lastSeen = wait.lastSeen
    if !wait.name.isEmpty, wait.uncertainty < seen[known].uncertainty {
      seen[known].start = wait.start
      seen[known].uncertainty = wait.uncertainty
    }
    return known
  }

  private func session(of pid: Int) -> Int? {
    (0..<board.count).first { board.backend($0) == pid }
  }

  private func count(_ now: Instant) {
    let batches = open.count { seen[$0].isBatch }
    sensors.lockWaiting(open.count)
    if open.isEmpty && lastCount == 0 { return }
    lastCount = open.count
    counts.append(Count(at: now, app: open.count - batches, batches: batches))
  }
}
