import Gates
import Primitives
import Strategies
import Traffic

/// Makes the typed scenario out of the checked tree, and checks what one place alone cannot tell.
struct ScenarioBuilder {
  let root: Checked
  /// Used where the scenario has no name of its own.
  let fallbackName: String
  /// Where files that the scenario names are looked for.
  let folder: String
  var problems: ProblemList

  var tables: [Table] = []
  var pools: [Pool] = []
  var replicas: [Replica] = []
  var traffic: [TrafficClass] = []
  var backfill: Backfill?
  /// The checked classes beside `traffic`, for places.
  var classes: [Checked] { root["traffic"].items }

  init(_ root: Checked, fallbackName: String, folder: String, problems: ProblemList) {
    self.root = root
    self.fallbackName = fallbackName
    self.folder = folder
    self.problems = problems
  }

  mutating func build() -> Scenario {
    backfill = buildBackfill()
    tables = buildTables()
    let database = buildDatabase()
    replicas = database.replicas
    pools = buildPools()
    traffic = buildTraffic()
    let strategy = buildStrategy()
    let run = buildRun()
    let gates = buildGates(run)
    let tune = buildTune()
    requireSomething()
    let pacingOnly = pacingOnly(database.engine)
    lint(strategy)
    lintTrials(run, gates)
    lintHorizon(run)
    return Scenario(
      name: root["name"].string ?? fallbackName, description: root["description"].string ?? "",
      tables: tables, backfill: backfill,
      strategyPreset: root["strategy"]["preset"].string ?? "keyset", isPacingOnly: pacingOnly,
      strategy: strategy,
      traffic: traffic, pools: pools, events: buildEvents(), database: database, gates: gates,
      run: run, tune: tune)
  }

  private mutating func requireSomething() {
    guard root["backfill"].isAbsent, root["traffic"].isUsable, root["traffic"].items.isEmpty
    else { return }
    problems.error(
      "RH0115", at: root.place, "there is neither traffic nor a backfill: nothing would happen",
      hint: "add backfill: {set: …} or traffic: [{preset: oltp-mixed, rate: 300/s}]",
      help: ["traffic alone and a backfill alone are both valid: they are the baselines"])
  }

  /// Reports every name after its first use.
  mutating func requireDistinct(_ names: [(String, Place)], _ what: String) {
    var first: [String: Place] = [:]
    for (name, place) in names {
      if let earlier = first[name] {
        problems.error(
          "RH0110", at: place, "the \(what) \"\(name)\" exists twice",
          hint: "first defined at \(earlier.line):\(earlier.column)")
      } else {
        first[name] = place
      }
    }
  }

  private func buildRun() -> RunSettings {
    let run = root["run"]
    return RunSettings(
      seed: UInt64(run["seed"].integer ?? 1),
      trials: run["trials"].integer.map(RunSettings.Trials.exactly) ?? .auto,
      assurance: run["assurance"].number ?? 0.9, warmup: run["warmup"].span ?? .zero,
      before: run["before"].span ?? .zero, after: run["after"].span ?? .zero,
      horizon: run["horizon"].span, startAt: run["start_at"].number ?? 0)
  }
}
