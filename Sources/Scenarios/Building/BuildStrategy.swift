import Primitives
import Strategies

extension ScenarioBuilder {
  mutating func buildStrategy() -> Configuration {
    let section = root["strategy"]
    var result = Configuration()
    result.planner = section["planner"].string.flatMap(Planner.init) ?? .keyset
    result.findsByFilter = section["find"].string == "filter" && backfill?.filter != nil
    result.batch = batch(section["batch"])
    result.statement = section["statement"].string.flatMap(StatementKind.init) ?? .range
    result.workers = section["workers"].integer ?? 1
    result.pause = pause(section["pause"])
    result.rounds = rounds(section["rounds"])
    result.order = section["order"].string.flatMap(Order.init) ?? .ascending
    result.lockTimeout = Self.lockTimeout(section["lock_timeout"])
    result.retry = retry(section["retry"])
    result.giveUp = section["give_up"].string.flatMap(GiveUp.init) ?? .stop
    result.throttle = section["throttle"].items.compactMap { throttleRule($0) }
    result.sensors = sensors(section["sensors"])
    result.seed = UInt64(root["run"]["seed"].integer ?? 1)
    if result.planner == .monolithic || result.rounds != nil { result.workers = 1 }
    checkSkipping(result.lockTimeout, at: section["lock_timeout"].place)
    return result
  }

  /// Of the strategy's own lock timeout, and of one that an event sets.
  mutating func checkSkipping(_ timeout: LockTimeout, at place: Place) {
    let statement = root["strategy"]["statement"].string.flatMap(StatementKind.init)
    guard timeout == .skipLocked, statement != .lockThenUpdate else { return }
    problems.error(
      "RH0106", at: place,
      "skip_locked goes with statement: lock_then_update only, as an UPDATE cannot skip rows",
      hint: "write statement: lock_then_update, or a time, or nowait")
  }

  /// Whether the preset is made for something else; says so where it is.
  mutating func pacingOnly(_ engine: Database.Engine) -> Bool {
    let section = root["strategy"]["preset"]
    let kind = root["backfill"]["kind"].string ?? "update"
    guard let preset = section.string.flatMap({ Presets.named($0, in: .strategy) }),
      !preset.fits.covers(engine, kind)
    else { return false }
    problems.warning(
      "RH0530", at: section.place,
      "\(preset.name) is made for other work (\(preset.fits.text)): pacing only",
      hint: "its sizes, throttle, lock waits and retries, over \(engine.rawValue)'s own batches",
      help: ["a comparison with strategies of this kind of work says nothing about \(preset.name)"])
    return true
  }

  private mutating func batch(_ section: Checked) -> BatchSize {
    let low = section["min_rows"].integer ?? 1
    let high = section["max_rows"].integer ?? 1
    if !section["rows"].isUsable, low > high {
      let place =
        section["min_rows"].isWritten ? section["min_rows"].place : section["max_rows"].place
      problems.error(
        "RH0204", at: place, "min_rows (\(low)) is above max_rows (\(high))", hint: "swap them")
    }
    let law = section["law"].string
    if let target = section["target_time"].span {
      guard let law = law.flatMap(Steering.Law.init) else {
        return .targetTime(target, minRows: low, maxRows: max(low, high))
      }
      return steered(section, law, .time(target), first: 1_000, bounds: low...max(low, high))
    }
    if let bytes = section["target_bytes"].number {
      let width = max(1, tables.first?.rowWidth ?? 1)
      let law = law.flatMap(Steering.Law.init) ?? .p90
      let fitting = max(1, Int(bytes) / width)
      return steered(
        section, law, .bytes(Int(bytes), perRow: width), first: law == .welch ? fitting : 1_000,
        bounds: low...max(low, high))
    }
    return .rows(section["rows"].integer ?? 1_000)
  }

  private mutating func steered(
    _ section: Checked, _ law: Steering.Law, _ goal: Steering.Goal, first: Int,
    bounds: ClosedRange<Int>
  ) -> BatchSize {
    let fits =
      switch (law, goal) {
      case (.averageRate, .time), (.welch, .bytes), (.p90, _): true
      case (.averageRate, .bytes), (.welch, .time): false
      }
    guard fits else {
      let wanted = law == .welch ? "target_bytes" : "target_time"
      problems.error(
        "RH0106", at: section["law"].place, "the law \(law.rawValue) steers for \(wanted) only",
        hint: "give \(wanted), or law: p90")
      return .rows(bounds.upperBound)
    }
    return .steered(
      Steering(
        law: law, goal: goal, firstRows: section["first_rows"].integer ?? first,
        minRows: bounds.lowerBound, maxRows: bounds.upperBound))
  }

