import Primitives

/// Holds the backfill back, or ends it, by what the subscribed signals say.
///
/// Rules on one signal share a subscription at the smallest period. A reading counts once, when it
/// arrives: the same measurement again is no news. A signal without news for
/// `staleAfterPeriods × every` is stale, and its sensor's `onUnknown` decides instead of its rules.
struct Throttle: Sendable {
  /// One late or lost sample is noise, three are a dead sensor (design §4).
  static let staleAfterPeriods: Int64 = 3

  /// What a signal's silence led to.
  enum Silence: Hashable, Sendable {
    /// There was news since: look again then.
    case fresh(until: Instant)
    case stale
    case abort(rule: Int)
  }

  private struct Watch: Sendable {
    var signal: Signal
    var every: TimeSpan
    var onUnknown: Sensor.OnUnknown
    /// Indices into `rules`, ascending.
    var rules: [Int]
    var lastNews = Instant.zero
    var lastMeasured: Instant?
    var isStale = false
    /// A timer will ask for this signal's silence.
    var isTimed = false

    var staleAt: Instant {
      lastNews + .nanoseconds(every.nanoseconds * Throttle.staleAfterPeriods)
    }
  }

  private struct RuleState: Sendable {
    var rule: ThrottleRule
    var isTripped = false
    /// When it tripped, or last let a batch through.
    var trippedAt = Instant.zero
    /// The first of the uninterrupted measurements for which an abort condition held.
    var heldSince: Instant?
  }

  private var watches: [Watch] = []
  private var rules: [RuleState]
  private var sampledCause: PauseCause?
  /// The rules that are looked at around a batch.
  var checks: Checks
  /// Batches that an impatient rule still lets through, and the end of its patience that a timer waits
  /// for.
  private var passes = 0
  private var patienceTimed: Instant?

  init(_ configuration: Configuration) {
    rules = configuration.throttle.map { RuleState(rule: $0) }
    checks = Checks(configuration.throttle, sensors: configuration.sensors)
    for (index, rule) in configuration.throttle.enumerated() where rule.check == .sampled {
      precondition(rule.every > .zero, "a sampling period of \(rule.every.seconds) s")
      let signal = rule.condition.signal
      if let watch = watches.firstIndex(where: { $0.signal == signal }) {
        watches[watch].rules.append(index)
        watches[watch].every = min(watches[watch].every, rule.every)
      } else {
        let onUnknown = (configuration.sensors[signal] ?? Sensor()).onUnknown
        watches.append(
          Watch(signal: signal, every: rule.every, onUnknown: onUnknown, rules: [index]))
      }
    }
  }

  /// What holds the backfill back now.
  var cause: PauseCause? { sampledCause ?? checks.cause }

  /// Whether a batch may start, but for what its own checks say.
  ///
  /// A rule that has held back for as long as its patience lets one batch through for each of the
  /// workers that wait.
  mutating func admits(waiting workers: Int, at now: Instant) -> Bool {
    guard !checks.holdsBack else { return false }
    guard let (rule, end) = impatient else { return sampledCause == nil }
    if passes == 0, now >= end {
      passes = workers
      rules[rule].trippedAt = now
    }
    guard passes > 0 else { return false }
    passes -= 1
    return true
  }

  /// When the patience of the rule that holds back ends, if no timer waits for that yet.
  mutating func nextPatience(after now: Instant) -> Instant? {
    guard let (_, end) = impatient, end > now, patienceTimed != end else { return nil }
    patienceTimed = end
    return end
  }

  private var impatient: (rule: Int, end: Instant)? {
    guard case .held(let rule) = sampledCause, let patience = rules[rule].rule.patience else {
      return nil
    }
    return (rule, rules[rule].trippedAt + patience)
  }

  var subscriptions: [(signal: Signal, every: TimeSpan)] { watches.map { ($0.signal, $0.every) } }

