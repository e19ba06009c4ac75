// The application: classes, their statements, keys and pools.
extension RandomScenario {
  mutating func writeTraffic() {
    let count = hasBackfill && !collides ? pick([0, 1, 1, 2, 2, 3]) : whole(1...3)
    guard count > 0 else { return }
    lines.append("traffic:")
    if collides { writeKeeper() }
    for number in 0..<count { writeClass(number) }
    let (app, other) = (pool(), pool())
    lines.append("pools: {app: \(app), other: \(other)}")
  }

  private mutating func pool() -> String {
    let size = pick(collides ? [4, 10, 40] : [1, 2, 4, 10])
    return "{size: \(size), wait_timeout: \(pick(["0ms", "10ms", "200ms", "2s"]))}"
  }

  /// A class that keeps rows of the backfilled table while the application thinks.
  private mutating func writeKeeper() {
    classes.append(ClassShape(name: "keeper", isOpen: true, reads: false))
    let update = "{kind: update, table: \(tables[0].name), rows: \(whole(1...3)), pick: another}"
    let updates = Array(repeating: update, count: whole(2...3)).joined(separator: ", ")
    lines.append(
      "  - {name: keeper, rate: \(whole(40...120))/s, think: \(whole(20...100))ms, pool: app, "
        + "keys: \(keys()), statements: [\(updates)]}")
  }

  private mutating func writeClass(_ number: Int) {
    let onReplica = !replicas.isEmpty && chance(0.2)
    let isOpen = chance(0.75)
    let statements = onReplica ? [select(0)] : transaction()
    let name = "class-\(number)"
    let reads = statements.allSatisfy { $0.contains("kind: select,") }
    classes.append(ClassShape(name: name, isOpen: isOpen, reads: reads))
    var text = ["name: \(name)"]
    if isOpen {
      text.append("rate: \(calm ? whole(10...40) : logWhole(5...250))/s")
      let arrivals = ["poisson", "constant", "{gamma: {cv: 0.4}}", "{gamma: {cv: 2.5}}"]
      text.append("arrivals: \(pick(arrivals))")
      if chance(0.15) { text.append("curve: {\"00:00\": 0.5, \"09:00\": 1.0, \"18:00\": 0.2}") }
    } else {
      text.append("clients: \(whole(1...8))")
      text.append("think_between: \(whole(20...200))ms")
    }
    if onReplica { text.append("on: \(pick(replicas))") }
    text.append("keys: \(keys())")
    if chance(0.4) { text.append("think: \(pick([0, 1, 10, 60]))ms") }
    if chance(0.6) { text.append("timeout: \(pick([3, 15, 100, 500, 2_000]))ms") }
    if chance(0.4) {
      text.append("retry: {max: \(whole(0...3)), backoff: \(pick([0, 10, 100]))ms}")
    }
    text.append("pool: \(pick(["app", "other"]))")
    lines.append("  - " + text.joined(separator: "\n    "))
    lines.append("    statements:")
    for statement in statements { lines.append("      - {\(statement)}") }
  }

  private mutating func transaction() -> [String] {
    (0..<pick([1, 1, 2, 2, 3, 4])).map { _ in statement() }
  }

  private mutating func statement() -> String {
    let table = whole(0...tables.count - 1)
    let kind = pick([
      "select", "update", "update", "update", "select_for_update", "insert", "delete",
    ])
    if kind == "select" { return select(table) }
    let columns = kind == "update" && chance(0.3) ? ", set: [\(pick(["c0", "c1", "filled"]))]" : ""
    let another = chance(0.4) ? ", pick: another" : ""
    return "kind: \(kind), table: \(tables[table].name), rows: \(rows())\(another)\(columns)"
  }

  private mutating func select(_ table: Int) -> String {
    var access = ["primary_key", "primary_key"] + tables[table].indexes
    if tables[table].rows < 10_000 { access.append("scan") }
    return "kind: select, table: \(tables[table].name), rows: \(rows()), by: \(pick(access))"
  }

  private mutating func rows() -> Int { pick([1, 1, 1, 2, 5]) }

  private mutating func keys() -> String {
    switch pick([0, 1, 1, 2, 2, 3]) {
    case 0: "{distribution: uniform}"
    case 1: "{distribution: zipf, s: \(pick(["0.8", "1.0", "1.3"])), scatter: \(chance(0.5))}"
    case 2:
      "{distribution: hotspot, fraction: \(pick(["0.1%", "1%", "20%"])), share: 90%, scatter: \(chance(0.5))}"
    default: "{distribution: latest, s: 1.1}"
    }
  }
}
