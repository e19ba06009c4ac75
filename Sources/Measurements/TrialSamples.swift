import Gates

/// What each trial came to, in the order of their index: what a later run is compared with pair by
/// pair.
///
/// Only the metrics that people decide by, so that stored runs stay small.
package struct TrialSamples: Sendable, Hashable {
  package struct Column: Sendable, Hashable {
    package var metric: MetricKey
    /// One for each trial; nil where it could not be measured.
    package var values: [Double?]
  }
  /// Sorted by metric.
  package var metrics: [Column]
  /// Per gate that is not off, by its id, the statistic that it judges.
  package var gates: [String: [Double?]]

  /// Of the backfill and its traces.
  static let unphased = [
    "backfill.duration", "mvcc.bloat_bytes", "mvcc.dead_rows.max", "replica.drain",
    "replica.lag.max", "wal.bytes",
  ]
  /// Of the application while the backfill runs.
  static let during = [
    "app.latency.mean", "app.latency.p99", "app.unserved_ratio", "locks.wait.mean",
    "locks.wait_total",
  ]

}

extension TrialSamples {
  init?(_ trials: [TrialResult], gates rules: [GateRule]) {
    guard let first = trials.first else { return nil }
    metrics = first.values.map(\.metric).filter(Self.isKept).map { key in
      Column(
        metric: key,
        values: trials.map { trial in trial.values.first { $0.metric == key }?.value })
    }
    gates = [:]
    for (index, rule) in rules.enumerated() where rule.level != .off {
      gates[rule.id] = trials.map {
        index < $0.gateValues.count ? $0.gateValues[index] : nil
      }
    }
  }

  private static func isKept(_ key: MetricKey) -> Bool {
    unphased.contains(key.name)
      || during.contains(key.name) && key["phase"] == Phase.during.name && key["who"] != "backfill"
  }

  package subscript(_ metric: MetricKey) -> [Double?]? {
    metrics.first { $0.metric == metric.resolved }?.values
  }
}

extension TrialSamples: Codable {
  private enum CodingKeys: String, CodingKey { case metrics, gates }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    let entries = metrics.map { ($0.metric.description, $0.values.map(Sample.init)) }
    try object.encode(Dictionary(uniqueKeysWithValues: entries), forKey: .metrics)
    try object.encode(gates.mapValues { $0.map(Sample.init) }, forKey: .gates)
  }

  package init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    metrics = try object.decode([String: [Sample]].self, forKey: .metrics)
      .map { Column(metric: MetricKey(text: $0.key), values: $0.value.map(\.value)) }
      .sorted { $0.metric < $1.metric }
    gates = try object.decode([String: [Sample]].self, forKey: .gates)
      .mapValues { $0.map(\.value) }
  }

  /// A number, null, or the word `infinite` for what never ended: JSON has no such number.
  private struct Sample: Codable {
    var value: Double?
    private static let infinite = "infinite"

    init(_ value: Double?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
      var single = encoder.singleValueContainer()
      guard let value, !value.isNaN else { return try single.encodeNil() }
      if value.isFinite { try single.encode(value) } else { try single.encode(Self.infinite) }
    }

    init(from decoder: any Decoder) throws {
      let single = try decoder.singleValueContainer()
      if single.decodeNil() {
        value = nil
      } else if let word = try? single.decode(String.self), word == Self.infinite {
        value = .infinity
      } else {
        value = try single.decode(Double.self)
      }
    }
  }
}
