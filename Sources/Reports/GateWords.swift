import Gates
import Measurements
import Scenarios

/// What a gate looks at, said in words.
struct GateWords {
  var gate: GateResult
  var run: RunRecord

  /// The unit its value and limit are in; a multiple of before has none.
  var unit: String {
    if isMultiple { return "x" }
    return MetricCatalog.named(gate.metric.name)?.unit ?? "1"
  }

  private var isMultiple: Bool { gate.expectation.hasSuffix("before") }

  var text: String {
    var parts = [subject]
    if let every = run.setting("gates.\(gate.id).window.every"), every != "none" {
      let take = run.setting("gates.\(gate.id).window.take") ?? "worst"
      parts.append("\(take) of each \(every)")
    }
    if isMultiple { parts.append("against before") }
    return parts.joined(separator: ", ") + trials + breach
  }

  private var subject: String {
    let labels = gate.metric.labels.map { label in
      label.name == "phase" ? label.value : "\(label.name) \(label.value)"
    }
    return labels.isEmpty
      ? gate.metric.name : "\(gate.metric.name) of \(labels.joined(separator: ", "))"
  }

  private var trials: String {
    if gate.n == 0 { return "; nothing was measured" }
    return "; \(gate.trialsPassed) of \(RunText.plural(gate.n, "trial")) within"
  }

  private var breach: String {
    guard let breach = gate.firstBreach else { return "" }
    return breach == 0
      ? "; beyond it from the start" : "; first beyond it after \(Human.duration(breach))"
  }
}
