import Gates

extension MetricKey {
  /// `app.*` and `locks.*` always carry a phase.
  package var isPhased: Bool { name.hasPrefix("app.") || name.hasPrefix("locks.") }

  package func with(_ label: String, _ value: String) -> MetricKey {
    var all = Dictionary(uniqueKeysWithValues: labels.map { ($0.name, $0.value) })
    all[label] = value
    return MetricKey(name, all)
  }

  /// The key that a short form means: no phase is `during`.
  package var resolved: MetricKey {
    isPhased && self["phase"] == nil ? with("phase", Phase.during.name) : self
  }

  /// True where every label that this key asks for is on the other.
  package func matches(_ other: MetricKey) -> Bool {
    name == other.name && labels.allSatisfy { other[$0.name] == $0.value }
  }

  /// Smaller values are worse: what a missing label resolves to.
  package var isWorstAtMinimum: Bool {
    name.hasSuffix(".min") || name == "backfill.completed_ratio"
  }
}

extension TrialResult {
  /// The value that a key in short form means: no phase is `during`, no class or waiter is pooled,
  /// no replica or pool is the worst.
  package func value(of metric: MetricKey) -> Value? {
    let key = metric.resolved
    if let exact = values.first(where: { $0.metric == key }) { return exact }
    let candidates = values.filter { key.matches($0.metric) }
    let measured = candidates.filter { $0.value != nil }
    let worst = measured.max { a, b in
      guard let a = a.value, let b = b.value else { return false }
      return key.isWorstAtMinimum ? a > b : a < b
    }
    return worst ?? candidates.first
  }
}