  private mutating func rounds(_ section: Checked) -> Rounds? {
    guard let rows = section["rows"].integer, let every = section["every"].span else { return nil }
    let low = section["min_rows"].integer ?? 1
    let high = section["max_rows"].integer ?? rows
    if low > high {
      problems.error(
        "RH0204", at: section["min_rows"].place, "min_rows (\(low)) is above max_rows (\(high))",
        hint: "swap them")
    }
    return Rounds(
      rows: rows, every: every, minRows: low, maxRows: max(low, high),
      isSteered: section["steered"].flag ?? false)
  }

  private func pause(_ section: Checked) -> Pause {
    section["ratio"].number.map(Pause.ratio) ?? .fixed(section.span ?? .zero)
  }

  static func lockTimeout(_ section: Checked) -> LockTimeout {
    if let span = section.span { return .after(span) }
    switch section.string {
    case "nowait": return .nowait
    case "skip_locked": return .skipLocked
    case let text? where text.hasPrefix("server+"):
      let extra = Quantity.parse(String(text.dropFirst("server+".count)), as: .time)
      if case .success(let seconds) = extra { return .serverPlus(TimeSpan(seconds: seconds)) }
      return .server
    default: return .server
    }
  }

  private mutating func retry(_ section: Checked) -> Retry {
    var retry = Retry(
      max: section["max"].integer ?? 0, backoff: section["backoff"].span ?? .zero,
      maxBackoff: section["max_backoff"].span ?? .zero)
    retry.growth = section["growth"].string.flatMap(Retry.Growth.init) ?? .exponential
    retry.jitter = section["jitter"].string.flatMap(Retry.Jitter.init) ?? .half
    let on = section["on"].items.compactMap(\.string)
    if !on.isEmpty { retry.on = FailureCode.retryable.filter { on.contains($0.key) }.map(\.code) }
    retry.shrink = section["shrink"].number ?? 1
    retry.leastShare = section["least"].number ?? 0
    if retry.backoff > retry.maxBackoff, section["backoff"].isUsable,
      section["max_backoff"].isUsable
    {
      let culprit = section["backoff"].isWritten ? section["backoff"] : section["max_backoff"]
      problems.error(
        "RH0204", at: culprit.place,
        "backoff (\(section["backoff"].text)) is above max_backoff (\(section["max_backoff"].text))",
        hint: "raise max_backoff")
    }
    return retry
  }

  private mutating func sensors(_ section: Checked) -> [Signal: Sensor] {
    var sensors: [Signal: Sensor] = [:]
    for member in section.members {
      guard let signal = Signal(rawValue: member.key) else {
        refuseSignal(member.key, at: member.keyPlace)
        continue
      }
      sensors[signal] = Sensor(
        delay: member.value["delay"].span ?? .zero, blindAt: member.value["blind_at"].span,
        onUnknown: member.value["on_unknown"].string.flatMap(Sensor.OnUnknown.init) ?? .pause)
    }
    return sensors
  }

  private mutating func refuseSignal(_ name: String, at place: Place) {
    let names = Signal.allCases.map(\.rawValue)
    let near = Suggestion.nearest(to: name, among: names).map { "did you mean \"\($0)\"?" }
    problems.error(
      "RH0402", at: place, "\"\(name)\" is not a signal", hint: near ?? "see below",
      help: ["signals: \(Suggestion.list(names))"])
  }

  private mutating func throttleRule(_ section: Checked) -> ThrottleRule? {
    guard var rule = effect(section, every: section["every"].span ?? .seconds(1)) else {
      return nil
    }
    rule.check = section["check"].string.flatMap(ThrottleRule.Check.init) ?? .sampled
    rule.hold = section["hold"].span ?? .zero
    rule.patience = section["patience"].span
    rule.freshFor = section["fresh_for"].span ?? .zero
    if case .slow = rule.effect, rule.check == .sampled { rule.check = .afterBatch }
    if rule.patience != nil, rule.check != .sampled {
      problems.error(
        "RH0106", at: section["patience"].place, "patience is for sampled rules",
        hint: "remove patience, or check")
    }
    return rule
  }

