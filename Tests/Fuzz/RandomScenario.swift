import Primitives

/// A valid scenario drawn from a seed, as the YAML text that a user would write.
///
/// Small enough to play in a fraction of a second, and shaped so that every mechanism of the model
/// meets the others: few rows, little memory, little log, short timeouts.
struct RandomScenario {
  let seed: UInt64
  var random: RandomStream
  var lines: [String] = []

  // What later sections refer to.
  var tables: [TableShape] = []
  var replicas: [String] = []
  var classes: [ClassShape] = []
  var hasBackfill = true
  /// Few arrivals and nothing in the way, so that stretches may be skipped.
  var calm = false
  /// Large batches of a small table under transactions that keep several of its rows.
  var collides = false
  /// More log, at once, than files stand ready for.
  var floods = false

  struct TableShape {
    var name: String
    var rows: Int
    var indexes: [String]
  }
  struct ClassShape {
    var name: String
    var isOpen: Bool
    var reads: Bool
  }

  init(seed: UInt64) {
    self.seed = seed
    random = RandomStream(RandomKey(seed: seed, trial: 0, entity: 0xF0_22, purpose: 1))
  }

  /// The scenario of a seed.
  static func text(seed: UInt64) -> String {
    var scenario = RandomScenario(seed: seed)
    scenario.write()
    return scenario.lines.joined(separator: "\n") + "\n"
  }

  private mutating func write() {
    calm = chance(0.15)
    collides = !calm && chance(0.55)
    floods = !calm && !collides && chance(0.3)
    hasBackfill = collides || !chance(0.06)
    lines.append("name: fuzz-\(seed)")
    writeTables()
    if hasBackfill { writeBackfill() }
    writeDatabase()
    writeTraffic()
    if hasBackfill { writeStrategy() }
    writeEvents()
    writeGates()
    let long = calm ? whole(60...120) : whole(1...8)
    lines.append(
      "run: {seed: \(whole(1...1_000_000)), trials: 1, warmup: \(whole(0...3))s, "
        + "before: \(whole(1...5))s, after: \(long)s, horizon: \(calm ? 120 : whole(10...25))s}")
  }

  private mutating func writeTables() {
    let rows =
      calm || floods
      ? whole(100_000...400_000) : collides ? whole(2_000...10_000) : logWhole(2_000...400_000)
    lines.append("tables:")
    for number in 0..<(chance(0.6) ? 1 : whole(2...3)) {
      let table = TableShape(
        name: "public.t\(number)", rows: number == 0 ? rows : logWhole(2_000...100_000),
        indexes: (0..<whole(0...3)).map { "t\(number)_i\($0)" })
      tables.append(table)
      let type = pick(["bigint", "bigint", "uuid4", "uuid7"])
      let order = pick([", order: clustered", ", order: random", ""])
      lines.append(
        "  - name: \(table.name)\n    rows: \(table.rows)\n    row_width: \(logWhole(floods ? 600...1_500 : 30...1_500))B\n"
          + "    fillfactor: \(pick([100, 100, 90, 70, whole(10...100)]))\n"
          + "    primary_key: {column: id, type: \(type)\(order), gaps: \(pick([0, 0, whole(1...60)]))%}"
      )
      guard !table.indexes.isEmpty else { continue }
      lines.append("    indexes:")
      for (i, name) in table.indexes.enumerated() {
        // The column that the backfill sets is in some of them.
        let column = i == 0 && chance(0.4) ? "filled" : "c\(i)"
        let distinct = chance(0.3) ? ", distinct: \(whole(1...table.rows))" : ""
        lines.append("      - {name: \(name), columns: [\(column)]\(distinct)}")
      }
    }
  }

  private mutating func writeBackfill() {
    let filter =
      chance(0.5)
      ? ", where: filled IS NULL, filter_indexed: \(chance(0.5)), rows_matching: \(whole(1...100))%"
      : ""
    let deadline = chance(0.5) ? ", deadline: \(whole(5...60))s" : ""
    lines.append(
      "backfill: {set: {filled: \"f(c0)\"}, adds: \(whole(0...40))B\(filter)\(deadline)}")
  }

  private mutating func writeGates() {
    guard chance(0.4), !classes.isEmpty else { return }
    lines.append("gates:")
    lines.append("  - {id: latency, metric: app.latency.mean, expect: \"<= 50ms\"}")
    lines.append("  - {id: worst, metric: app.latency.max, expect: \"<= 2x before\"}")
    lines.append("  - {id: waits, metric: locks.wait.mean, expect: \"<= 50ms\"}")
    if !replicas.isEmpty {
      lines.append("  - {id: lag, metric: replica.lag.max, expect: \"<= 1s\"}")
    }
  }
}

// Draws.
extension RandomScenario {
  mutating func chance(_ share: Double) -> Bool { random.uniform() < share }
  mutating func whole(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + random.below(range.count)
  }
  /// Every order of magnitude is as likely.
  mutating func logWhole(_ range: ClosedRange<Int>) -> Int {
    let (low, high) = (Double.log(Double(range.lowerBound)), Double.log(Double(range.upperBound)))
    let value = Int(Double.exp(low + (high - low) * random.uniform()))
    return min(max(value, range.lowerBound), range.upperBound)
  }
  mutating func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }
}
