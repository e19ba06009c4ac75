import Foundation
import LiveDriver
import Scenarios

/// All measurements of one server, pass by pass: each pass does all of them once, so that a neighbour
/// who comes and goes falls on all alike and shows in what differs between passes.
package struct CalibrationCourse {
  /// Enough for an interval of each cost.
  package static let usualPasses = 10
  package let passes: Int

  private let servers: LiveTarget
  private let rowWidth: Int
  /// The server's data folder, where it is ours and here; nil otherwise.
  private let folder: String?
  private var draw = Draw()

  /// What an interrupted calibration left: whose it is, and what was measured.
  package struct Partial: Sendable, Hashable, Codable {
    package var fingerprint: String
    package var measured: Measured

    package init(fingerprint: String, measured: Measured) {
      self.fingerprint = fingerprint
      self.measured = measured
    }
  }

  package init(
    _ servers: LiveTarget, for scenario: Scenario, folder: String?, passes: Int = usualPasses
  ) {
    self.passes = passes
    self.servers = servers
    self.folder = folder
    rowWidth = scenario.tables.first?.rowWidth ?? 200
  }

  /// What a partial calibration has to agree in to be gone on with.
  package func fingerprint() throws(ServerError) -> String {
    let connection = try Connection(
      servers.primary.observation, applicationName: "rehearse calibrate")
    let version = try connection.execute("SHOW server_version").scalar ?? ""
    let buffers = try connection.execute("SHOW shared_buffers").scalar ?? ""
    return
      "postgresql \(version), \(ProcessorMeasurements.cores) cores, buffers \(buffers), rows of "
      + "\(rowWidth) bytes, \(servers.replicas.count) replicas"
  }

  /// Does the passes that are missing.
  ///
  /// `finished` is told after each, to keep what there is; `shouldStop` is asked before each.
  package mutating func run(
    from start: Measured, shouldStop: () -> Bool, finished: (Measured, Int) throws -> Void
  ) throws -> Measured {
    var measured = start
    var work = try Passes(servers, rowWidth: rowWidth, folder: folder)
    defer { work.remove() }
    while measured["pass"].count < self.passes, !shouldStop() {
      let number = measured["pass"].count
      let began = monotonicSeconds()
      var pass = Measured()
      try work.run(number, &draw, into: &pass)
      pass.add("pass", [["seconds": monotonicSeconds() - began]])
      measured.add(pass, number: number)
      try finished(measured, number + 1)
    }
    return measured
  }

  package func isComplete(_ measured: Measured) -> Bool {
    measured["pass"].count >= passes
  }
}

/// The sessions and tables that the passes work with.
private struct Passes {
  private let administration: Connection
  private let probe: Probe
  private let others: [Probe]
  /// As many as there are cores.
  private let neighbours: [Probe]
  private let rowsOfBlock: Int
  private var statements: StatementMeasurements
  private let paced: PacedMeasurements
  private var batches: BatchMeasurements
  private var commits: CommitMeasurements
  private var locks: LockMeasurements
  private var replay: ReplayMeasurements?
  private let folder: String?
  /// Where the servers are on this host.
  private let memory: HeldMemory?

  init(_ servers: LiveTarget, rowWidth: Int, folder: String?) throws(ServerError) {
    self.folder = folder
    memory = folder.map { _ in HeldMemory() }
    administration = try Connection(
      servers.primary.observation, applicationName: "rehearse calibrate")
    let loader = try Connection(servers.primary.session, applicationName: "rehearse calibrate")
    try CalibrationTables.make(loader, rowWidth: rowWidth)
    _ = try? administration.execute("CHECKPOINT")
    probe = try Probe(servers.primary.session)
    var others: [Probe] = []
    for _ in 0..<3 { others.append(try Probe(servers.primary.session)) }
    self.others = others
    var neighbours: [Probe] = []
    for _ in 0..<min(Self.mostNeighbours, ProcessorMeasurements.cores) {
      neighbours.append(try Probe(servers.primary.session))
    }
    self.neighbours = neighbours
    statements = try StatementMeasurements(probe)
    for other in others { try StatementMeasurements.prepareSingles(other.connection) }
    paced = try PacedMeasurements(servers.primary.session)
    let rows = try probe.connection.execute(
      "SELECT reltuples / relpages FROM pg_class WHERE oid = $1::regclass",
      [CalibrationTables.plain]
    ).real(0, 0)
    rowsOfBlock = max(1, Int(rows ?? 1))
    batches = try BatchMeasurements(probe, rowWidth: rowWidth, rowsOfBlock: rowsOfBlock)
    try BatchMeasurements.prepareNeighbour(others[0].connection)
    commits = try CommitMeasurements(probe)
    locks = LockMeasurements(
      holder: probe, waiter: others[0], observer: others[1].connection)
    if let replica = servers.replicas.first {
      replay = try ReplayMeasurements(
        probe, administration: administration,
        replica: try Connection(replica.observation, applicationName: "rehearse calibrate"),
        rowsOfBlock: rowsOfBlock)
    }
  }

