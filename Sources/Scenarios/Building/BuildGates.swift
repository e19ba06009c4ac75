import Gates
import Primitives
import Traffic

extension ScenarioBuilder {
  mutating func buildGates(_ run: RunSettings) -> [GateRule] {
    var rules: [GateRule] = []
    var ids: [(String, Place)] = []
    for section in root["gates"].items {
      guard let rule = gate(section, run) else { continue }
      rules.append(rule)
      ids.append((rule.id, section["id"].isUsable ? section["id"].place : section["metric"].place))
    }
    requireDistinct(ids, "gate")
    return rules
  }

  private mutating func gate(_ section: Checked, _ run: RunSettings) -> GateRule? {
    guard let (metric, key) = metric(section["metric"]) else {
      // The other half of the gate is still worth reading.
      if let text = section["expect"].string { checkGrammar(text, section["expect"]) }
      return nil
    }
    guard let expectation = expectation(section["expect"], metric) else { return nil }
    let window = section["window"]["every"].span.map { every in
      GateRule.Window(
        every: every,
        take: section["window"]["take"].string.flatMap(GateRule.Window.Take.init) ?? .worst)
    }
    let place = section.place
    let rule = GateRule(
      id: section["id"].string ?? key.description, metric: key, comparison: expectation.comparison,
      limit: expectation.limit, judgement: expectation.judgement, window: window,
      level: section["level"].string.flatMap(GateRule.Level.init) ?? .error,
      expectation: section["expect"].text, line: place.line, column: place.column)
    check(rule, metric, section, run)
    return rule
  }

  private mutating func checkGrammar(_ text: String, _ section: Checked) {
    guard ComparisonText(text) == nil else { return }
    refuseExpectation(section)
  }

  private mutating func refuseExpectation(_ section: Checked) {
    problems.error(
      "RH0304", at: section.place, "\"\(section.text)\" is no expectation",
      hint: "write \"<= 40ms\", \"<= 1.8x before\", \"<= deadline\" or \"mean <= 10s\"")
  }

  struct Expectation {
    var comparison: GateRule.Comparison
    var limit: GateRule.Limit
    var judgement: GateRule.Judgement
  }

  private mutating func expectation(_ section: Checked, _ metric: Metric) -> Expectation? {
    guard let text = section.string, let node = section.node else { return nil }
    guard let parts = ComparisonText(text), ["", "mean"].contains(parts.subject.text) else {
      refuseExpectation(section)
      return nil
    }
    guard let comparison = GateRule.Comparison(rawValue: parts.comparison.text) else {
      problems.error(
        "RH0304", at: node.place(at: parts.comparison.offset, length: parts.comparison.length),
        "\"\(parts.comparison.text)\" is no comparison", hint: "use <=, <, >= or >")
      return nil
    }
    let place = node.place(at: parts.limit.offset, length: parts.limit.length)
    guard let limit = limit(parts.limit.text, at: place, metric) else { return nil }
    return Expectation(
      comparison: comparison, limit: limit,
      judgement: parts.subject.text == "mean" ? .mean : .shareOfTrials)
  }

  private mutating func limit(_ text: String, at place: Place, _ metric: Metric) -> GateRule.Limit?
  {
    if text == "deadline" { return deadline(at: place, metric) }
    if text.hasSuffix("before") {
      let number = text.dropLast("before".count).trimmingCharacter(" ")
      guard number.last == "x",
        case .success(let factor) = Quantity.parse(String(number.dropLast()), as: .number)
      else {
        problems.error(
          "RH0304", at: place, "\"\(text)\" is no multiple of before", hint: "write 1.8x before")
        return nil
      }
      guard factor > 0 else {
        problems.error(
          "RH0205", at: place, "the multiple has to be above 0", hint: "such as 1.8x before")
        return nil
      }
      return .timesBefore(factor)
    }
    return value(text, at: place, metric)
  }

  private mutating func value(_ text: String, at place: Place, _ metric: Metric) -> GateRule.Limit?
  {
    let dimension = metric.dimension
    switch Quantity.parse(text, as: dimension) {
    case .success(let value):
      guard value >= 0 else {
        problems.error(
          "RH0205", at: place, "\(metric.name) is never below 0", hint: "write a limit of 0 or more"
        )
        return nil
      }
      return .value(value)
    case .failure(.notWhole):
      // The mean over trials of a count need not be whole.
      return Double(text).map(GateRule.Limit.value)
    case .failure(.other(let found)):
      problems.error(
        "RH0305", at: place, "\(metric.name) is \(dimension.noun), \"\(text)\" is \(found.noun)",
        hint: "expected \(dimension.noun) such as \(dimension.example)")
    case .failure(let fault):
      let (code, message, hint) = SchemaCheck.explain(fault, text, dimension, metric.name)
      problems.error(code, at: place, message, hint: hint)
    }
    return nil
  }

  private mutating func deadline(at place: Place, _ metric: Metric) -> GateRule.Limit? {
    guard metric.dimension == .time else {
      problems.error(
        "RH0305", at: place,
        "\(metric.name) is \(metric.dimension.noun), the deadline is a duration",
        hint: "use deadline with backfill.duration")
      return nil
    }
    guard let deadline = backfill?.deadline else {
      if root["backfill"]["deadline"].isAbsent {
        problems.error(
          "RH0306", at: place, "the scenario has no deadline", hint: "add backfill: {deadline: 5h}")
      }
      return nil
    }
    return .value(deadline.seconds)
  }
}
