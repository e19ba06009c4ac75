import Gates
import Primitives
import Traffic

/// The checked tree as the flat list that `plan` prints, in the order of the schema.
struct Resolution {
  private let computed: [String: String]
  private var values: [ResolvedValue] = []

  static func values(of root: Checked, _ scenario: Scenario) -> [ResolvedValue] {
    var resolution = Resolution(computed: computed(scenario))
    resolution.append(root, path: "")
    if scenario.isPacingOnly {
      resolution.values.append(
        ResolvedValue(
          path: "strategy.pacing_only", text: "true", origin: .preset(scenario.strategyPreset)))
    }
    resolution.appendImpliedPools(root, scenario)
    return resolution.values
  }

  private init(computed: [String: String]) { self.computed = computed }

  /// The values that have no default of their own, but follow from others.
  private static func computed(_ scenario: Scenario) -> [String: String] {
    var texts = [
      "name": scenario.name,
      "backfill.adds": Spelling.of(Double(scenario.backfill?.adds ?? 0), .size),
      "database.settings.shared_buffers": Spelling.of(
        Double(scenario.database.settings.sharedBuffers), .size),
    ]
    if let table = scenario.tables.first {
      texts["table.primary_key.order"] = table.primaryKey.order.rawValue
    }
    for table in scenario.tables {
      texts["tables.\(table.name).primary_key.order"] = table.primaryKey.order.rawValue
    }
    for replica in scenario.database.replicas {
      texts["database.replicas.\(replica.name).cores"] = "\(replica.cores)"
      texts["database.replicas.\(replica.name).storage"] = "as the primary"
    }
    for one in scenario.traffic {
      texts["traffic.\(one.name).statements"] = summary(one, scenario.tables)
      for (index, statement) in one.statements.enumerated() {
        texts["traffic.\(one.name).statements[\(index)].table"] =
          scenario.tables[statement.table].name
      }
    }
    for (index, gate) in scenario.gates.enumerated() { texts["gates[\(index)].id"] = gate.id }
    return texts
  }

  /// What a script came to.
  private static func summary(_ traffic: TrafficClass, _ tables: [Table]) -> String {
    let statements = traffic.statements.map { statement in
      let set = statement.set.isEmpty ? "" : " set \(statement.set.joined(separator: ", "))"
      return "\(statement.kind.rawValue) \(tables[statement.table].name)\(set)"
    }
    let keys =
      switch traffic.keys {
      case .uniform: "uniform"
      case .zipf(let s): "zipf \(Spelling.number(s))"
      case .hotspot(let fraction, _): "the first \(Spelling.of(fraction, .ratio))"
      case .latest(let s): "latest \(Spelling.number(s))"
      }
    return "\(statements.joined(separator: "; ")); keys \(keys)"
      + (traffic.scatter ? "" : ", hot ones side by side")
  }

  private mutating func append(_ value: Checked, path: String) {
    switch value.value {
    case .map(let members):
      for member in members where !Self.isIdle(member, among: members) {
        append(member.value, path: SchemaCheck.join(path, member.key))
      }
    case .list(let items):
      if items.isEmpty {
        values.append(ResolvedValue(path: path, text: "[]", origin: value.origin))
      }
      for (index, item) in items.enumerated() {
        let name = item["name"].string ?? item["id"].string
        append(item, path: name.map { "\(path).\($0)" } ?? "\(path)[\(index)]")
      }
    case .absent:
      let text = computed[path] ?? (value.text.isEmpty ? "none" : value.text)
      values.append(ResolvedValue(path: path, text: text, origin: value.origin))
    default:
      values.append(ResolvedValue(path: path, text: value.text, origin: value.origin))
    }
  }

  /// Sections that are not there, and shape parameters of another key distribution.
  private static func isIdle(_ member: Checked.Member, among members: [Checked.Member]) -> Bool {
    let isSection = members.first?.key == "version" || member.key == "preset"
    if isSection, member.value.isAbsent, !member.value.isWritten {
      return !["name", "description"].contains(member.key)
    }
    if member.key == "keys", members.contains(where: { $0.key == "script" && $0.value.isWritten }) {
      return true
    }
    if ["script", "define"].contains(member.key), !member.value.isWritten { return true }
    let distribution = members.first { $0.key == "distribution" }?.value.string
    switch (member.key, distribution) {
    case ("s", "uniform"), ("s", "hotspot"): return true
    case ("fraction", let name?), ("share", let name?): return name != "hotspot"
    default: return false
    }
  }

  private mutating func appendImpliedPools(_ root: Checked, _ scenario: Scenario) {
    let origin = Origin.byDefault(reason: "the pool of traffic that names none")
    for pool in scenario.pools where root["pools"].member(pool.name) == nil {
      let path = "pools.\(pool.name)"
      let wait = Spelling.of(pool.waitTimeout.seconds, .time)
      values.append(ResolvedValue(path: "\(path).size", text: "\(pool.size)", origin: origin))
      values.append(ResolvedValue(path: "\(path).wait_timeout", text: wait, origin: origin))
    }
  }
}
