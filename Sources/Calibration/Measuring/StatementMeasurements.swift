import LiveDriver

/// What statements of the application cost: parsing, rows, transactions.
struct StatementMeasurements {
  let probe: Probe
  private static let statements = 150

  init(_ probe: Probe) throws(ServerError) {
    self.probe = probe
    let connection = probe.connection
    for (name, table) in [("read", CalibrationTables.plain), ("read_hot", CalibrationTables.hot)] {
      try connection.prepare(name, "SELECT * FROM \(table) WHERE id = ANY($1::bigint[])")
    }
    try connection.prepare(
      "write", "UPDATE \(CalibrationTables.hot) SET v = v + 1 WHERE id = ANY($1::bigint[])")
    try Self.prepareSingles(connection)
    try connection.prepare(
      "lock", "SELECT id FROM \(CalibrationTables.plain) WHERE id > $1 AND id <= $2 FOR UPDATE")
    try connection.prepare(
      "step",
      "SELECT id FROM \(CalibrationTables.plain) WHERE id > $1 ORDER BY id OFFSET $2 LIMIT 1")
    try connection.prepare(
      "expression", "SELECT count(upper(substr(pad, 1, 8))) FROM \(CalibrationTables.plain)")
    try connection.prepare(
      "write_plain", "UPDATE \(CalibrationTables.plain) SET v = v + 1 WHERE id = $1")
    try connection.prepare("scan", "SELECT count(pad) FROM \(CalibrationTables.plain)")
  }

  private static let readOne = "SELECT * FROM \(CalibrationTables.hot) WHERE id = $1"

  /// Statements of one row that several sessions run.
  static func prepareSingles(_ connection: Connection) throws(ServerError) {
    try connection.prepare("read_one", readOne)
    try connection.prepare(
      "write_one", "UPDATE \(CalibrationTables.hot) SET v = v + 1 WHERE id = $1")
  }

  /// Reads by key, of one row and of many; with what the client pays.
  mutating func reads(_ draw: inout Draw) throws(ServerError) -> [Measured.Reading] {
    var readings: [Measured.Reading] = []
    for rows in [1, 8, 40] {
      let keys = (0..<Self.statements).map { _ in draw.keys(rows, of: CalibrationTables.rows) }
      let cost = try probe.cost { () throws(ServerError) in
        for key in keys { try probe.connection.execute(prepared: "read", [key]) }
      }.per(Self.statements)
      readings.append([
        "rows": Double(rows), "cpu": cost.cpu, "wall": cost.wall, "client": cost.client,
      ])
    }
    return readings
  }

  /// One row by one statement, alone and framed by BEGIN and COMMIT.
  mutating func transactions(_ draw: inout Draw) throws(ServerError) -> [Measured.Reading] {
    let keys = (0..<Self.statements).map { _ in "\(draw.below(CalibrationTables.hotRows) + 1)" }
    let alone = try probe.cost { () throws(ServerError) in
      for key in keys { try probe.connection.execute(prepared: "read_one", [key]) }
    }.per(Self.statements)
    let framed = try probe.cost { () throws(ServerError) in
      for key in keys {
        try probe.connection.execute("BEGIN")
        try probe.connection.execute(prepared: "read_one", [key])
        try probe.connection.execute("COMMIT")
      }
    }.per(Self.statements)
    let planned = try probe.cost { () throws(ServerError) in
      for key in keys { try probe.connection.execute(Self.readOne, [key]) }
    }.per(Self.statements)
    return [
      [
        "alone": alone.cpu, "framed": framed.cpu, "wall": alone.wall, "client": alone.client,
        "framed_client": framed.client, "planned": planned.cpu,
      ]
    ]
  }

  /// Updates on the same page, of one row and of many.
  mutating func heapOnlyUpdates(_ draw: inout Draw) throws(ServerError) -> [Measured.Reading] {
    try probe.connection.execute("SET synchronous_commit = off")
    defer { _ = try? probe.connection.execute("RESET synchronous_commit") }
    // Every page has then been changed since the last checkpoint, and has room again: neither images nor
    // prunings nor versions that leave their page are among the log below.
    try probe.connection.execute("UPDATE \(CalibrationTables.hot) SET v = v + 1")
    try probe.connection.execute("VACUUM \(CalibrationTables.hot)")
    var readings: [Measured.Reading] = []
    for rows in [1, 8, 40] {
      let keys = (0..<Self.statements).map { _ in draw.keys(rows, of: CalibrationTables.hotRows) }
      let log = try probe.logPosition()
      let cost = try probe.cost { () throws(ServerError) in
        for key in keys { try probe.connection.execute(prepared: "write", [key]) }
      }.per(Self.statements)
      let reads = try probe.cost { () throws(ServerError) in
        for key in keys { try probe.connection.execute(prepared: "read_hot", [key]) }
      }.per(Self.statements)
      readings.append([
        "rows": Double(rows), "cpu": cost.cpu, "read_cpu": reads.cpu,
        "log": (try probe.logPosition() - log) / Double(Self.statements),
      ])
    }
    return readings
  }

  /// Updates on full pages that an update has left already: each prunes the one before it.
  ///
  /// `pass` counts from 0; each pass has pages of its own, behind those that batches reach.
  mutating func updatesOfFullPages(pass: Int, rowsOfBlock: Int) throws(ServerError)
    -> [Measured.Reading]
  {
    let (pages, updates, connection) = (20, 4, probe.connection)
    let first = CalibrationTables.rows - (pass + 1) * pages * rowsOfBlock
    guard rowsOfBlock > updates + 1, first > CalibrationTables.rows / 2 else { return [] }
    func update(_ number: Int) throws(ServerError) {
      for page in 0..<pages {
        // The middle of what lies on one page, wherever it begins.
        let key = first + page * rowsOfBlock + rowsOfBlock / 2 + number
        try connection.execute(prepared: "write_plain", ["\(key)"])
      }
    }
    try connection.execute("SET synchronous_commit = off")
    defer { _ = try? connection.execute("RESET synchronous_commit") }
    try update(0)
    let log = try probe.logPosition()
    for number in 1...updates { try update(number) }
    let count = Double(updates * pages)
    return [["log": (try probe.logPosition() - log) / count]]
  }

  /// Steps over index entries, locks of rows, a sequential scan and an expression.
  mutating func scans(_ draw: inout Draw) throws(ServerError) -> [Measured.Reading] {
    var reading: Measured.Reading = [:]
    let connection = probe.connection
    for (name, rows) in [("few", 200), ("many", 8_000)] {
      let from = draw.below(CalibrationTables.rows - rows)
      let steps = try probe.cost { () throws(ServerError) in
        for i in 0..<5 {
          try connection.execute(prepared: "step", ["\(from + i)", "\(rows - 10)"])
        }
      }.per(5)
      try connection.execute("BEGIN")
      let locks = try probe.cost { () throws(ServerError) in
        try connection.execute(prepared: "lock", ["\(from)", "\(from + rows)"])
      }
      try connection.execute("ROLLBACK")
      reading["step_\(name)"] = steps.cpu
      reading["lock_\(name)"] = locks.cpu
      reading["rows_\(name)"] = Double(rows)
    }
    let plain = try probe.cost { () throws(ServerError) in
      try connection.execute(prepared: "scan")
    }
    let expression = try probe.cost { () throws(ServerError) in
      try connection.execute(prepared: "expression")
    }
    reading["scan"] = plain.cpu / Double(CalibrationTables.rows)
    reading["expression"] = max(0, expression.cpu - plain.cpu) / Double(CalibrationTables.rows)
    return [reading]
  }
}
