import Estimates
import Glibc
import LiveDriver

/// What a row of a batch costs: where versions stay on their page and where they leave it, with none, one and
/// three indexes, with page images and without, of two widths, in shared buffers and not; and beside another
/// batch.
struct BatchMeasurements {
  /// A table that batches go through, each row once.
  private struct Course {
    var table: String
    var indexes: Int
    /// Its rows are so many times as wide as the scenario's.
    var widening = 1
    /// No shared buffer holds its rows.
    var isUnread = false
    /// Versions leave their page.
    var moves = true
    /// Batches are ranges of blocks rather than of keys, where no index leads to a row.
    var rowsOfBlock: Int?

    /// As each connection knows its statement.
    var statement: String { "batch \(table)" }

    var sql: String {
      let range =
        rowsOfBlock == nil
        ? "id > $1 AND id <= $2"
        : "ctid >= $1::tid AND ctid < $2::tid"
      return "UPDATE \(table) SET v = v + 1 WHERE \(range)"
    }

    func parameters(_ bounds: (from: Int, to: Int)) -> [String] {
      [bounds.from, bounds.to].map { rowsOfBlock == nil ? "\($0)" : "(\($0),0)" }
    }
  }

  private static let plain = Course(table: CalibrationTables.plain, indexes: 1)
  private static let indexed = Course(
    table: CalibrationTables.indexed, indexes: 1 + CalibrationTables.secondaryIndexes)

  let probe: Probe
  private let rowWidth: Int
  private let courses: [Course]
  /// The next key or block that no batch has touched yet, by table.
  private var next: [String: Int] = [:]

  init(_ probe: Probe, rowWidth: Int, rowsOfBlock: Int) throws(ServerError) {
    self.probe = probe
    self.rowWidth = rowWidth
    var courses = [
      Self.plain, Self.indexed,
      Course(table: CalibrationTables.roomy, indexes: 1, moves: false),
      Course(table: CalibrationTables.wide, indexes: 1, widening: CalibrationTables.widening),
      Course(
        table: CalibrationTables.wideRoomy, indexes: 1, widening: CalibrationTables.widening,
        moves: false),
    ]
    // Before 14 a range of blocks is found by a scan of all.
    if probe.connection.serverVersion >= 140_000 {
      for table in [CalibrationTables.bare, CalibrationTables.unread] {
        courses.append(
          Course(
            table: table, indexes: 0, isUnread: table == CalibrationTables.unread,
            rowsOfBlock: rowsOfBlock))
      }
    }
    self.courses = courses
    for course in courses { try probe.connection.prepare(course.statement, course.sql) }
  }

  static func prepareNeighbour(_ connection: Connection) throws(ServerError) {
    try connection.prepare(plain.statement, plain.sql)
  }

  /// The bounds of the next batch of about that many rows.
  private mutating func take(_ rows: Int, of course: Course) -> (from: Int, to: Int)? {
    let (size, all) =
      course.rowsOfBlock.map { (max(1, rows / $0), CalibrationTables.fewerRows / $0) }
      ?? (rows, CalibrationTables.rows(of: course.table))
    let from = next[course.table, default: 0]
    guard from + size <= all else { return nil }
    next[course.table] = from + size
    return (from, from + size)
  }

  /// Of the batches that a pass runs on each table: the last finds every leaf changed since the checkpoint.
  static let sizes = [250, 2_500, 2_500]

