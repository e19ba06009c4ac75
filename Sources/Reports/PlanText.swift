import Estimates
import Primitives
import Scenarios

/// What `plan` shows: every resolved value with its origin, then the arithmetic with its formulas.
package struct PlanText {
  package var loaded: LoadedScenario

  package init(_ loaded: LoadedScenario) { self.loaded = loaded }

  static let width = 80
  static let valueEnd = 44

  package var text: String {
    ([heading, ""] + resolved + [""] + arithmetic).joined(separator: "\n") + "\n"
  }

  private var heading: String { "\(loaded.scenario.name)  \(loaded.path)" }

  private var resolved: [String] {
    var lines = ["RESOLVED VALUES  (value, and where it comes from; \" means: as above)"]
    var section = ""
    var lastOrigin = ""
    for value in loaded.resolved {
      let (parent, key) = Self.split(value.path)
      if parent != section {
        lines += ["", "  \(parent)"]
        section = parent
        lastOrigin = ""
      }
      let origin = "\(value.origin)"
      let shown = "    \(key) = \(value.text.printable)"
      lines += Self.row(shown, origin == lastOrigin ? "\"" : origin.printable)
      lastOrigin = origin
    }
    return lines
  }

  /// `a.b.c` as (`a.b`, `c`); a name alone belongs to the file itself.
  private static func split(_ path: String) -> (String, String) {
    guard let dot = path.lastIndex(of: ".") else { return ("scenario", path) }
    return (String(path[..<dot]), String(path[path.index(after: dot)...]))
  }

  /// Two columns; the first one gets lines of its own where it is too long.
  private static func row(_ head: String, _ origin: String) -> [String] {
    let column = String(repeating: " ", count: valueEnd)
    let words = origin.wrapped(to: width - valueEnd)
    if head.count < valueEnd {
      return [head + column.dropFirst(head.count) + words[0]]
        + words.dropFirst().map { column + $0 }
    }
    let lines = head.wrapped(to: width - 4, indent: "    ").map { "    " + $0 }
    return lines + words.map { column + $0 }
  }

  private var arithmetic: [String] {
    guard let order = FirstOrder(loaded.scenario) else {
      return ["FIRST-ORDER ARITHMETIC  none: there is no backfill"]
    }
    let estimates = order.estimates(loaded.scenario)
    var lines = ["FIRST-ORDER ARITHMETIC  (what holds if nothing queues)"]
    for topic in Estimate.Topic.allCases {
      let ofTopic = estimates.filter { $0.topic == topic }
      guard !ofTopic.isEmpty else { continue }
      lines += ["", "  \(topic.title)"]
      for estimate in ofTopic { lines += Self.rows(estimate) }
      if topic == .pace { lines += binding(order) }
      if topic == .batch { lines += BatchLines(loaded.scenario).lines }
    }
    return lines
  }

  private static func rows(_ estimate: Estimate) -> [String] {
    let value =
      estimate.value.isFinite
      ? Human.text(estimate.value, unit: estimate.unit.rawValue)
      : estimate.topic == .batch ? "any" : "without end"
    let room = valueEnd - 4 - estimate.label.count
    let blanks = String(repeating: " ", count: max(1, room - value.count))
    let head = "    " + estimate.label + blanks + value + "  "
    let column = String(repeating: " ", count: valueEnd + 2)
    let formula = estimate.formula.wrapped(to: width - valueEnd - 2)
    return [head + formula[0]] + formula.dropFirst().map { column + $0 }
  }

  private func binding(_ order: FirstOrder) -> [String] {
    guard let bound = order.rates.binding else { return [] }
    var sentence = "Bound by \(bound.resource.words)."
    if let deadline = loaded.scenario.backfill?.deadline {
      let share = order.duration / deadline.seconds
      sentence +=
        order.duration <= deadline.seconds
        ? " The deadline leaves \(Human.percent(1 - share)) of its time."
        : " The deadline is missed by \(Human.duration(order.duration - deadline.seconds))."
    }
    return sentence.wrapped(to: Self.width - 4).map { "    " + $0 }
  }
}

extension Estimate.Topic {
  var title: String {
    switch self {
    case .pace: "Pace"
    case .batch: "Largest batch"
    case .locks: "Row locks"
    case .log: "Write-ahead log"
    case .replication: "Replication"
    case .versions: "Row versions"
    }
  }
}
