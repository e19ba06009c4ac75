import Gates
import Primitives

@testable import Measurements

/// A run with round numbers: three gates, one class, one replica.
enum Sample {
  static func gate(
    _ id: String, _ metric: MetricKey, _ expectation: String, _ verdict: Verdict, value: Double?,
    low: Double?, high: Double?, limit: Double, passed: Int, of n: Int = 30,
    level: GateRule.Level = .error
  ) -> GateResult {
    var gate = GateResult(
      id: id, metric: metric, expectation: expectation, level: level, verdict: verdict,
      limit: limit, largerIsWorse: true)
    gate.value = value
    gate.low = low
    gate.high = high
    gate.n = n
    gate.trialsPassed = passed
    return gate
  }

  static let latency = gate(
    "app-p99", MetricKey("app.latency.p99", ["class": "checkout"]), "<= 40ms", .pass,
    value: 0.0314, low: 0.0302, high: 0.0329, limit: 0.040, passed: 30)
  static let deadline: GateResult = {
    var gate = Sample.gate(
      "deadline", MetricKey("backfill.duration"), "<= deadline", .fail, value: 21_120,
      low: 20_460, high: 21_780, limit: 18_000, passed: 0)
    gate.firstBreach = 18_000
    return gate
  }()
  static let lag = gate(
    "replica-lag", MetricKey("replica.lag.max"), "<= 10s", .inconclusive, value: 9.8, low: 8.2,
    high: 11.9, limit: 10, passed: 27)

  static func metric(
    _ name: String, _ unit: String, _ value: Double?, _ labels: [String: String] = [:],
    low: Double? = nil, high: Double? = nil
  ) -> RunMetric {
    RunMetric(
      metric: MetricKey(name, labels), unit: unit, value: value, low: low, high: high, n: 30,
      predictedLow: nil, predictedHigh: nil)
  }

  static let metrics: [RunMetric] =
    [
      metric("backfill.duration", "s", 20_000, low: 19_900, high: 20_100),
      metric("backfill.rows", "1", 240_000_000),
      metric("backfill.batches", "1", 48_000),
      metric("backfill.batch.rows.mean", "1", 5_000),
      metric("backfill.rate", "1/s", 12_000),
      metric("backfill.batch.duration.mean", "s", 0.46),
      metric("backfill.batch.duration.max", "s", 1.9),
      metric("backfill.paused", "s", 2_400, ["reason": "pause"]),
      metric("backfill.paused", "s", 15_200, ["reason": "throttle"]),
      metric("backfill.paused", "s", 0, ["reason": "backoff"]),
      metric("backfill.retries", "1", 3),
      metric("wal.bytes", "bytes", 657_129_996_288),
      metric("mvcc.dead_rows.max", "1", 48_000_050),
      metric("replica.lag.max", "s", 9.1, ["replica": "replica-a"]),
      metric("replica.drain", "s", 12, ["replica": "replica-a"]),
    ]
    + ["before", "during", "after"].enumerated().flatMap { index, phase in
      [
        metric(
          "app.latency.p50", "s", 0.004 + 0.001 * Double(index),
          ["class": "checkout", "phase": phase]),
        metric(
          "app.latency.p99", "s", 0.012 + 0.004 * Double(index),
          ["class": "checkout", "phase": phase]),
        metric("app.unserved_ratio", "ratio", 0, ["class": "checkout", "phase": phase]),
        metric("locks.waits", "1", Double(7 * index), ["phase": phase, "who": "app"]),
      ]
    }

  static func run(
    gates: [GateResult], metrics: [RunMetric] = Sample.metrics, complete: Bool = true
  ) -> RunRecord {
    let setting = { RunRecord.Setting(path: $0, value: $1, origin: "file:1:1") }
    var run = RunRecord(
      RunRecord.Header(
        name: "orders-status", world: .simulated, modelVersion: 1, seed: 7,
        versions: ["rehearse": "0.1.0"],
        host: .init(os: "Linux", arch: "x86_64", cpus: 2, memoryBytes: 1 << 30),
        scenario: [
          setting("strategy.workers", "2"), setting("gates.app-p99.window.every", "1min"),
          setting("gates.app-p99.window.take", "worst"),
        ], assurance: 0.9), trials: [], gates: [])
    run.trials = 30
    run.complete = complete
    run.gates = gates
    run.verdict = verdict(of: gates)
    run.metrics = metrics.sorted { $0.metric < $1.metric }
    return run
  }

  /// The same with a course and the values of thirty trials.
  static func wholeRun(
    gates: [GateResult] = [latency, lag, deadline], seed: UInt64 = 7, scale: Double = 1,
    noise: Double = 0.01
  ) -> RunRecord {
    var run = run(gates: gates)
    run.header.seed = seed
    func values(_ base: Double, _ purpose: UInt64) -> [Double?] {
      let key = RandomKey(seed: seed, trial: 0, entity: 0, purpose: purpose)
      return (0..<30).map { base * (1 + noise * key.normal(UInt64($0))) }
    }
    func column(_ name: String, _ unit: String, _ base: Double) -> RunCourse.Column {
      let middle = (0..<40).map { base * Double($0 % 7) as Double? }
      return RunCourse.Column(
        name: name, unit: unit, middle: middle, low: middle, high: middle.map { $0.map { 2 * $0 } })
    }
    run.course = RunCourse(
      start: -300, step: 512,
      columns: [
        column("backfill.rows_done", "rows", 6e6), column("backfill.rows", "rows/s", 2_000),
        column("app.latency.p99{class=checkout}", "s", 0.01),
        column("app.latency.p50{class=checkout}", "s", 0.002),
        column("replica.lag{replica=replica-a}", "s", 2), column("wal.bytes", "B/s", 1e7),
        column("locks.waiting", "sessions", 3), column("storage.utilization", "ratio", 0.1),
      ])
    run.samples = TrialSamples(
      metrics: [
        .init(
          metric: MetricKey("app.latency.p99", ["class": "checkout", "phase": "during"]),
          values: values(0.016 * scale, 1)),
        .init(metric: MetricKey("backfill.duration"), values: values(20_000, 2)),
      ], gates: ["app-p99": values(0.0314 * scale, 3)])
    return run
  }
}