  /// Batches on all tables; `fresh` says that a checkpoint has just been.
  mutating func batches(fresh: Bool) throws(ServerError) -> [Measured.Reading] {
    var readings: [Measured.Reading] = []
    for course in courses {
      for (place, rows) in Self.sizes.enumerated() {
        guard let bounds = take(rows, of: course) else { continue }
        // A backfill's batches come after a pause: caches hold other things.
        usleep(50_000)
        var reading = try batch(course, bounds)
        reading["from"] = Double(bounds.from)
        reading["indexes"] = Double(course.indexes)
        reading["moves"] = course.moves ? 1 : 0
        reading["wide"] = course.widening > 1 ? 1 : 0
        let width = CalibrationTables.width(rowWidth, times: course.widening)
        reading["kibibytes"] = Double(width) / 1_024
        let ofPage = Double(PageFit(rowWidth: width, adds: 0, fillfactor: 100).rowsPerPage)
        let pages = (reading["rows"] ?? 0) / ofPage
        reading["new_pages"] = course.moves ? pages : 0
        reading["fetched_pages"] = course.isUnread ? pages : 0
        reading["blocks"] = course.rowsOfBlock == nil ? 0 : 1
        reading["fresh"] = fresh ? 1 : 0
        reading["place"] = Double(place)
        readings.append(reading)
      }
    }
    return readings
  }

  private func batch(
    _ course: Course, _ bounds: (from: Int, to: Int)
  ) throws(ServerError) -> Measured.Reading {
    let connection = probe.connection
    let counters = try probe.logCounters()
    let log = try probe.logPosition()
    let before = ProcessorTime.of(process: probe.process)
    var rows = 0
    let statement = try probe.cost { () throws(ServerError) in
      try connection.execute("BEGIN")
      rows = try connection.execute(
        prepared: course.statement, course.parameters(bounds)
      ).affected
    }
    let after = ProcessorTime.of(process: probe.process)
    let written = try probe.logPosition() - log
    let commit = try probe.cost { () throws(ServerError) in try connection.execute("COMMIT") }
    var reading: Measured.Reading = [
      "rows": Double(rows), "cpu": statement.cpu, "wall": statement.wall, "log": written,
      "commit": commit.wall, "commit_cpu": commit.cpu,
    ]
    if let before, let after { reading["queued"] = after.waiting - before.waiting }
    if let counters, let after = try probe.logCounters() {
      reading["images"] = after.images - counters.images
      reading["records"] = after.records - counters.records
    }
    return reading
  }

  /// How long a row takes alone and beside a batch of another worker, the run queue apart: its own CPU, and what
  /// it waits for the other's latches; nothing where the queue cannot be seen.
  ///
  /// Many short ones: whoever has to make a new log file meanwhile takes several times as long.
  mutating func contention(_ other: Probe) throws -> [Measured.Reading] {
    var readings: [Measured.Reading] = []
    for _ in 0..<3 { readings += try besideAnother(other) }
    return readings
  }

  private mutating func besideAnother(_ other: Probe) throws -> [Measured.Reading] {
    let (course, rows) = (Self.plain, 500)
    guard probe.seesProcessor, let alone = take(rows, of: course),
      let mine = take(rows, of: course), let theirs = take(2 * rows, of: course)
    else { return [] }
    let single = try batch(course, alone)
    let neighbour = Neighbour(other, course.statement, course.parameters(theirs))
    // Until it is at work.
    usleep(1_000)
    let together = try batch(course, mine)
    try neighbour.join()
    func service(_ reading: Measured.Reading) -> Double? {
      reading["wall"].flatMap { wall in reading["queued"].map { (wall - $0) / Double(rows) } }
    }
    guard let one = service(single), let two = service(together) else { return [] }
    return [["alone": one, "together": two]]
  }
}

/// A batch that another session runs meanwhile.
private final class Neighbour {
  private let thread: WorkingThread
  private let failure = Failures()

  init(_ probe: Probe, _ statement: String, _ bounds: [String]) {
    let connection = probe.connection
    thread = WorkingThread { [failure] in
      do {
        try connection.execute("BEGIN")
        try connection.execute(prepared: statement, bounds)
        try connection.execute("COMMIT")
      } catch {
        failure.first = error
      }
    }
  }

  func join() throws {
    thread.join()
    if let error = failure.first { throw error }
  }
}

/// Written by one thread, read after it was joined.
final class Failures: @unchecked Sendable { var first: (any Error)? }