  /// Beyond so many cores not all are kept busy.
  private static let mostNeighbours = 32

  func remove() {
    // The server may be gone, and its tables with it.
    _ = try? CalibrationTables.remove(probe.connection)
    if let folder { StorageMeasurements.removeFiles(folder: folder) }
  }

  mutating func run(_ number: Int, _ draw: inout Draw, into measured: inout Measured) throws {
    let isOdd = number % 2 == 1
    measured.add("select", try statements.reads(&draw))
    measured.add("transaction", try statements.transactions(&draw))
    measured.add("hot", try statements.heapOnlyUpdates(&draw))
    measured.add(
      "full", try statements.updatesOfFullPages(pass: number, rowsOfBlock: rowsOfBlock))
    let shipping = replay?.shippingTime
    let paced = try paced.statements(pass: number, count: 5)
    if let shipping, let after = replay?.shippingTime {
      // One that does not wait for its flush is followed by one all the same.
      let flushes = ["paced_write", "paced_framed", "paced_memory"].reduce(0) { sum, kind in
        sum + paced[kind, default: []].count
      }
      measured.add("ship", [["cpu": after - shipping, "flushes": Double(flushes)]])
    }
    for (kind, readings) in paced.sorted(by: { $0.key < $1.key }) { measured.add(kind, readings) }
    measured.add("scan", try statements.scans(&draw))
    if isOdd { try checkpoint(into: &measured) }
    try batches(fresh: isOdd, into: &measured)
    measured.add("commit_bytes", try commits.afterBytes())
    measured.add("group", try CommitMeasurements.group([probe] + others, seconds: 0.5))
    measured.add("handoff", try locks.handOffs())
    if probe.seesProcessor { try processor(number, into: &measured) }
    if let folder {
      measured.add("reads", StorageMeasurements.reads(folder: folder, count: 60))
      measured.add("flush", StorageMeasurements.flushes(folder: folder, pass: number))
      measured.add("burst", StorageMeasurements.burst(folder: folder, pass: number))
      measured.add(
        "log_file",
        StorageMeasurements.logFiles(folder: folder, pass: number, count: 3))
      if let seconds = StorageMeasurements.dirtyExpire() {
        measured.add("host", [["dirty_expire": seconds]])
      }
    }
    if let reading = try replay?.backlog(images: isOdd) { measured.add("replay", [reading]) }
  }

  private mutating func batches(fresh: Bool, into measured: inout Measured) throws {
    try replay?.pause()
    defer { replay?.resume() }
    measured.add("batch", try batches.batches(fresh: fresh))
    measured.add("contention", try batches.contention(others[0]))
  }

  /// Where the role may not, nothing is known of it.
  private func checkpoint(into measured: inout Measured) throws {
    let pages = try dirtyPages()
    let start = monotonicSeconds()
    guard (try? administration.execute("CHECKPOINT")) != nil else { return }
    let seconds = monotonicSeconds() - start
    measured.add("checkpoint", [["pages": try dirtyPages() - pages, "seconds": seconds]])
  }

  /// Pages that checkpoints have written so far.
  private func dirtyPages() throws(ServerError) -> Double {
    let view =
      probe.connection.serverVersion >= 170_000
      ? "SELECT buffers_written::float8 FROM pg_stat_checkpointer"
      : "SELECT buffers_checkpoint::float8 FROM pg_stat_bgwriter"
    return try administration.execute(view).real(0, 0) ?? 0
  }

  private func processor(_ number: Int, into measured: inout Measured) throws {
    let cores = ProcessorMeasurements.cores
    measured.add(
      "wake", ProcessorMeasurements.wakeUps(busy: 0, count: 60).map { ["idle": $0] })
    measured.add(
      "wake", ProcessorMeasurements.wakeUps(busy: cores, count: 60).map { ["busy": $0] })
    measured.add(
      "crowd",
      try paced.besideBatches(
        neighbours, pass: number, count: 20, resting: false, writing: true))
    if cores > 1 {
      let fewer = Array(neighbours.dropLast())
      measured.add(
        "company",
        try paced.besideBatches(
          fewer, pass: number + 500, count: 12, resting: true, writing: false))
    }
    measured.add("cores", [ProcessorMeasurements.rates(seconds: 0.2)])
    if let slice = ProcessorMeasurements.slice(seconds: 0.2) {
      measured.add("slice", [["seconds": slice]])
    }
  }
}
