import Primitives
import Strategies
import Traffic

/// Scenarios that are valid, but probably not what was meant.
extension ScenarioBuilder {
  mutating func lint(_ strategy: Configuration) {
    lintIndexes()
    lintTraffic()
    lintThrottle(strategy)
    lintStrategy(strategy)
    lintConnections(strategy)
  }

  private mutating func lintIndexes() {
    guard let table = tableSections.first, let backfill else { return }
    for index in table["indexes"].items {
      for column in index["columns"].items {
        guard let name = column.string, backfill.set.contains(where: { $0.column == name }) else {
          continue
        }
        problems.warning(
          "RH0512", at: column.place, "\(name) is indexed, so no update of it can be HOT",
          hint: "build the index after the backfill",
          help: ["each row also writes an entry to every index of the table: more log, more bloat"])
      }
    }
  }

  private mutating func lintTraffic() {
    for section in classes where section["clients"].isUsable {
      problems.warning(
        "RH0520", at: section.member("clients")?.keyPlace ?? section.place,
        "closed traffic slows down when the database does",
        hint: "use rate, unless these clients really wait for each other",
        help: ["latencies will look better than users see them (coordinated omission)"])
    }
    for (index, section) in classes.enumerated() where traffic.indices.contains(index) {
      let used = traffic[index].timeout ?? .forever
      let pool = pools.indices.contains(traffic[index].pool) ? pools[traffic[index].pool] : nil
      guard let pool, section["timeout"].isUsable, root["pools"].member(pool.name) != nil,
        pool.waitTimeout > used
      else { continue }
      problems.warning(
        "RH0521", at: section["timeout"].place,
        "the client gives up before the pool \"\(pool.name)\" does: nothing is ever rejected",
        hint: "a wait_timeout below the timeout")
    }
  }

  private mutating func lintThrottle(_ strategy: Configuration) {
    let sections = root["strategy"]["throttle"].items
    guard sections.count == strategy.throttle.count else { return }
    for (section, rule) in zip(sections, strategy.throttle) {
      let keys = ["pause_when", "abort_when", "slow_when"]
      let text = keys.lazy.map { section[$0] }.first(where: \.isUsable) ?? section
      // What a preset brings along is nobody's mistake.
      if case .preset = text.origin { continue }
      guard let reason = reasonNeverToFire(rule.condition, workers: strategy.workers) else {
        continue
      }
      problems.warning(
        "RH0510", at: text.place, "this rule can never fire: \(reason)",
        hint: "lower the limit or remove the rule")
    }
  }

  private func reasonNeverToFire(_ condition: Condition, workers: Int) -> String? {
    guard condition.comparison.isUpper else { return nil }
    let connections = pools.map(\.size).reduce(0, +)
    func beyond(_ most: Int) -> Bool {
      condition.comparison == .above
        ? condition.limit >= Double(most) : condition.limit > Double(most)
    }
    switch condition.signal {
    case .replicaLag, .replicaLagBytes:
      return replicas.isEmpty ? "there is no replica" : nil
    case .appActive where beyond(connections):
      return "the pools have \(connections) connections"
    case .locksWaiting where beyond(connections + workers):
      return "at most \(connections + workers) sessions can wait"
    case .vacuumRunning where beyond(1):
      return "it is 0 or 1"
    case .appActive, .appLatencyP99, .poolWaiting:
      return traffic.isEmpty ? "there is no traffic" : nil
    default: return nil
    }
  }

  private mutating func lintStrategy(_ strategy: Configuration) {
    let section = root["strategy"]
    guard let backfill else {
      if let member = root.member("strategy"), member.value.isWritten {
        problems.warning(
          "RH0514", at: member.keyPlace, "there is no backfill: strategy has no effect",
          hint: "add backfill, or remove strategy")
      }
      return
    }
    if strategy.planner == .monolithic {
      for key in ["batch", "workers", "pause", "order"] {
        guard let member = section.member(key), case .file = member.value.origin else { continue }
        problems.warning(
          "RH0513", at: member.keyPlace, "\(key) has no effect with the preset monolithic",
          hint: "there is one batch: the whole table")
      }
    } else if case .rows(let rows) = strategy.batch, let table = tables.first, rows >= table.rows,
      section["batch"].isWritten
    {
      problems.warning(
        "RH0515", at: section["batch"]["rows"].place,
        "one batch holds the whole table (\(table.rows) rows)",
        hint: "a smaller batch, or preset: monolithic")
    }
    if backfill.filter != nil, !section["preset"].isAbsent, strategy.planner == .offset {
      problems.warning(
        "RH0516", at: section["preset"].place,
        "offset skips rows when the filter stops matching the rows already done",
        hint: "use keyset",
        help: ["after each batch fewer rows match, so the next OFFSET jumps over some"])
    }
  }
}
