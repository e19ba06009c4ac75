import Glibc
import LiveDriver
import Synchronization

/// What the application's statements cost when they come as an application's do: at random moments, about a
/// hundred a second, each session's own thread asleep until its next one.
///
/// A loop of the same statement keeps code and rows in the core's cache and everybody awake: it runs in a
/// fraction of the time.
struct PacedMeasurements {
  static let sessions = 8
  let probes: [Probe]

  init(_ server: ConnectionString) throws(ServerError) {
    var probes: [Probe] = []
    for _ in 0..<Self.sessions { probes.append(try Probe(server)) }
    self.probes = probes
    for probe in probes { try StatementMeasurements.prepareSingles(probe.connection) }
  }

  private enum Kind: String, CaseIterable, Sendable {
    /// A read, an update that commits by itself, the same without waiting for the disk, and a read and an
    /// update framed by BEGIN and COMMIT.
    case read, write, memory, framed
  }

  /// Of each kind that many on each session.
  func statements(pass: Int, count: Int) throws -> [String: [Measured.Reading]] {
    let kinds = (0..<count).flatMap { _ in Kind.allCases }
    let readings = try run(pass: pass) { probe, draw in try Self.run(kinds, probe, &draw) }
    return Dictionary(grouping: readings) { "paced_\($0.kind)" }.mapValues { $0.map(\.reading) }
  }

  /// What reads, and where `writing` updates as well, wait for a core while each of `neighbours` keeps one busy.
  ///
  /// An update, marked, wakes once more, when its log is on disk.
  ///
  /// Neighbours that rest for as long as they compute, as batches do, find the sessions on either core when they
  /// go on; beside one that never rests every session soon stays on another core.
  func besideBatches(
    _ neighbours: [Probe], pass: Int, count: Int, resting: Bool, writing: Bool
  ) throws -> [Measured.Reading] {
    let failures = Failures()
    // Longer than the reads take.
    let seconds = Double(count) * Self.longestGap + 0.1
    let crowd = neighbours.map { neighbour in
      let connection = neighbour.connection
      let work = Self.computing(seconds: seconds, rest: resting ? Self.burst : 0)
      return WorkingThread {
        do { try connection.execute(work) } catch {
          failures.first = error
        }
      }
    }
    defer { crowd.forEach { $0.join() } }
    usleep(20_000)
    let kinds = (0..<count).map { writing && $0 % 2 > 0 ? Kind.write : .read }
    return try run(pass: pass + 1_000) { probe, draw in try Self.run(kinds, probe, &draw) }
      .map { $0.reading.merging(["write": $0.kind == Kind.write.rawValue ? 1 : 0]) { $1 } }
  }

  /// Seconds between two statements of a session.
  private static let longestGap = 0.15

  private struct Timed: Sendable {
    var kind: String
    var reading: Measured.Reading
  }

  /// One thread a session.
  private func run(
    pass: Int, _ work: @escaping @Sendable (Probe, inout Draw) throws -> [Timed]
  ) throws -> [Timed] {
    let failures = Failures()
    let all = Mutex<[Timed]>([])
    let threads = probes.enumerated().map { number, probe in
      WorkingThread {
        var draw = Draw(stream: UInt64(pass * Self.sessions + number + 1))
        do {
          let readings = try work(probe, &draw)
          all.withLock { $0 += readings }
        } catch {
          failures.first = error
        }
      }
    }
    threads.forEach { $0.join() }
    if let error = failures.first { throw error }
    return all.withLock { $0 }
  }

  private static func run(_ kinds: [Kind], _ probe: Probe, _ draw: inout Draw) throws -> [Timed] {
    var timed: [Timed] = []
    var before = ProcessorTime.of(process: probe.process)
    for kind in kinds {
      let key = "\(draw.below(CalibrationTables.hotRows) + 1)"
      if kind == .memory { try probe.connection.execute("SET synchronous_commit = off") }
      usleep(UInt32(draw.below(Int(longestGap * 1e6))))
      if kind == .memory { before = ProcessorTime.of(process: probe.process) }
      let client = ProcessorTime.ofThisThread()
      let start = monotonicSeconds()
      switch kind {
      case .read: try probe.connection.execute(prepared: "read_one", [key])
      case .write, .memory: try probe.connection.execute(prepared: "write_one", [key])
      case .framed:
        try probe.connection.execute("BEGIN")
        try probe.connection.execute(prepared: "read_one", [key])
        try probe.connection.execute(prepared: "write_one", [key])
        try probe.connection.execute("COMMIT")
      }
      let wall = monotonicSeconds() - start
      let spent = ProcessorTime.ofThisThread() - client
      // The server process still tidies up when its answer is here.
      usleep(2_000)
      let after = ProcessorTime.of(process: probe.process)
      var reading: Measured.Reading = ["wall": wall, "client": spent, "cpu": wall]
      if probe.seesProcessor, let before, let after {
        reading["cpu"] = after.running - before.running
        reading["queued"] = after.waiting - before.waiting
      }
      timed.append(Timed(kind: kind.rawValue, reading: reading))
      if kind == .memory { try probe.connection.execute("RESET synchronous_commit") }
      before = ProcessorTime.of(process: probe.process)
    }
    return timed
  }

  /// Seconds that a neighbour computes before it rests: a batch's order of magnitude.
  private static let burst = 0.02

  /// Keeps a server process computing for that long, with a rest after each burst.
  private static func computing(seconds: Double, rest: Double) -> String {
    """
    DO $$ DECLARE ending timestamptz := clock_timestamp() + interval '\(seconds) s'; burst timestamptz;
    BEGIN
      WHILE clock_timestamp() < ending LOOP
        burst := clock_timestamp() + interval '\(burst) s';
        WHILE clock_timestamp() < burst LOOP END LOOP;
        PERFORM pg_sleep(\(rest));
      END LOOP;
    END $$
    """
  }
}
