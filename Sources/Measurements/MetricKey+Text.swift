import Gates

extension MetricKey {
  /// Reads what `description` writes, such as `app.latency.p99{class=checkout,phase=during}`.
  package init(text: String) {
    let parts = text.split(separator: "{", maxSplits: 1)
    var labels: [String: String] = [:]
    if parts.count == 2 {
      for label in parts[1].dropLast().split(separator: ",") {
        let pair = label.split(separator: "=", maxSplits: 1)
        if pair.count == 2 { labels[String(pair[0])] = String(pair[1]) }
      }
    }
    self.init(parts.first.map(String.init) ?? text, labels)
  }
}