  private mutating func effect(_ section: Checked, every: TimeSpan) -> ThrottleRule? {
    if section["abort_when"].isUsable {
      guard let condition = condition(section["abort_when"]) else { return nil }
      return ThrottleRule(
        condition: condition, effect: .abort(after: section["for"].span ?? .zero), every: every)
    }
    if section["slow_when"].isUsable {
      guard let condition = condition(section["slow_when"]) else { return nil }
      let (least, most) = (section["sleep"].span ?? .zero, section["max_sleep"].span ?? .zero)
      if least > most {
        problems.error(
          "RH0204", at: section["sleep"].place,
          "sleep (\(section["sleep"].text)) is above max_sleep (\(section["max_sleep"].text))",
          hint: "raise max_sleep")
      }
      return ThrottleRule(
        condition: condition, effect: .slow(from: least, to: max(least, most)), every: every)
    }
    guard let pause = condition(section["pause_when"]) else { return nil }
    var resume = Condition(
      signal: pause.signal, comparison: pause.comparison.negation, limit: pause.limit)
    if section["resume_when"].isUsable {
      guard let written = condition(section["resume_when"]) else { return nil }
      checkResume(written, after: pause, section)
      resume = written
    }
    return ThrottleRule(condition: pause, effect: .pause(resumeWhen: resume), every: every)
  }

  private mutating func checkResume(_ resume: Condition, after pause: Condition, _ section: Checked)
  {
    let place = section["resume_when"].place
    let text = section["pause_when"].text
    if resume.signal != pause.signal {
      problems.error(
        "RH0204", at: place, "resume_when looks at another signal than pause_when (\(text))",
        hint: "use \(pause.signal.rawValue) in both")
    } else if resume.comparison.isUpper == pause.comparison.isUpper {
      problems.error(
        "RH0204", at: place, "resume_when points the same way as pause_when (\(text))",
        hint: "write \(pause.comparison.isUpper ? "<" : ">")")
    } else if pause.comparison.isUpper ? resume.limit > pause.limit : resume.limit < pause.limit {
      problems.error(
        "RH0204", at: place, "resume_when already holds while pause_when (\(text)) does",
        hint: "resume \(pause.comparison.isUpper ? "at or below" : "at or above") the pausing limit"
      )
    }
  }

  /// `replica.lag > 10s`.
  private mutating func condition(_ section: Checked) -> Condition? {
    guard let text = section.string, let node = section.node else { return nil }
    guard let parts = ComparisonText(text) else {
      problems.error(
        "RH0404", at: section.place, "\"\(text)\" is no condition",
        hint: "write SIGNAL > LIMIT, such as replica.lag > 10s")
      return nil
    }
    guard let signal = Signal(rawValue: parts.subject.text) else {
      refuseSignal(
        parts.subject.text, at: node.place(at: parts.subject.offset, length: parts.subject.length))
      return nil
    }
    guard let comparison = Condition.Comparison(rawValue: parts.comparison.text) else {
      problems.error(
        "RH0404", at: node.place(at: parts.comparison.offset, length: parts.comparison.length),
        "\"\(parts.comparison.text)\" is no comparison", hint: "use >, >=, < or <=")
      return nil
    }
    switch Quantity.parse(parts.limit.text, as: signal.dimension) {
    case .success(let limit):
      return Condition(signal: signal, comparison: comparison, limit: limit)
    case .failure(let fault):
      let (code, message, hint) = SchemaCheck.explain(
        fault, parts.limit.text, signal.dimension, signal.rawValue)
      problems.error(
        code, at: node.place(at: parts.limit.offset, length: parts.limit.length), message,
        hint: hint)
      return nil
    }
  }
}

extension Condition.Comparison {
  var isUpper: Bool { self == .above || self == .atLeast }

  var negation: Condition.Comparison {
    switch self {
    case .above: .atMost
    case .atLeast: .below
    case .below: .atLeast
    case .atMost: .above
    }
  }
}
