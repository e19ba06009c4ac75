import Measurements
import Primitives
import Scenarios

/// Reads the primary's counters once a second and every replica's position many times a second, on
/// connections of its own.
final class ServerWatch {
  /// Lag is linear between two readings.
  static let lagPeriod = TimeSpan.milliseconds(20)
  /// The log's rate is judged second by second.
  static let logPeriod = TimeSpan.milliseconds(100)
  static let counterPeriod = TimeSpan.seconds(1)

  enum Reading: Sendable {
    case lag(replica: Int, TimeSpan, bytes: Int64, shown: TimeSpan)
    case gauge(Gauge, Double)
    case count(Counter, Int64)
  }

  private let clock: LiveClock
  private let sensors: Sensors
  private let primaryServer: ConnectionString
  private let tables: [TableCatalog]
  private var primary: Connection
  private let replicaServers: [ConnectionString]
  private var replicas: [Connection?]
  /// Where each replica was last seen, for as long as it cannot be asked.
  private var replayed: [LogPosition?]
  private var logClock = LogClock()
  private var log = LogPosition(bytes: 0)
  private var counters = ServerCounters()
  private var cpu: CPUTime?
  private let sizeAtStart: Int
  private let blockSize: Int
  private(set) var readings: [(at: Instant, reading: Reading)] = []
  private(set) var looks = 0

  /// `watchesCPU` where the servers have this host to themselves but for the driver.
  init(
    primary: ConnectionString, replicas: [ConnectionString], tables: [TableCatalog],
    watchesCPU: Bool, sensors: Sensors, clock: LiveClock
  ) throws(ServerError) {
    self.clock = clock
    self.sensors = sensors
    primaryServer = primary
    self.tables = tables
    self.primary = try Self.connect(primary, tables)
    replicaServers = replicas
    self.replicas = Array(repeating: nil, count: replicas.count)
    replayed = Array(repeating: nil, count: replicas.count)
    blockSize =
      try self.primary.execute("SELECT current_setting('block_size')").scalar.flatMap { Int($0) }
      ?? 8_192
    if let first = ServerCounters(try self.primary.execute(prepared: "counters")) {
      counters = first
      log = first.log
    }
    sizeAtStart = counters.size
    for index in replicas.indices { self.replicas[index] = try connect(index) }
    if watchesCPU { cpu = CPUTime.now() }
  }

  /// Looks until told to stop, and once more at the end.
  func work(until isOver: () -> Bool) {
    var next = clock.now
    var nextCounters = clock.now
    while !isOver() {
      clock.sleep(until: next, unless: isOver)
      readPositions()
      if clock.now >= nextCounters {
        readCounters()
        nextCounters = nextCounters + Self.counterPeriod
      }
      next = max(next + (replicas.isEmpty ? Self.logPeriod : Self.lagPeriod), clock.now)
    }
    // Sessions publish their counts at most once a second: the last ones are still on their way.
    clock.sleep(until: clock.now + .milliseconds(1_100))
    readPositions()
    readCounters()
  }

  private static func connect(
    _ server: ConnectionString, _ tables: [TableCatalog]
  ) throws(ServerError) -> Connection {
    let connection = try Connection(server, applicationName: "rehearse observer")
    let query = ServerCounters.query(version: connection.serverVersion, tables: tables)
    try connection.prepare("counters", query)
    try connection.prepare(
      "position", "SELECT pg_current_wal_flush_lsn(), pg_current_wal_insert_lsn()")
    return connection
  }

  private func connect(_ index: Int) throws(ServerError) -> Connection {
    let connection = try Connection(replicaServers[index], applicationName: "rehearse observer")
    try connection.prepare(
      "replayed",
      """
      SELECT pg_last_wal_replay_lsn(),
        extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
      """)
    return connection
  }

  private func readPositions() {
    do {
      // The primary first: what a replica replayed meanwhile only makes the lag smaller.
      let rows = try primary.execute(prepared: "position")
      looks += 1
      let now = clock.now
      guard rows.count > 0, let flushed = rows.text(0, 0).flatMap({ LogPosition($0) }),
        let inserted = rows.text(0, 1).flatMap({ LogPosition($0) })
      else { return }
      logClock.record(flushed, at: now)
      let grown = inserted.bytes - log.bytes
      if grown > 0 { readings.append((now, .count(.walBytes, grown))) }
      log = inserted
      sensors.log(inserted, at: now)
    } catch {
      return recoverPrimary()
    }
    for index in replicas.indices { readLag(index) }
    if let slowest = replayed.compactMap({ $0 }).min() { logClock.forget(before: slowest) }
  }

  /// A primary that restarts is asked again when it is back.
  private func recoverPrimary() {
    clock.sleep(until: clock.now + .milliseconds(200))
    guard primary.isLost else { return }
    do { primary = try Self.connect(primaryServer, tables) } catch {}
  }

  private func readLag(_ index: Int) {
    var shown = TimeSpan.zero
    do {
      if replicas[index] == nil { replicas[index] = try connect(index) }
      let rows = try replicas[index]?.execute(prepared: "replayed")
      if let rows, let position = rows.scalar.flatMap({ LogPosition($0) }) {
        replayed[index] = position
        shown = TimeSpan(seconds: rows.real(0, 1) ?? 0)
      }
    } catch {
      // A replica that is away replays nothing: its lag grows from where it was.
      replicas[index] = nil
    }
    guard let position = replayed[index] else { return }
    let now = clock.now
    let lag = logClock.lag(of: position, at: now)
    let bytes = logClock.bytesBehind(position)
    readings.append((now, .lag(replica: index, lag, bytes: bytes, shown: shown)))
    sensors.replica(index, lag: lag, bytes: bytes, at: now)
  }

  private func readCounters() {
    do {
      guard let new = ServerCounters(try primary.execute(prepared: "counters")) else { return }
      looks += 1
      let now = clock.now
      sensors.deadRows(new.deadRows, vacuums: new.runningVacuums, at: now)
      note(new, at: now)
      counters = new
    } catch {
      recoverPrimary()
    }
  }

  private func note(_ new: ServerCounters, at now: Instant) {
    func count(_ counter: Counter, _ amount: Int) {
      if amount > 0 { readings.append((now, .count(counter, Int64(amount)))) }
    }
    func gauge(_ gauge: Gauge, _ value: Double) { readings.append((now, .gauge(gauge, value))) }
    let old = counters
    count(.pageImageBytes, ((new.pageImages ?? 0) - (old.pageImages ?? 0)) * blockSize)
    count(.cacheReads, new.blocksRead + new.blocksHit - old.blocksRead - old.blocksHit)
    count(.cacheMisses, new.blocksRead - old.blocksRead)
    count(.xids, new.nextTransaction - old.nextTransaction)
    count(.checkpoints, new.checkpoints - old.checkpoints)
    count(.vacuums, new.vacuums - old.vacuums)
    count(.heapOnlyUpdates, new.hotUpdates - old.hotUpdates)
    count(.movedUpdates, new.updates - new.hotUpdates - old.updates + old.hotUpdates)
    gauge(.deadRows, Double(new.deadRows))
    gauge(.bloatBytes, Double(max(0, new.size - sizeAtStart)))
    gauge(.horizonAge, new.horizonAge)
    if let retained = new.retained { gauge(.walRetained, Double(retained)) }
    if let before = cpu, let after = CPUTime.now() {
      count(.cpuBusy, Int((after.busy - before.busy).nanoseconds))
      cpu = after
    }
  }
}
