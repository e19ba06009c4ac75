import Gates
import Measurements
import Scenarios
import Simulator
import Strategies
import Testing

@Suite("What a trial gives beside its metrics")
struct TrialExtrasTests {
  /// One statement of about four seconds under a hundred updates a second, or two hundred small ones.
  private func scenario(strategy: String, gates: String = "[]") throws -> Scenario {
    let text = """
      name: small
      table: {name: t, rows: 40k, row_width: 120B}
      backfill: {set: {filled: "f(a)"}, adds: 8B}
      strategy: \(strategy)
      traffic: \(SmallScenario.updates)
      pools: {app: {size: 1000, wait_timeout: 10s}}
      database: {cores: 16, costs: {update_row: 100us}, replicas: [{name: a}]}
      gates: \(gates)
      run: {warmup: 1s, before: 3s, after: 8s, horizon: 60s}

      """
    return try ScenarioFile.load(text: text, path: "small.yaml").scenario
  }

  private func recovery(_ scenario: Scenario, _ extras: TrialExtras) -> Double? {
    simulateTrial(scenario, trial: 0, seed: 4, exact: true, extras: extras)
      .value(of: TrialResult.recoveryMetric)?.value
  }

  @Test("Recovery is measured on request: stopped late, a long statement leaves seconds of waiters")
  func recovery() throws {
    let monolithic = try scenario(strategy: "{preset: monolithic}")
    #expect(recovery(monolithic, TrialExtras()) == nil)
    let long = try #require(recovery(monolithic, TrialExtras(recovery: true)))
    let small = try #require(
      recovery(scenario(strategy: "{batch: {rows: 200}, pause: 10ms}"), TrialExtras(recovery: true))
    )
    #expect(long >= 0 && long < 10)
    // Lag is looked at once a second.
    #expect(small <= 1)
  }

  @Test("Asking for more changes nothing else")
  func unchanged() throws {
    let scenario = try scenario(strategy: "{batch: {rows: 500}}")
    let plain = simulateTrial(scenario, trial: 0, seed: 4, exact: true)
    let full = simulateTrial(
      scenario, trial: 0, seed: 4, exact: true,
      extras: TrialExtras(recovery: true, decisions: true))
    #expect(full.traceHash == plain.traceHash)
    #expect(
      full.values.filter { $0.metric != TrialResult.recoveryMetric }
        == plain.values.filter { $0.metric != TrialResult.recoveryMetric })
    #expect(plain.decisions == nil)
  }

  @Test(
    "The decision log replays exactly, without the scenario, exact and sampled",
    arguments: [true, false])
  func decisions(exact: Bool) throws {
    let scenario = try scenario(strategy: "{batch: {target_time: 50ms}, workers: 3, pause: 5ms}")
    let result = simulateTrial(
      scenario, trial: 0, seed: 4, exact: exact, extras: TrialExtras(decisions: true))
    let log = try #require(result.decisions)
    #expect(log.entries.count > 20)
    #expect(log.entries.last?.actions.last == .finish)
    #expect(log.replay() == nil)
  }

  @Test("A worker that waits for a row is a waiting session of the backfill")
  func waitingWorkers() throws {
    let scenario = try SmallScenario.load(
      strategy: "{batch: {rows: 5000}}",
      traffic: """
        [{name: keep, rate: 300/s, think: 60ms, statements: [{kind: update, rows: 1}, \
        {kind: update, rows: 1, pick: another}]}]
        """, pools: "{app: {size: 200, wait_timeout: 1s}}")
    let result = simulateTrial(scenario, trial: 0, seed: 4, exact: true)
    func waiting(_ statistic: String, _ who: String) throws -> Double {
      try #require(
        result.value(of: MetricKey("locks.waiting.\(statistic)", ["who": who]))?.value)
    }
    #expect(try waiting("max", "backfill") == 1)
    let all = try #require(result.value(of: MetricKey("locks.waiting.mean"))?.value)
    let parts = try waiting("mean", "app") + waiting("mean", "backfill")
    #expect(parts > 0 && (parts - all).magnitude < 1e-9)
  }
}
