import Gates
import Measurements
import Scenarios
import Simulator
import Strategies
import Testing

@Suite("A batch that skips what others hold")
struct SkipLockedTests {
  /// Few rows, held for 30 ms each, so that every batch meets some.
  private static func play(_ strategy: String) throws -> TrialResult {
    let scenario = try SmallScenario.load(
      table: "{name: t, rows: 20k, row_width: 120B}", strategy: strategy,
      traffic: """
        [{name: pay, rate: 200/s, think: 30ms, keys: {distribution: uniform}, \
        statements: [{kind: update, rows: 5}, {kind: select, rows: 1}], pool: app}]
        """, pools: "{app: {size: 40, wait_timeout: 1s}}",
      run: "{warmup: 1s, before: 1s, after: 1s, horizon: 60s}")
    return simulateTrial(
      scenario, trial: 0, seed: 5, exact: true, extras: TrialExtras(decisions: true))
  }

  @Test("It waits for no row, leaves none out in the end, and changes none twice")
  func everyRowOnce() throws {
    let result = try Self.play("{preset: skip-locked-queue, batch: {rows: 500}}")
    #expect(result.violations == [])
    #expect(!result.censored)
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
      result.value(of: MetricKey(name, labels))?.value
    }
    #expect(value("backfill.completed_ratio") == 1)
    #expect(value("backfill.rows_missed") == 0)
    #expect(value("backfill.rows_repeated") == 0)
    #expect(value("backfill.rows") == 20_000)
    #expect(value("locks.waits", ["who": "backfill"]) == 0)
    #expect(value("locks.waits_short", ["who": "backfill"]) == 0)
    let decisions = try #require(result.decisions)
    #expect(decisions.replay() == nil)
    let skipped = decisions.entries.reduce(0) { sum, entry in
      if case .rowsSkipped(_, _, let rows) = entry.event {
        sum + rows.reduce(0) { $0 + $1.rows }
      } else {
        sum
      }
    }
    // 200/s × 5 rows × 30 ms are 30 rows at a time, of 20,000; a batch of 500 meets 0.75.
    #expect((10...90).contains(skipped))
  }

  @Test("The same rows make a batch wait that does not skip them")
  func waits() throws {
    let result = try Self.play("{batch: {rows: 500}, statement: lock_then_update, pause: 200ms}")
    let short = result.value(of: MetricKey("locks.waits_short", ["who": "backfill"]))?.value ?? 0
    let long = result.value(of: MetricKey("locks.waits", ["who": "backfill"]))?.value ?? 0
    #expect(short + long >= 10)
  }
}