  /// The silence of every signal counts from here.
  mutating func start(at now: Instant) {
    for index in watches.indices { watches[index].lastNews = now }
  }

  /// A stretch of time passed in which the signals were read as before.
  mutating func skip(_ length: TimeSpan) {
    for index in watches.indices { watches[index].lastNews = watches[index].lastNews + length }
  }

  /// A signal whose silence no timer watches, and when to ask for it; it is watched from now on.
  mutating func nextUntimed() -> (signal: Signal, at: Instant)? {
    guard let index = watches.firstIndex(where: { !$0.isTimed && !$0.isStale }) else { return nil }
    watches[index].isTimed = true
    return (watches[index].signal, watches[index].staleAt)
  }

  /// Takes a reading and returns the rule that ends the run by it, if one does.
  mutating func measured(
    _ signal: Signal, value: Double?, measuredAt: Instant, at now: Instant
  ) -> Int? {
    // Else somebody asked for it once.
    guard let index = watches.firstIndex(where: { $0.signal == signal }) else { return nil }
    // A sensor that knows no value, or repeats itself, leaves us as blind as one that is silent.
    guard let value, watches[index].lastMeasured.map({ measuredAt > $0 }) ?? true else {
      return nil
    }
    watches[index].lastNews = now
    watches[index].lastMeasured = measuredAt
    watches[index].isStale = false
    defer { sampledCause = currentCause() }
    for rule in watches[index].rules
    where aborts(rule, value: value, measuredAt: measuredAt, at: now) {
      return rule
    }
    return nil
  }

  /// The timer for the signal's silence fired.
  mutating func silence(of signal: Signal, at now: Instant) -> Silence {
    guard let index = watches.firstIndex(where: { $0.signal == signal }) else {
      preconditionFailure("the silence of \(signal.rawValue), which nobody subscribed to")
    }
    guard now >= watches[index].staleAt else { return .fresh(until: watches[index].staleAt) }
    watches[index].isTimed = false
    watches[index].isStale = true
    // What held before the silence may have ended in it.
    for rule in watches[index].rules { rules[rule].heldSince = nil }
    sampledCause = currentCause()
    return watches[index].onUnknown == .abort ? .abort(rule: watches[index].rules[0]) : .stale
  }

  /// Moves one rule by a reading; true if it ends the run.
  private mutating func aborts(
    _ index: Int, value: Double, measuredAt: Instant, at now: Instant
  ) -> Bool {
    let holds = rules[index].rule.condition.holds(for: value)
    switch rules[index].rule.effect {
    case .pause(let resumeWhen):
      // Both hold only for contradictory conditions; holding back is then the safe reading.
      if holds {
        if !rules[index].isTripped { rules[index].trippedAt = now }
        rules[index].isTripped = true
      } else if resumeWhen.holds(for: value), now - rules[index].trippedAt >= rules[index].rule.hold
      {
        rules[index].isTripped = false
      }
      return false
    case .abort(let after):
      guard holds else {
        rules[index].heldSince = nil
        return false
      }
      let since = rules[index].heldSince ?? measuredAt
      rules[index].heldSince = since
      return measuredAt - since >= after
    case .slow:
      preconditionFailure("a rule that slows down is checked after batches")
    }
  }

  /// The first rule that holds back, in the order of the rules.
  private func currentCause() -> PauseCause? {
    var first: (rule: Int, cause: PauseCause)?
    for watch in watches where !(watch.isStale && watch.onUnknown == .proceed) {
      let rule = watch.isStale ? watch.rules.first : watch.rules.first { rules[$0].isTripped }
      guard let rule, rule < first?.rule ?? .max else { continue }
      first = (rule, watch.isStale ? .unknown(watch.signal) : cause(of: rule))
    }
    return first?.cause
  }

  private func cause(of rule: Int) -> PauseCause {
    rules[rule].rule.patience == nil ? .throttle(rule: rule) : .held(rule: rule)
  }
}
