import Primitives
import Traffic

extension ScenarioBuilder {
  mutating func buildPools() -> [Pool] {
    let pools = root["pools"].members.map { pool($0.key, $0.value) }
    guard !pools.contains(where: { $0.name == "app" }),
      pools.isEmpty || classes.contains(where: { !$0["pool"].isWritten })
    else { return pools }
    var check = SchemaCheck(version: version)
    let empty = Node(content: .map([]), place: root.place)
    let app = check.check(empty, .section(ScenarioSchema.pool), "pools.app")
    return [pool("app", app)] + pools
  }

  private func pool(_ name: String, _ section: Checked) -> Pool {
    Pool(
      name: name, size: section["size"].integer ?? 1,
      waitTimeout: section["wait_timeout"].span ?? .zero)
  }

  mutating func buildTraffic() -> [TrafficClass] {
    requireDistinct(
      classes.compactMap { section in section["name"].string.map { ($0, section["name"].place) } },
      "traffic class")
    return classes.map { build($0) }
  }

  private mutating func build(_ section: Checked) -> TrafficClass {
    let replica = replicaIndex(section["on"])
    let script = script(section)
    requireStatements(section)
    var result = TrafficClass(
      name: section["name"].string ?? "", arrivals: arrivals(section),
      curve: curve(section["curve"]), replica: replica,
      statements: section["statements"].items.map { statement($0, onReplica: replica != nil) },
      keys: keys(section["keys"]), scatter: section["keys"]["scatter"].flag ?? true,
      think: section["think"].span ?? .zero, timeout: section["timeout"].span,
      retry: .init(
        max: section["retry"]["max"].integer ?? 0,
        backoff: section["retry"]["backoff"].span ?? .zero),
      pool: poolIndex(section["pool"]))
    if let script {
      result.statements = script.statements
      result.keys = script.keys
      result.scatter = script.isScattered
      refuseWrites(script, on: replica, section)
    }
    return result
  }

  private func arrivals(_ section: Checked) -> TrafficClass.Arrivals {
    if let clients = section["clients"].integer {
      return .closed(clients: clients, thinkBetween: section["think_between"].span ?? .zero)
    }
    let process: TrafficClass.Process =
      if let cv = section["arrivals"]["gamma"]["cv"].number {
        .gamma(cv: cv)
      } else {
        section["arrivals"].string == "constant" ? .constant : .poisson
      }
    return .open(rate: section["rate"].number ?? 1, process: process)
  }

  private mutating func curve(_ section: Checked) -> [TrafficClass.CurvePoint] {
    var points: [TrafficClass.CurvePoint] = []
    for member in section.members {
      guard let time = SchemaCheck.seconds(ofDay: member.key) else {
        problems.error(
          "RH0206", at: member.keyPlace, "\"\(member.key)\" is not a time of day",
          hint: "write \"09:00\"")
        continue
      }
      if let last = points.last, time <= last.timeOfDay {
        problems.error(
          "RH0204", at: member.keyPlace,
          "the times of a curve have to rise, \(member.key) does not",
          hint: "sort the points")
      }
      points.append(.init(timeOfDay: time, factor: member.value.number ?? 1))
    }
    if let first = section.members.first, section.members.allSatisfy({ $0.value.number == 0 }) {
      problems.error(
        "RH0204", at: first.value.place, "every factor of the curve is 0: nothing ever arrives",
        hint: "remove the class, or give a factor above 0")
    }
    return points
  }

