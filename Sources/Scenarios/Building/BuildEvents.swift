import Primitives
import Strategies
import Traffic

extension ScenarioBuilder {
  mutating func buildEvents() -> [TimedEvent] {
    root["events"].items.compactMap { section in
      guard let effect = effect(section), let at = section["at"].span else { return nil }
      return TimedEvent(at: at, effect: effect)
    }
  }

  /// The keys beside `at` and `do` that each event takes: required and optional ones.
  private static let keys: [String: ([String], [String])] = [
    "cancel": ([], []),
    "set": (["path", "value"], []),
    "long_transaction": (["for"], []),
    "replica_stop": (["for"], ["replica"]),
    "replica_query": (["for"], ["replica"]),
    "traffic_surge": (["factor", "for"], ["class"]),
  ]

  private mutating func effect(_ section: Checked) -> TimedEvent.Effect? {
    guard let name = section["do"].string, let (required, optional) = Self.keys[name],
      checkKeys(section, name, required, optional)
    else { return nil }
    let length = section["for"].span ?? .zero
    switch name {
    case "cancel":
      return requireBackfill(section, name) ? .cancel : nil
    case "set":
      return setting(section)
    case "long_transaction":
      return .longTransaction(length)
    case "replica_stop":
      return replicaOfEvent(section).map { .replicaStop(replica: $0, length) }
    case "replica_query":
      return replicaOfEvent(section).map { .replicaQuery(replica: $0, length) }
    default:
      return surge(section, length)
    }
  }

  private mutating func checkKeys(
    _ section: Checked, _ name: String, _ required: [String], _ optional: [String]
  ) -> Bool {
    var sound = true
    for member in section.members where !["at", "do"].contains(member.key) {
      let written = member.value.node != nil
      if written, !required.contains(member.key), !optional.contains(member.key) {
        problems.error(
          "RH0106", at: member.keyPlace, "\"\(member.key)\" does not go with \(name)",
          hint: required.isEmpty
            ? "remove it" : "\(name) takes \(Suggestion.list(required + optional))")
        sound = false
      } else if !written, required.contains(member.key) {
        problems.error(
          "RH0104", at: section.place, "the event \(name) needs \"\(member.key)\"",
          hint: "add \(member.key): \(ScenarioSchema.event[member.key]?.kind.summary ?? "")")
        sound = false
      }
      if case .invalid = member.value.value { sound = false }
    }
    return sound
  }

  private mutating func requireBackfill(_ section: Checked, _ name: String) -> Bool {
    if backfill != nil { return true }
    problems.error(
      "RH0405", at: section["do"].place, "there is no backfill to \(name)", hint: "remove the event"
    )
    return false
  }

  private mutating func replicaOfEvent(_ section: Checked) -> Int? {
    if section["replica"].isAbsent {
      if !replicas.isEmpty { return 0 }
      problems.error(
        "RH0405", at: section["do"].place, "the scenario has no replica",
        hint: "add database: {replicas: [{name: replica-a}]}")
      return nil
    }
    if section["replica"].string == "primary" {
      unknown("primary", "replica", replicas.map(\.name), at: section["replica"].place)
      return nil
    }
    return replicaIndex(section["replica"])
  }

  private mutating func surge(_ section: Checked, _ length: TimeSpan) -> TimedEvent.Effect? {
    var index: Int?
    if let name = section["class"].string {
      index = traffic.firstIndex { $0.name == name }
      if index == nil {
        unknown(name, "traffic class", traffic.map(\.name), at: section["class"].place)
        return nil
      }
    }
    if traffic.isEmpty {
      problems.error(
        "RH0405", at: section["do"].place, "there is no traffic to surge", hint: "remove the event")
      return nil
    }
    return .trafficSurge(class: index, factor: section["factor"].number ?? 1, length)
  }

  // `do: set`

  static let settablePaths = [
    "strategy.workers", "strategy.batch.rows", "strategy.pause", "strategy.lock_timeout",
    "database.settings.lock_timeout", "traffic.timeout", "traffic.NAME.timeout", "traffic.NAME.on",
  ]

  private mutating func setting(_ section: Checked) -> TimedEvent.Effect? {
    guard let path = section["path"].string, let value = section["value"].node else { return nil }
    if path.hasPrefix("strategy.") { return strategySetting(path, value, section) }
    if path == "database.settings.lock_timeout" {
      guard let field = ScenarioSchema.settings["lock_timeout"] else { return nil }
      let checked = check(value, field.kind, path)
      return checked.span.map { .setAppLockTimeout($0 == .zero ? nil : $0) }
    }
    if path == "traffic.timeout" { return timeout(value, path, class: nil) }
    for (index, one) in traffic.enumerated() {
      if path == "traffic.\(one.name).timeout" { return timeout(value, path, class: index) }
      if path == "traffic.\(one.name).on" {
        let checked = check(value, .text(.name), path)
        guard let name = checked.string else { return nil }
        let replica = replicaIndex(checked)
        return name == "primary" || replica != nil
          ? .moveTraffic(class: index, replica: replica) : nil
      }
    }
    return refuse(path, section)
  }

  private mutating func refuse(_ path: String, _ section: Checked) -> TimedEvent.Effect? {
    let concrete = Self.settablePaths.flatMap { known in
      known.contains("NAME") ? traffic.map { known.replacing("NAME", with: $0.name) } : [known]
    }
    let near = Suggestion.nearest(to: path, among: concrete).map { "did you mean \"\($0)\"?" }
    problems.error(
      "RH0406", at: section["path"].place, "\"\(path)\" cannot be set during a run",
      hint: near ?? "see below", help: ["settable: \(Suggestion.list(Self.settablePaths))"])
    return nil
  }

  private mutating func timeout(_ value: Node, _ path: String, class index: Int?) -> TimedEvent
    .Effect?
  {
    if value.scalar == "none" { return .setAppTimeout(class: index, nil) }
    return check(value, .positiveTime(to: 86_400), path).span.map {
      .setAppTimeout(class: index, $0)
    }
  }

  private mutating func strategySetting(
    _ path: String, _ value: Node, _ section: Checked
  ) -> TimedEvent.Effect? {
    guard requireBackfill(section, "set") else { return nil }
    let key = String(path.dropFirst("strategy.".count))
    switch key {
    case "workers", "pause", "lock_timeout":
      guard let field = ScenarioSchema.strategy[key] else { return nil }
      let checked = check(value, field.kind, path)
      guard checked.isUsable else { return nil }
      switch key {
      case "workers": return .set(path: path, .workers(checked.integer ?? 1))
      case "lock_timeout":
        let timeout = Self.lockTimeout(checked)
        checkSkipping(timeout, at: value.place)
        return .set(path: path, .lockTimeout(timeout))
      default:
        let pause = checked["ratio"].number.map(Pause.ratio) ?? .fixed(checked.span ?? .zero)
        return .set(path: path, .pause(pause))
      }
    case "batch.rows":
      return check(value, .count(1...100_000_000), path).integer.map {
        .set(path: path, .batchRows($0))
      }
    default:
      return refuse(path, section)
    }
  }

  /// Checks a part of the tree against a kind of the schema.
  mutating func check(_ node: Node, _ kind: Kind, _ path: String) -> Checked {
    var check = SchemaCheck(version: version)
    let checked = check.check(node, kind, path)
    problems.append(contentsOf: check.problems.all)
    return checked
  }
}
