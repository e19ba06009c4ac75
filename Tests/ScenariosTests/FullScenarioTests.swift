import Gates
import Primitives
import Strategies
import Testing
import Traffic

@testable import Scenarios

@Suite struct FullScenarioTests {
  private func load(variant: String? = nil, sets: [String] = []) throws -> Scenario {
    try loadOrPrint { () throws(ScenarioFailure) in
      try ScenarioFile.load(text: fullScenario, path: "full.yaml", variant: variant, sets: sets)
    }.scenario
  }

  @Test("Tables and backfill come out as written")
  func tables() throws {
    let scenario = try load()
    #expect(scenario.name == "orders-status")
    let table = scenario.tables[0]
    #expect((table.rows, table.rowWidth, table.fillfactor) == (240_000_000, 310, 90))
    #expect(table.primaryKey == .init(column: "id", type: .bigint, order: .clustered, gaps: 0.05))
    #expect(table.columns == [.init(name: "status", type: "text", width: 8, distinct: 7)])
    #expect(table.indexes.map(\.distinct) == [9_000_000, nil])
    #expect(table.indexes.map(\.touchedByBackfill) == [false, true])
    let backfill = try #require(scenario.backfill)
    #expect(backfill.set == [.init(column: "status_v2", expression: "upper(status)")])
    #expect(
      (backfill.adds, backfill.filter, backfill.rowsMatching) == (8, "status_v2 IS NULL", 0.8))
    #expect(backfill.deadline == .seconds(18_000))
  }

  @Test("The strategy comes out as written, a rule without resume_when resumes at its negation")
  func strategy() throws {
    let strategy = try load().strategy
    #expect(strategy.planner == .keyset)
    #expect(strategy.batch == .rows(5_000))
    #expect((strategy.workers, strategy.pause) == (2, .fixed(.milliseconds(50))))
    #expect(strategy.lockTimeout == .after(.seconds(1)))
    #expect(strategy.retry == .init(max: 5, backoff: .milliseconds(100), maxBackoff: .seconds(5)))
    #expect(strategy.seed == 7)
    let lag = Condition(signal: .replicaLag, comparison: .above, limit: 10)
    let low = Condition(signal: .replicaLag, comparison: .below, limit: 2)
    let waits = Condition(signal: .locksWaitMean, comparison: .above, limit: 0.05)
    let calm = Condition(signal: .locksWaitMean, comparison: .atMost, limit: 0.05)
    let active = Condition(signal: .appActive, comparison: .above, limit: 36)
    #expect(
      strategy.throttle == [
        .init(condition: lag, effect: .pause(resumeWhen: low), every: .seconds(1)),
        .init(condition: waits, effect: .pause(resumeWhen: calm), every: .seconds(1)),
        .init(condition: active, effect: .abort(after: .seconds(5)), every: .seconds(1)),
      ])
    #expect(strategy.sensors == [.replicaLag: Sensor()])
  }

  @Test("Traffic comes out as written")
  func traffic() throws {
    let scenario = try load()
    let checkout = scenario.traffic[0]
    #expect(checkout.arrivals == .open(rate: 420, process: .gamma(cv: 1.4)))
    #expect(checkout.curve.map(\.timeOfDay) == [0, 32_400, 64_800, 79_200])
    #expect(checkout.curve.map(\.factor) == [0.35, 1, 1, 0.6])
    #expect(checkout.statements == [.init(kind: .select), .init(kind: .update, set: ["balance"])])
    #expect((checkout.keys, checkout.scatter) == (.zipf(s: 1.07), true))
    #expect((checkout.think, checkout.timeout) == (.milliseconds(2), .milliseconds(250)))
    let history = scenario.traffic[1]
    #expect(history.replica == 0)
    #expect(history.timeout == nil)
    #expect(history.statements == [.init(kind: .select, rows: 25, access: .index(0))])
    #expect(history.keys == .hotspot(fraction: 0.1, share: 0.9))
    #expect(
      scenario.pools == [.init(name: "app", size: 40, waitTimeout: .milliseconds(100))])
  }

  @Test("An update of an indexed column is marked, one of another column is not")
  func touchesIndexedColumn() throws {
    let scenario = try load(sets: [
      "traffic.checkout.statements=[{kind: update, set: [customer_id]}, {kind: update, set: [x]}]"
    ])
    #expect(scenario.traffic[0].statements.map(\.touchesIndexedColumn) == [true, false])
  }

  @Test("Events come out as written")
  func events() throws {
    let events = try load().events
    #expect(events.map { $0.at.seconds } == [600, 660, 720, 1_200, 1_800, 2_400])
    #expect(
      events.map(\.effect) == [
        .set(path: "strategy.workers", .workers(1)),
        .setAppTimeout(class: 0, .seconds(2)),
        .moveTraffic(class: 1, replica: nil),
        .longTransaction(.seconds(300)),
        .replicaStop(replica: 0, .seconds(60)),
        .trafficSurge(class: 0, factor: 2.5, .seconds(180)),
      ])
  }

  @Test("The database comes out as written, unwritten settings are PostgreSQL's defaults")
  func database() throws {
    let database = try load().database
    #expect((database.version, database.cores, database.memory) == (16, 8, 64 << 30))
    #expect((database.storage.iops, database.storage.throughput) == (12_000, 500 * 0x1p20))
    #expect(database.storage.readLatency == .microseconds(600))
    #expect(database.storage.burst == nil)
    #expect(database.storage.freeSpace == 180 << 30)
    #expect(database.settings.maxWALSize == 16 << 30)
    #expect(database.settings.checkpointTimeout == .seconds(900))
    #expect(database.settings.synchronousCommit == .on)
    #expect(database.settings.deadlockTimeout == .seconds(1))
    #expect(database.settings.autovacuumMaxThreshold == nil)
    #expect(database.settings.maxStandbyStreamingDelay == .seconds(30))
    let replica = database.replicas[0]
    #expect((replica.mode, replica.network, replica.cores) == (.async, 120 * 0x1p20, 8))
    #expect(replica.storage == database.storage)
    #expect(database.costs == Costs())
  }

  @Test("Gates come out as written, with the limit in base units and the place in the file")
  func gates() throws {
    let gates = try load().gates
    #expect(
      gates.map(\.id) == [
        "app-p99", "app-regression", "unserved", "replica-lag", "row-lock-time", "deadline",
      ])
    #expect(
      gates.map(\.limit) == [
        .value(0.04), .timesBefore(1.8), .value(0.001), .value(10), .value(0.05), .value(18_000),
      ])
    #expect(
      gates.map(\.judgement) == [
        .shareOfTrials, .shareOfTrials, .shareOfTrials, .mean, .shareOfTrials, .shareOfTrials,
      ])
    #expect(gates[0].metric == MetricKey("app.latency.p99", ["class": "checkout"]))
    #expect(gates[0].window == .init(every: .seconds(60), take: .worst))
    #expect((gates[0].line, gates[0].column) == (95, 5))
    #expect(gates[4].level == .warn)
  }

  @Test("Run settings come out as written")
  func run() throws {
    let run = try load().run
    #expect((run.seed, run.trials, run.assurance) == (7, .auto, 0.9))
    #expect((run.warmup, run.before, run.after) == (.seconds(30), .seconds(300), .seconds(600)))
    #expect((run.horizon, run.startAt) == (nil, 3_600))
  }

  @Test("A seed keeps all its digits")
  func largeSeed() throws {
    #expect(try load(sets: ["run.seed=4611686018427387903"]).run.seed == 4_611_686_018_427_387_903)
  }

  @Test(
    "Defaults follow the server's version",
    arguments: [
      (13, 0.5, 10, 1, nil), (14, 0.9, 2, 1, nil), (15, 0.9, 2, 10, nil), (17, 0.9, 2, 10, nil),
      (18, 0.9, 2, 16, 100_000_000),
    ] as [(Int, Double, Int, Int, Int?)])
  func versions(
    version: Int, target: Double, pageMiss: Int, prefetch: Int, threshold: Int?
  ) throws {
    let settings = try load(sets: ["database.version=\"\(version)\""]).database.settings
    #expect(settings.checkpointCompletionTarget == target)
    #expect(settings.vacuumCostPageMiss == pageMiss)
    #expect(settings.recoveryPrefetch == prefetch)
    #expect(settings.autovacuumMaxThreshold == threshold)
  }

  @Test("Traffic alone and a backfill alone are valid, neither is not")
  func baselines() throws {
    let without = { (keys: [String]) in
      soundSections.filter { !keys.contains($0.key) }.map(\.text).joined(separator: "\n")
    }
    #expect(ScenarioFile.problems(text: without(["backfill"]), path: "a").isEmpty)
    #expect(ScenarioFile.problems(text: without(["traffic"]), path: "a").isEmpty)
    let neither = ScenarioFile.problems(text: without(["traffic", "backfill"]), path: "a")
    #expect(neither.map(\.code) == ["RH0115"])
  }
}
