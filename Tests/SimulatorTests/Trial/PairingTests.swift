import Gates
import Measurements
import Primitives
import Scenarios
import Simulator
import Testing

/// Goal: what two candidates have in common cancels in their paired difference.
///
/// Method: trials of equal index have the same arrivals, keys, demands and flushes, and the same
/// place in the cycle of checkpoints; the interval of the difference is held against Welch's for the
/// same values.
@Suite("Common trials")
struct PairingTests {
  private static let trials = 12

  private static func play(
    _ strategy: String, uncertain: [String] = [], pool: Int = 3
  ) throws -> [TrialResult] {
    var scenario = try SmallScenario.load(
      table: "{name: t, rows: 100k, row_width: 120B}", strategy: strategy,
      traffic: """
        [{name: pay, rate: 250/s, think: 5ms, statements: [{kind: select, rows: 1}, \
        {kind: update, rows: 2, by: primary_key, set: [b]}]}]
        """,
      pools: "{app: {size: \(pool), wait_timeout: 5s}}",
      database: "{cores: 4, settings: {checkpoint_timeout: 30s, autovacuum: false}}",
      run: "{warmup: 1s, before: 2s, after: 1s, horizon: 60s}")
    if !uncertain.isEmpty { scenario.draws = draws(uncertain, scenario.database) }
    return (0..<trials).map { simulateTrial(scenario, trial: $0, seed: 7, exact: true) }
  }

  /// Each parameter lognormal around its value, known to a fifth.
  private static func draws(_ names: [String], _ database: Database) -> ParameterDraws {
    var stream = RandomStream(RandomKey(seed: 3, trial: 0, entity: 0, purpose: 0))
    let parameters = names.compactMap(CalibratedParameter.named)
    let vectors = (0..<40).map { _ in
      parameters.map { stream.lognormal(mean: $0.value(in: database), cv: 0.2) }
    }
    return ParameterDraws(parameters: parameters, vectors: vectors)
  }

  private func narrowing(
    of metric: MetricKey, _ one: [TrialResult], _ other: [TrialResult]
  ) throws -> Double {
    let found = try #require(
      PairedDifference(
        one.map { $0.value(of: metric)?.value }, other.map { $0.value(of: metric)?.value }))
    return try #require(found.narrowing)
  }

  /// The application waits for its own small pool, as it would without a backfill, so that its latency is
  /// mostly the arrivals' doing. (The duration is not: it is the batches' own, and varies by a thousandth.)
  @Test("What traffic does to itself cancels")
  func traffic() throws {
    let one = try Self.play("{batch: {rows: 1000}, pause: 60ms}")
    let other = try Self.play("{batch: {rows: 900}, pause: 54ms}")
    for name in [
      "app.latency.mean", "app.latency.p50", "app.latency.p95", "app.latency.p99", "wal.bytes",
    ] {
      let narrowing = try narrowing(of: MetricKey(name), one, other)
      #expect(narrowing > 3, "\(name): \(narrowing)")
    }
  }

  /// What a calibration leaves open is the same for both: each trial has one vector of parameters. (Lock
  /// waits are not: which transactions meet a batch depends on where it stands.)
  @Test("What nobody has measured exactly cancels")
  func calibration() throws {
    let uncertain = [
      "rtt", "storage.write_latency", "costs.update_row", "costs.move_row", "costs.statement",
    ]
    let one = try Self.play("{batch: {rows: 1000}, pause: 60ms}", uncertain: uncertain, pool: 20)
    let other = try Self.play("{batch: {rows: 900}, pause: 54ms}", uncertain: uncertain, pool: 20)
    for name in ["backfill.duration", "app.latency.mean", "app.latency.p95", "app.latency.p99"] {
      let narrowing = try narrowing(of: MetricKey(name), one, other)
      #expect(narrowing > 3, "\(name): \(narrowing)")
    }
  }
}
