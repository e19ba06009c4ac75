import Gates
import Measurements

/// What the texts look up in a record; they know nothing but the record, so that a stored run reads
/// the same as a fresh one.
extension RunRecord {
  /// The resolved value of the scenario at a path.
  func setting(_ path: String) -> String? {
    header.scenario.first { $0.path == path }?.value
  }

  func metric(_ name: String, _ labels: [String: String] = [:]) -> RunMetric? {
    metric(MetricKey(name, labels))
  }

  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    metric(name, labels)?.mean
  }

  /// The values of a label, in order, over all metrics of a name.
  func labels(_ label: String, of name: String) -> [String] {
    var seen: [String] = []
    for metric in metrics where metric.metric.name == name {
      if let value = metric.metric[label], !seen.contains(value) { seen.append(value) }
    }
    return seen
  }

  /// At least one batch was planned.
  var hasBackfill: Bool { metrics.contains { $0.metric.name == "backfill.duration" } }

  var workers: Int { setting("strategy.workers").flatMap(Int.init) ?? 1 }
}

extension RunMetric {
  /// The mean; infinite where trials had a value and none of it is a number, as JSON leaves it.
  var mean: Double? { value ?? (n > 0 ? .infinity : nil) }

  var text: String? { mean.map { Human.text($0, unit: unit) } }
}
