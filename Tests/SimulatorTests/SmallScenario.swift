import Scenarios

/// A small world that a test states its differences from.
enum SmallScenario {
  /// Reads a scenario from YAML sections; those that are not given have short phases and no replica.
  static func load(
    table: String = "{name: t, rows: 20k, row_width: 120B}",
    backfill: String? = "{set: {filled: \"f(a)\"}, adds: 8B}",
    strategy: String = "{batch: {rows: 500}}",
    traffic: String = "[]", pools: String = "{app: {size: 20, wait_timeout: 1s}}",
    events: String = "[]", database: String = "{cores: 4}",
    run: String = "{warmup: 1s, before: 2s, after: 2s, horizon: 60s}"
  ) throws -> Scenario {
    var lines = ["name: small", "table: \(table)"]
    if let backfill { lines += ["backfill: \(backfill)", "strategy: \(strategy)"] }
    lines += ["traffic: \(traffic)"]
    if traffic != "[]" { lines += ["pools: \(pools)"] }
    lines += ["events: \(events)", "database: \(database)", "run: \(run)"]
    return try ScenarioFile.load(text: lines.joined(separator: "\n") + "\n", path: "small.yaml")
      .scenario
  }

  /// One class that updates one row of 20,000, a hundred times a second.
  static let updates = """
    [{name: pay, rate: 100/s, statements: [{kind: update, rows: 1, by: primary_key, set: [b]}]}]
    """
}
