import Primitives

/// The throttle's rules that are looked at around a batch only, by asking for a reading then.
///
/// A rule that trips holds everything back until it is asked again and lets go, or, where it names a
/// fixed time, until that is over. A rule that slows down does so after every batch.
struct Checks: Sendable {
  private enum State: Hashable, Sendable {
    /// Nothing to ask.
    case clear
    /// To be asked before the next batch.
    case due
    /// The answer is on its way.
    case awaiting
    case holding(asksAgain: Bool, isUnknown: Bool)
  }

  /// One rule.
  private struct Point: Sendable {
    /// Its place among all rules of the throttle.
    var rule: Int
    var isTripped = false
    var heldSince: Instant?
    var state = State.clear
    var lastGood: Instant?
    /// Of a rule that slows down: the sleep after the last batch.
    var sleep = TimeSpan.zero

    func cause(_ rules: [ThrottleRule]) -> PauseCause? {
      guard case .holding(let asksAgain, let isUnknown) = state else { return nil }
      if isUnknown { return .unknown(rules[rule].condition.signal) }
      return asksAgain ? .throttle(rule: rule) : .held(rule: rule)
    }
  }

  /// What an answer led to.
  enum Outcome: Hashable, Sendable {
    /// The strategy calls `timeUp` for the rule then.
    case hold(rule: Int, until: Instant)
    case abort(rule: Int)
  }

  private let rules: [ThrottleRule]
  private let onUnknown: [Sensor.OnUnknown]
  private var points: [Point] = []

  /// `rules` are all rules of the throttle; those that are sampled are left to it.
  init(_ rules: [ThrottleRule], sensors: [Signal: Sensor]) {
    self.rules = rules
    onUnknown = rules.map { (sensors[$0.condition.signal] ?? Sensor()).onUnknown }
    for (index, rule) in rules.enumerated() where rule.check != .sampled {
      var point = Point(rule: index)
      if rule.check == .beforeBatch { point.state = .due }
      if case .slow(let from, _) = rule.effect { point.sleep = from }
      points.append(point)
    }
  }

  /// Nothing may start: a rule holds back, or has not answered yet.
  var holdsBack: Bool {
    points.contains { $0.state == .awaiting || $0.cause(rules) != nil }
  }

  /// What holds back; nil also while an answer is on its way.
  var cause: PauseCause? { points.lazy.compactMap { $0.cause(rules) }.first }

  /// Signals to measure before a batch may start; none if one may.
  mutating func before(at now: Instant) -> [Signal] {
    ask { point, rule in
      guard point.state == .due else { return false }
      guard let good = point.lastGood, now - good < rule.freshFor else { return true }
      point.state = .clear
      return false
    }
  }

  /// The next batch has to ask anew.
  mutating func started() {
    for index in points.indices where rules[points[index].rule].check == .beforeBatch {
      points[index].state = .due
    }
  }

  /// Signals to measure because a batch, or a whole round, has ended.
  mutating func ended(round: Bool) -> [Signal] {
    ask { point, rule in
      guard point.state == .clear else { return false }
      return rule.check == .afterBatch || (round && rule.check == .afterRound)
    }
  }

  mutating func answered(_ signal: Signal, value: Double?, at now: Instant) -> [Outcome] {
    points.indices.compactMap { index in
      guard points[index].state == .awaiting,
        rules[points[index].rule].condition.signal == signal
      else { return nil }
      return settle(index, value: value, at: now)
    }
  }

  /// The hold of a rule is over: returns the signal to measure again, if it is to be.
  mutating func timeUp(rule: Int) -> Signal? {
    guard let index = points.firstIndex(where: { $0.rule == rule }),
      case .holding(let asksAgain, _) = points[index].state
    else { return nil }
    points[index].state = asksAgain ? .awaiting : .clear
    return asksAgain ? rules[rule].condition.signal : nil
  }

  private mutating func ask(_ isDue: (inout Point, ThrottleRule) -> Bool) -> [Signal] {
    var signals: [Signal] = []
    for index in points.indices {
      let rule = rules[points[index].rule]
      guard isDue(&points[index], rule) else { continue }
      points[index].state = .awaiting
      if !signals.contains(rule.condition.signal) { signals.append(rule.condition.signal) }
    }
    return signals
  }

  private mutating func settle(_ index: Int, value: Double?, at now: Instant) -> Outcome? {
    let number = points[index].rule
    let rule = rules[number]
    guard value != nil || onUnknown[number] == .proceed else {
      if onUnknown[number] == .abort { return .abort(rule: number) }
      return hold(index, for: rule.every, asksAgain: true, isUnknown: true, at: now)
    }
    let holds = value.map { rule.condition.holds(for: $0) } ?? false
    switch rule.effect {
    case .pause(let resumeWhen):
      let stays = points[index].isTripped && !(value.map { resumeWhen.holds(for: $0) } ?? true)
      points[index].isTripped = holds || stays
      guard holds || stays else { break }
      let span = rule.hold > .zero ? rule.hold : rule.every
      return hold(index, for: span, asksAgain: rule.hold == .zero, at: now)
    case .abort(let after):
      points[index].heldSince = holds ? points[index].heldSince ?? now : nil
      if let since = points[index].heldSince, now - since >= after { return .abort(rule: number) }
    case .slow(let from, let to):
      let sleep = points[index].sleep
      points[index].sleep = holds ? min(sleep + sleep, to) : max(sleep * 0.5, from)
      return hold(index, for: points[index].sleep, asksAgain: false, at: now)
    }
    points[index].state = .clear
    points[index].lastGood = now
    return nil
  }

  private mutating func hold(
    _ index: Int, for span: TimeSpan, asksAgain: Bool, isUnknown: Bool = false, at now: Instant
  ) -> Outcome {
    points[index].state = .holding(asksAgain: asksAgain, isUnknown: isUnknown)
    return .hold(rule: points[index].rule, until: now + span)
  }
}
