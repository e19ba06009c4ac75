import Gates
import Traffic

extension ScenarioBuilder {
  /// `app.latency.p99{class=checkout}` as a metric of the catalog and the labels as written.
  mutating func metric(_ section: Checked) -> (Metric, MetricKey)? {
    guard let text = section.string, let node = section.node else { return nil }
    let scalars = Array(text.unicodeScalars)
    let brace = scalars.firstIndex(of: "{") ?? scalars.count
    let name = String(String.UnicodeScalarView(scalars[..<brace])).trimmingEnd()
    guard let metric = MetricCatalog.named(name) else {
      refuseMetric(name, at: node.place(at: 0, length: name.unicodeScalars.count))
      return nil
    }
    guard brace < scalars.count else { return (metric, MetricKey(name)) }
    guard scalars.last == "}" else {
      problems.error(
        "RH0304", at: section.place, "the braces of \"\(text)\" are not closed",
        hint: "write \(name){class=checkout}")
      return nil
    }
    guard
      let labels = labels(
        Array(scalars[(brace + 1)..<(scalars.count - 1)]), from: brace + 1, metric, node)
    else { return nil }
    return (metric, MetricKey(name, labels))
  }

  private mutating func refuseMetric(_ name: String, at place: Place) {
    let names = MetricCatalog.all.map(\.name)
    let family = names.filter { $0.hasPrefix(name + ".") }
    if !family.isEmpty {
      problems.error(
        "RH0301", at: place, "\"\(name)\" is a family of metrics, a gate judges one",
        hint: "one of: \(Suggestion.list(family))")
      return
    }
    let near = Suggestion.nearest(to: name, among: names)
    let root = name.split(separator: ".").first.map(String.init) ?? ""
    let related = names.filter { $0.hasPrefix(root + ".") }
    problems.error(
      "RH0301", at: place, "there is no metric \"\(name)\"",
      hint: near.map { "did you mean \"\($0)\"?" } ?? "see below",
      help: ["metrics: \(Suggestion.list(related.isEmpty ? names : related))"])
  }

  private mutating func labels(
    _ scalars: [Unicode.Scalar], from offset: Int, _ metric: Metric, _ node: Node
  ) -> [String: String]? {
    var labels: [String: String] = [:]
    var start = offset
    for part in scalars.split(separator: ",", omittingEmptySubsequences: false) {
      let text = String(String.UnicodeScalarView(part))
      let place = node.place(at: start, length: max(1, part.count))
      start += part.count + 1
      let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2 else {
        problems.error("RH0304", at: place, "\"\(text)\" is no label", hint: "write name=value")
        return nil
      }
      let name = String(halves[0].trimmingCharacter(" "))
      let value = String(halves[1].trimmingCharacter(" ").trimmingCharacter("\""))
      guard metric.labels.contains(name) else {
        let allowed = Suggestion.list(metric.labels)
        problems.error(
          "RH0307", at: place, "\(metric.name) has no label \"\(name)\"",
          hint: metric.labels.isEmpty ? "it has none: remove the braces" : "allowed: \(allowed)")
        return nil
      }
      if labels[name] != nil {
        problems.error(
          "RH0307", at: place, "the label \"\(name)\" is written twice", hint: "keep one")
        return nil
      }
      guard checkLabel(name, value, at: place, metric) else { return nil }
      labels[name] = value
    }
    return labels
  }

  private mutating func checkLabel(
    _ name: String, _ value: String, at place: Place, _ metric: Metric
  ) -> Bool {
    let known: [String]
    switch name {
    case "class": known = traffic.map(\.name)
    case "replica": known = replicas.map(\.name)
    case "pool": known = pools.map(\.name)
    default: known = MetricCatalog.labelValues[name] ?? []
    }
    if known.contains(value) { return true }
    let near = Suggestion.nearest(to: value, among: known).map { "did you mean \"\($0)\"? " } ?? ""
    problems.error(
      "RH0303", at: place, "no \(name) is named \"\(value)\"",
      hint: near + (known.isEmpty ? "none is defined" : "(defined: \(Suggestion.list(known)))"))
    return false
  }
}
