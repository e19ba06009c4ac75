/// The name of a metric with its labels, such as `app.latency.p99{class=checkout,phase=during}`.
package struct MetricKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var name: String
  /// Sorted by label name.
  package private(set) var labels: [Label]

  package struct Label: Hashable, Comparable, Sendable {
    package var name: String
    package var value: String
    package static func < (a: Label, b: Label) -> Bool { (a.name, a.value) < (b.name, b.value) }
  }

  package init(_ name: String, _ labels: [String: String] = [:]) {
    self.name = name
    self.labels = labels.map { Label(name: $0.key, value: $0.value) }.sorted()
  }

  package subscript(label: String) -> String? { labels.first { $0.name == label }?.value }

  package var description: String {
    labels.isEmpty
      ? name : name + "{" + labels.map { "\($0.name)=\($0.value)" }.joined(separator: ",") + "}"
  }

  package static func < (a: MetricKey, b: MetricKey) -> Bool {
    (a.name, a.labels) < (b.name, b.labels)
  }
}

private func < (a: (String, [MetricKey.Label]), b: (String, [MetricKey.Label])) -> Bool {
  a.0 != b.0 ? a.0 < b.0 : a.1.lexicographicallyPrecedes(b.1)
}
