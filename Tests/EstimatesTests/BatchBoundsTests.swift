import Gates
import Primitives
import Strategies
import Testing
import Traffic

@testable import Estimates
@testable import Scenarios

@Suite("How large a batch may be")
struct BatchBoundsTests {
  private func gate(_ metric: String, _ limit: Double) -> GateRule {
    GateRule(
      id: "g", metric: MetricKey(metric), comparison: .atMost, limit: .value(limit),
      expectation: "<= it")
  }

  private func sample(_ metric: String, _ limit: Double) -> Scenario {
    var scenario = Sample.scenario()
    scenario.gates = [gate(metric, limit)]
    return scenario
  }

  private func rows(_ reason: BatchBounds.Reason, _ scenario: Scenario) throws -> Double {
    try #require(BatchBounds(scenario)?[reason]).rows
  }

  @Test("A limit on the longest wait is the hold of the first row")
  func longestWait() throws {
    let scenario = sample("locks.wait.max", 0.1)
    let bound = try #require(BatchBounds(scenario)?[.hold])
    #expect(bound.gate == "g")
    let order = try #require(FirstOrder(scenario.with(batchRows: bound.rows)))
    #expect(abs(order.lockHold.longest - 0.1) < 1e-4)
  }

  @Test("A limit on the mean of the waits that count allows three times the excess over 10 ms")
  func meanWait() throws {
    let mean = try rows(.hold, sample("locks.wait.mean", 0.05))
    let longest = try rows(.hold, sample("locks.wait.max", 0.01 + 3 * 0.04))
    #expect(abs(mean - longest) < 1e-6 * longest)
  }

  @Test("The p95 of the waits that count leaves a twentieth of them beyond, by the closed form")
  func percentileOfWaits() throws {
    let rows = try rows(.hold, sample("locks.wait.p95", 0.08))
    let order = try #require(FirstOrder(Sample.scenario().with(batchRows: rows)))
    let hold = order.batch.hold(rows: rows)
    let beyond = hold.waits(longerThan: 0.08, writeRate: 1)
    #expect(abs(beyond / hold.waits(longerThan: 0.010, writeRate: 1) - 0.05) < 1e-3)
  }

  @Test("A p99 of the latency lets one transaction in a hundred wait longer for the batch's locks")
  func percentileOfLatency() throws {
    var scenario = sample("app.latency.p99", 0.02)
    // A small table, so that transactions often meet the batch.
    scenario.tables[0].rows = 20_000
    let rows = try rows(.hold, scenario)
    #expect(rows > 1 && rows < 20_000)
    let order = try #require(FirstOrder(scenario.with(batchRows: rows)))
    let hold = order.batch.hold(rows: rows)
    let share = hold.waits(longerThan: 0.02, writeRate: 1) / order.duration
    #expect(abs(share - 0.01) < 2e-4)
  }

  @Test("Without a gate on waits the client's timeout bounds the hold; without both nothing does")
  func timeouts() throws {
    var scenario = Sample.scenario()
    #expect(try rows(.hold, scenario) == .infinity)
    scenario.traffic[0].timeout = .milliseconds(250)
    let bound = try rows(.hold, scenario)
    #expect(bound == (try rows(.hold, sample("locks.wait.max", 0.25))))
  }

  @Test("At the bound by lag the fluid backlog ends exactly at the gate's limit")
  func lag() throws {
    var scenario = sample("replica.lag.max", 10)
    scenario.database.replicas[0].network = 6e6
    scenario.strategy.pause = .fixed(.milliseconds(200))
    let rows = try rows(.lag, scenario)
    let order = try #require(FirstOrder(scenario.with(batchRows: rows)))
    #expect(abs((order.replication.first?.peakLag ?? 0) - 10) < 0.2)
  }

  @Test("At the bound by the device the workers ask for exactly what the traffic leaves")
  func device() throws {
    var scenario = Sample.scenario()
    scenario.database.storage.iops = 700
    let rows = try rows(.iops, scenario)
    let order = try #require(FirstOrder(scenario.with(batchRows: rows)))
    let workers = try #require(order.rates[.workers]).rowsPerSecond
    let device = try #require(order.rates[.iops]).rowsPerSecond
    #expect(abs(workers / device - 1) < 2e-3)
  }

  @Test("One batch's log fits between two checkpoints")
  func log() throws {
    var scenario = Sample.scenario()
    scenario.database.settings.maxWALSize = 64 << 20
    let rows = try rows(.log, scenario)
    let order = try #require(FirstOrder(scenario.with(batchRows: rows)))
    #expect(abs(rows * order.volume.bytes * 1.9 / Double(64 << 20) - 1) < 1e-3)
  }

  @Test("Beyond the bound by efficiency a twentieth of the pace is left to gain")
  func efficiency() throws {
    for pause in [Pause.fixed(.milliseconds(50)), .ratio(0.5)] {
      var scenario = Sample.scenario()
      scenario.strategy.pause = pause
      let order = try #require(FirstOrder(scenario))
      let cycle = BatchCycle(scenario, order)
      let rows = try rows(.efficiency, scenario)
      #expect(abs(cycle.rate(rows: rows) / cycle.rate(rows: .infinity) - 0.95) < 1e-3)
    }
  }

  @Test("The smallest bound binds, and relaxing it makes another one bind")
  func binding() throws {
    let tight = try #require(BatchBounds(sample("locks.wait.max", 0.02)))
    #expect(tight.binding?.reason == .hold)
    #expect(tight.rows == tight[.hold]?.rows.rounded(.down))
    var alone = sample("locks.wait.max", 1_000)
    alone.database.replicas = []
    alone.database.storage.iops = 1e6
    let loose = try #require(BatchBounds(alone))
    #expect(loose.binding?.reason == .efficiency)
  }

  @Test("A gate on the time before the backfill, or one that only warns, bounds nothing")
  func otherGates() throws {
    var scenario = sample("locks.wait.max", 0.02)
    scenario.gates[0].level = .warn
    #expect(try rows(.hold, scenario) == .infinity)
    scenario = sample("locks.wait.max", 0.02)
    scenario.gates[0].metric = MetricKey("locks.wait.max", ["phase": "before"])
    #expect(try rows(.hold, scenario) == .infinity)
  }

  @Test(
    "A faster device never makes the batch smaller, and from some speed on something else binds")
  func mapping() throws {
    var scenario = sample("locks.wait.max", 0.1)
    scenario.database.storage.iops = 3_000
    let map = try #require(CapacityMap(scenario, iops: [300, 3_000, 1e6]))
    #expect(map.rows.map(\.iops) == [300, 3_000, 1e6])
    #expect(map.rows.map(\.isOwn) == [false, true, false])
    for (slow, fast) in zip(map.rows, map.rows.dropFirst()) {
      #expect(slow.bounds.rows <= fast.bounds.rows)
      #expect(slow.rate <= fast.rate * 1.001)
    }
    #expect(map.rows.first?.bounds.binding?.reason == .iops)
    #expect(map.rows.last?.bounds.binding?.reason != .iops)
  }

  @Test("A monolithic backfill has no batch to bound")
  func monolithic() {
    var scenario = Sample.scenario()
    scenario.strategy.planner = .monolithic
    #expect(BatchBounds(scenario) == nil)
    scenario.backfill = nil
    #expect(CapacityMap(scenario) == nil)
  }
}
