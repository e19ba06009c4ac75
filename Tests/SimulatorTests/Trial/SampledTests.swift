import Gates
import Measurements
import Scenarios
import Simulator
import TestSupport
import Testing

@Suite("Skipping steady stretches")
struct SampledTests {
  /// About four minutes of a backfill that pauses 40 ms between batches of 100.
  private func steady(costs: String = "") throws -> Scenario {
    try SmallScenario.load(
      table: "{name: t, rows: 400k, row_width: 120B}",
      strategy: "{batch: {rows: 100}, pause: 40ms}",
      traffic: "[{name: pay, rate: 30/s, statements: [{kind: update, rows: 1}]}]",
      database:
        "{cores: 4, replicas: [{name: a, rtt: 30ms}], settings: {autovacuum: false, checkpoint_timeout: 1h, "
        + "max_wal_size: 8GiB, full_page_writes: false}\(costs)}",
      run: "{warmup: 2s, before: 20s, after: 5s, horizon: 10min}")
  }

  @Test("A boundary lookup that a skipped stretch overtakes is void, and the next one is not lost")
  func slowLookups() throws {
    // Half of the time one is under way: 100 rows take 20 ms.
    let scenario = try steady(costs: ", costs: {index_step: 200us}")
    for trial in 0..<3 {
      let sampled = simulateTrial(scenario, trial: trial, seed: 9, exact: false)
      #expect(sampled.violations.isEmpty)
      #expect(sampled.complete && !sampled.censored)
      #expect(sampled.value(of: MetricKey("backfill.rows"))?.value == 400_000)
    }
  }

  @Test("The sampled trial agrees with the exact one in duration, log, tail latency and lag")
  func agrees() throws {
    let scenario = try steady()
    var differences: [String: [Double]] = [:]
    let names = [
      "backfill.duration", "wal.bytes", "app.latency.p99", "app.arrived", "replica.lag.mean",
    ]
    for trial in 0..<4 {
      let exact = simulateTrial(scenario, trial: trial, seed: 9, exact: true)
      let sampled = simulateTrial(scenario, trial: trial, seed: 9, exact: false)
      #expect(sampled.violations.isEmpty)
      #expect(sampled.events < exact.events / 2, "nothing was skipped")
      for name in names {
        let (a, b) = (
          try #require(exact.value(of: MetricKey(name))?.value),
          try #require(sampled.value(of: MetricKey(name))?.value)
        )
        differences[name, default: []].append(b / a - 1)
      }
    }
    for (name, tolerance) in zip(names, [0.01, 0.02, 0.15, 0.05, 0.1]) {
      let interval = ConfidenceInterval(of: try #require(differences[name]))
      // No difference that four trials could tell from none, and none that would matter.
      #expect(abs(interval.mean) <= tolerance, "\(name): \(interval)")
    }
  }

  @Test("The pause between two batches is not mistaken for the end of them")
  func longPauses() throws {
    let scenario = try SmallScenario.load(
      table: "{name: t, rows: 200k, row_width: 120B}",
      strategy: "{batch: {rows: 10k}, pause: 30s}",
      traffic: "[{name: pay, rate: 20/s, statements: [{kind: update, rows: 1}]}]",
      database: "{cores: 4, settings: {autovacuum: false, checkpoint_timeout: 1h, "
        + "max_wal_size: 8GiB}}",
      run: "{warmup: 2s, before: 20s, after: 2s, horizon: 1h}")
    let sampled = simulateTrial(scenario, trial: 0, seed: 9, exact: false)
    let duration = try #require(sampled.value(of: MetricKey("backfill.duration"))?.value)
    // Nineteen pauses, and twenty batches of well under a second.
    #expect(duration > 19 * 30 && duration < 19 * 30 + 20)
  }

  @Test("Checkpoints that chase each other are skipped in whole cycles")
  func cycles() throws {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let scenario = try ScenarioFile.load(
      path: "/\(root)/scenarios/orders.yaml",
      sets: [
        "table.rows=40M", "database.settings.autovacuum=false", "run.before=20s", "run.after=5s",
        "database.settings.max_wal_size=6GiB",
      ]
    ).scenario
    let exact = simulateTrial(scenario, trial: 0, seed: 7, exact: true)
    let sampled = simulateTrial(scenario, trial: 0, seed: 7, exact: false)
    #expect(sampled.violations.isEmpty)
    #expect(sampled.events < exact.events * 4 / 5, "\(sampled.events) of \(exact.events)")
    for name in ["backfill.duration", "wal.bytes", "wal.full_page_image_bytes"] {
      let (a, b) = (
        try #require(exact.value(of: MetricKey(name))?.value),
        try #require(sampled.value(of: MetricKey(name))?.value)
      )
      #expect(abs(b / a - 1) < 0.04, "\(name): \(b), exactly \(a)")
    }
    #expect(exact.value(of: MetricKey("wal.checkpoints"))?.value ?? 0 >= 4)
  }
}
