import Gates
import Primitives

@testable import Measurements

func at(_ seconds: Double) -> Instant { Instant(seconds: seconds) }
func span(_ seconds: Double) -> TimeSpan { TimeSpan(seconds: seconds) }

func plan(
  classes: [String] = ["checkout"], pools: [String] = ["app"], replicas: [String] = ["a"],
  gates: [GateRule] = [], cores: Int = 4, rows: Int? = 1_000
) -> Recorder.Plan {
  Recorder.Plan(
    classes: classes, pools: pools, replicas: replicas, gates: gates, cores: cores,
    rowsMatching: rows)
}

func gate(
  _ metric: MetricKey, _ limit: GateRule.Limit, _ comparison: GateRule.Comparison = .atMost,
  every: Double? = nil, take: GateRule.Window.Take = .worst
) -> GateRule {
  GateRule(
    id: metric.description, metric: metric, comparison: comparison, limit: limit,
    window: every.map { GateRule.Window(every: span($0), take: take) })
}

extension Recorder {
  /// A whole transaction.
  mutating func transaction(
    class index: Int = 0, intended: Double, latency: Double, _ outcome: Outcome = .completed
  ) {
    arrived(class: index, intended: at(intended))
    ended(class: index, intended: at(intended), at: at(intended) + span(latency), outcome: outcome)
  }
}

extension TrialResult {
  subscript(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    value(of: MetricKey(name, labels))?.value
  }
}

func isClose(_ a: Double?, _ b: Double, within tolerance: Double = 1e-9) -> Bool {
  a.map { abs($0 - b) <= tolerance * max(1, abs(b)) } ?? false
}
