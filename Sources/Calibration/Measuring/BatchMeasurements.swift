import LiveDriver

/// What a row of a batch costs, warm and right after a checkpoint, with few indexes and with more, and
/// beside another batch.
struct BatchMeasurements {
  let probe: Probe
  /// The next key that no batch has touched yet, by table.
  private var next: [String: Int] = [:]

  init(_ probe: Probe) throws(ServerError) {
    self.probe = probe
    for table in [CalibrationTables.plain, CalibrationTables.indexed] {
      try Self.prepare(table, probe.connection)
    }
  }

  static func prepare(_ table: String, _ connection: Connection) throws(ServerError) {
    try connection.prepare(
      "batch \(table)", "UPDATE \(table) SET v = v + 1 WHERE id > $1 AND id <= $2")
  }

  private mutating func take(_ rows: Int, of table: String) -> Int? {
    let from = next[table, default: 0]
    guard from + rows <= CalibrationTables.rows else { return nil }
    next[table] = from + rows
    return from
  }

  /// Batches of two sizes on both tables; `fresh` says that a checkpoint has just been.
  mutating func batches(fresh: Bool) throws(ServerError) -> [Measured.Reading] {
    var readings: [Measured.Reading] = []
    for (table, indexes) in [
      (CalibrationTables.plain, 1),
      (CalibrationTables.indexed, 1 + CalibrationTables.secondaryIndexes),
    ] {
      for rows in [250, 2_500] {
        guard let from = take(rows, of: table) else { continue }
        var reading = try batch(table, from, rows)
        reading["indexes"] = Double(indexes)
        reading["fresh"] = fresh ? 1 : 0
        readings.append(reading)
      }
    }
    return readings
  }

  private func batch(_ table: String, _ from: Int, _ rows: Int) throws(ServerError)
    -> Measured.Reading
  {
    let connection = probe.connection
    let counters = try probe.logCounters()
    let log = try probe.logPosition()
    let statement = try probe.cost { () throws(ServerError) in
      try connection.execute("BEGIN")
      try connection.execute(prepared: "batch \(table)", ["\(from)", "\(from + rows)"])
    }
    let written = try probe.logPosition() - log
    let commit = try probe.cost { () throws(ServerError) in try connection.execute("COMMIT") }
    var reading: Measured.Reading = [
      "rows": Double(rows), "cpu": statement.cpu, "wall": statement.wall, "log": written,
      "commit": commit.wall, "commit_cpu": commit.cpu,
    ]
    if let counters, let after = try probe.logCounters() {
      reading["images"] = after.images - counters.images
      reading["records"] = after.records - counters.records
    }
    return reading
  }

  /// CPU of a row alone and beside a batch of another worker; nil where CPU cannot be seen.
  mutating func contention(_ other: Probe) throws -> [Measured.Reading] {
    let (table, rows) = (CalibrationTables.indexed, 2_500)
    guard probe.seesProcessor, let alone = take(rows, of: table),
      let mine = take(rows, of: table), let theirs = take(rows, of: table)
    else { return [] }
    let single = try batch(table, alone, rows)
    let neighbour = Neighbour(other, table: table, from: theirs, rows: rows)
    let together = try batch(table, mine, rows)
    try neighbour.join()
    guard let one = single["cpu"], let two = together["cpu"] else { return [] }
    return [["alone": one / Double(rows), "together": two / Double(rows)]]
  }
}

/// A batch that another session runs meanwhile.
private final class Neighbour {
  private let thread: WorkingThread
  private let failure = Failures()

  init(_ probe: Probe, table: String, from: Int, rows: Int) {
    let connection = probe.connection
    thread = WorkingThread { [failure] in
      do {
        try connection.execute("BEGIN")
        try connection.execute(prepared: "batch \(table)", ["\(from)", "\(from + rows)"])
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