  private mutating func statement(_ section: Checked, onReplica: Bool) -> Statement {
    let kind = section["kind"].string.flatMap(Statement.Kind.init) ?? .select
    if onReplica, section["kind"].isUsable, kind != .select {
      problems.error(
        "RH0403", at: section["kind"].place, "a replica cannot run \(kind.rawValue)",
        hint: "on: primary, or kind: select")
    }
    let table = tableIndex(section["table"])
    let columns = section["set"].items.compactMap(\.string)
    if !columns.isEmpty, kind != .update, section["kind"].isUsable {
      problems.error(
        "RH0106", at: section["set"].place,
        "\"set\" belongs to an update, this is \(kind.rawValue)",
        hint: "remove set")
    }
    var statement = Statement(
      kind: kind, table: table, rows: section["rows"].integer ?? 1,
      access: access(section["by"], table: table),
      pick: section["pick"].string.flatMap(Statement.Pick.init) ?? .same, set: columns)
    if tables.indices.contains(table) {
      statement.touchesIndexedColumn =
        kind == .update
        && columns.contains { column in
          tables[table].primaryKey.column == column
            || tables[table].indexes.contains { $0.columns.contains(column) }
        }
      if let rows = section["rows"].integer, rows > tables[table].rows,
        tableSections[table]["rows"].isUsable
      {
        problems.error(
          "RH0204", at: section["rows"].place,
          "the statement touches more rows than the table has (\(tables[table].rows))",
          hint: "a smaller number")
      }
    }
    return statement
  }

  private mutating func tableIndex(_ section: Checked) -> Int {
    guard let name = section.string else { return 0 }
    if let index = tables.firstIndex(where: { $0.name == name || $0.name.hasSuffix(".\(name)") }) {
      return index
    }
    unknown(name, "table", tables.map(\.name), at: section.place)
    return 0
  }

  private mutating func access(_ section: Checked, table: Int) -> Statement.Access {
    switch section.string {
    case nil, "primary_key": return .primaryKey
    case "scan": return .sequentialScan
    case let name?:
      guard tables.indices.contains(table) else { return .primaryKey }
      if let index = tables[table].indexes.firstIndex(where: { $0.name == name }) {
        return .index(index)
      }
      unknown(
        name, "index", ["primary_key", "scan"] + tables[table].indexes.map(\.name),
        at: section.place)
      return .primaryKey
    }
  }

  mutating func replicaIndex(_ section: Checked) -> Int? {
    guard let name = section.string, name != "primary" else { return nil }
    if let index = replicas.firstIndex(where: { $0.name == name }) { return index }
    unknown(name, "replica", ["primary"] + replicas.map(\.name), at: section.place)
    return nil
  }

  private mutating func poolIndex(_ section: Checked) -> Int {
    guard let name = section.string else { return 0 }
    if let index = pools.firstIndex(where: { $0.name == name }) { return index }
    unknown(name, "pool", pools.map(\.name), at: section.place)
    return 0
  }

  mutating func unknown(_ name: String, _ what: String, _ known: [String], at place: Place) {
    let near = Suggestion.nearest(to: name, among: known).map { "did you mean \"\($0)\"? " } ?? ""
    problems.error(
      "RH0401", at: place, "no \(what) is named \"\(name)\"",
      hint: near + (known.isEmpty ? "none is defined" : "(defined: \(Suggestion.list(known)))"))
  }

  private mutating func keys(_ section: Checked) -> KeyDistribution {
    let distribution = section["distribution"].string ?? "uniform"
    let belongs = ["s": ["zipf", "latest"], "fraction": ["hotspot"], "share": ["hotspot"]]
    for member in section.members where member.value.isWritten && section["distribution"].isUsable {
      guard let owners = belongs[member.key], !owners.contains(distribution) else { continue }
      problems.error(
        "RH0106", at: member.keyPlace, "\"\(member.key)\" does not go with \(distribution) keys",
        hint: "it belongs to \(owners.joined(separator: " and "))")
    }
    let s = section["s"].number ?? 0.99
    switch distribution {
    case "zipf": return .zipf(s: s)
    case "latest": return .latest(s: s)
    case "hotspot":
      return .hotspot(
        fraction: section["fraction"].number ?? 0.2, share: section["share"].number ?? 0.8)
    default: return .uniform
    }
  }
}
