import Gates
import Measurements
import Scenarios
import Simulator
import TestSupport
import Testing

@Suite("What a long statement does to the rows behind it")
struct LockWaitTests {
  /// One statement of about two seconds under a hundred updates a second.
  private func monolithic(timeout: String? = nil) throws -> Scenario {
    let client = timeout.map { ", timeout: \($0)" } ?? ""
    return try SmallScenario.load(
      strategy: "{preset: monolithic}",
      traffic: "[{name: pay, rate: 100/s, statements: [{kind: update, rows: 1}]\(client)}]",
      pools: "{app: {size: 1000, wait_timeout: 10s}}",
      database: "{cores: 16, costs: {update_row: 100us}, settings: {autovacuum: false}}",
      run: "{warmup: 0s, before: 1s, after: 5s, horizon: 60s}")
  }

  private func value(_ name: String, _ labels: [String: String] = [:], in result: TrialResult)
    throws -> Double
  {
    let metric = try #require(result.value(of: MetricKey(name, labels)), "\(name)")
    return try #require(metric.value, "\(name)")
  }

  // An arrival at time t of the statement's D meets a locked row with probability t/D and waits
  // D − t: the density of a wait w is 2(D − w)/D², its mean D/3. Waits below ε = 10 ms are counted
  // apart; beyond ε the mean is ε + (D − ε)/3.
  @Test("A statement that locks row by row for D makes those it blocks wait D/3 on average")
  func third() throws {
    let scenario = try monolithic()
    let ratios = try oracleSeeds.map { seed -> Double in
      let result = simulateTrial(scenario, trial: 0, seed: seed, exact: true)
      let length = try value("backfill.batch.duration.mean", in: result)
      try #require(length > 1)
      let mean = try value("locks.wait.mean", ["who": "app"], in: result)
      return mean / (0.01 + (length - 0.01) / 3)
    }
    let interval = ConfidenceInterval(of: ratios)
    #expect(interval.halfWidth < 0.15)
    #expect(interval.low - 0.01 <= 1 && 1 <= interval.high + 0.01, "\(interval)")
  }

  @Test("About half of those that arrive meanwhile are blocked")
  func half() throws {
    let scenario = try monolithic()
    let shares = try oracleSeeds.map { seed -> Double in
      let result = simulateTrial(scenario, trial: 0, seed: seed, exact: true)
      let waits =
        try value("locks.waits", ["who": "app"], in: result)
        + value("locks.waits_short", ["who": "app"], in: result)
      return try waits / value("app.arrived", in: result)
    }
    let interval = ConfidenceInterval(of: shares)
    #expect(interval.low - 0.01 <= 0.5 && 0.5 <= interval.high + 0.01, "\(interval)")
  }

  @Test("A client that gives up after 200 ms is answered by then, and the others as before")
  func timeouts() throws {
    let patient = simulateTrial(try monolithic(), trial: 0, seed: 4, exact: true)
    let hasty = simulateTrial(try monolithic(timeout: "200ms"), trial: 0, seed: 4, exact: true)
    let arrived = try value("app.arrived", in: hasty)
    let gaveUp = try value("app.timeouts", in: hasty)
    #expect(try value("app.timeouts", in: patient) == 0)
    #expect(try value("app.latency.max", in: patient) > 1)
    // Waits longer than a tenth of D = 2 s: a share of about 0.81 of one half.
    #expect(gaveUp > 0.2 * arrived && gaveUp < 0.6 * arrived)
    #expect(try value("app.completed", in: hasty) + gaveUp == arrived)
    #expect(try value("app.latency.max", in: hasty) <= 0.2 * 1.01)
  }

  @Test("A timeout that is shortened during the run holds at once for those that arrive then")
  func shortened() throws {
    var scenario = try monolithic(timeout: "30s")
    scenario.events = try SmallScenario.load(
      traffic: SmallScenario.updates,
      events: "[{at: 0ms, do: set, path: traffic.pay.timeout, value: 100ms}]"
    ).events
    let result = simulateTrial(scenario, trial: 0, seed: 4, exact: true)
    #expect(try value("app.timeouts", in: result) > 10)
    #expect(try value("app.latency.max", in: result) <= 0.1 * 1.01)
  }
}
