import Gates
import Measurements
import Scenarios
import Simulator
import Testing

@Suite("What a throttle reads")
struct ThrottleTests {
  @Test("The first rate of the log is that of one period, not all log since the start")
  func firstRate() throws {
    // A minute of traffic before leaves far more log than the limit, each second far less.
    let scenario = try SmallScenario.load(
      table: "{name: t, rows: 20k, row_width: 120B}",
      strategy: """
        {batch: {rows: 100}, pause: 100ms, \
        throttle: [{pause_when: "wal.rate > 1MiB/s", every: 1s}]}
        """,
      traffic: "[{name: pay, rate: 200/s, statements: [{kind: update, rows: 1}]}]",
      database: "{cores: 4, settings: {autovacuum: false, checkpoint_timeout: 1h}}",
      run: "{warmup: 2s, before: 60s, after: 2s, horizon: 10min}")
    let result = simulateTrial(scenario, trial: 0, seed: 3, exact: true)
    let log = try #require(result.value(of: MetricKey("wal.bytes"))?.value)
    let duration = try #require(result.value(of: MetricKey("backfill.duration"))?.value)
    #expect(log / duration < 524_288)
    let paused = result.value(of: MetricKey("backfill.paused", ["reason": "throttle"]))?.value
    #expect(paused == 0)
  }
}
