import Gates
import Measurements
import Scenarios
import Tuning

/// The sentences that text, JSON and reports share.
package enum TuneWords {
  /// Such as `4,100 rows, workers 4, pause 50ms`.
  package static func short(_ candidate: Candidate) -> String {
    candidate.values.map { "\($0.path.lastStep) \($0.text)" }.joined(separator: ", ")
  }

  package static func confidence(_ choice: TuneResult.Recommendation) -> String {
    guard let confirmation = choice.confirmation else {
      return "Not confirmed on fresh seeds: the search was stopped before."
    }
    let trials = "\(confirmation.passed) of \(confirmation.results.count) on fresh seeds"
    if !confirmation.isConfirmed {
      return "Not confirmed: gates were met in \(trials) only."
    }
    return
      "With 95% confidence at least 95% of simulated runs meet every gate (\(trials)); that says "
      + "nothing about how well the model fits your server."
  }

  package static func binding(_ binding: TuneResult.Binding, _ result: TuneResult) -> String {
    switch binding {
    case .gate(let id):
      let rule = result.constraints.first { $0.rule.id == id }?.rule
      let what = rule.map { " (\($0.metric.description) \($0.expectation))" } ?? ""
      return "gate \(id)\(what): the next faster setting misses it."
    case .edge(let path, let text):
      return "the space: \(path) ends at \(text), and larger would be faster."
    case .resource(let words): return "\(words): no setting of the space is faster."
    }
  }

  /// What relaxing the binding gate would buy, to follow it; empty where that was not asked.
  static func price(_ result: TuneResult) -> String {
    guard let price = result.shadowPrice else { return "" }
    let relaxed = Human.wholePercent(price.relaxed)
    guard price.gain >= 0.001 else {
      return " \(relaxed) more of its limit would buy nothing here."
    }
    return " \(relaxed) more of its limit would save \(Human.percent(price.gain)) of the time"
      + (price.candidate.values.first.map { " (\($0.path.lastStep) \($0.text))." } ?? ".")
  }

  static func headroom(_ result: TuneResult) -> String? {
    result.headroom.map { headroom in
      guard let gate = headroom.gate else {
        return "even \(Human.count(Headroom.most)) times the traffic meets the gates."
      }
      return headroom.factor > 1
        ? "\(Human.wholePercent(headroom.factor - 1)) more traffic meets the gates; beyond it "
          + "\(gate) is missed first."
        : "none: with hardly more traffic gate \(gate) is missed."
    }
  }

  /// Seconds since midnight as a full hour.
  static func clock(_ seconds: Double) -> String {
    let hour = Int(seconds) / 3_600
    return (hour < 10 ? "0" : "") + "\(hour):00"
  }

  package static func verdict(_ result: TuneResult) -> (Verdict, word: String, sentence: String) {
    guard let choice = result.recommended else {
      if !result.complete {
        return (
          .inconclusive, "INCONCLUSIVE", "stopped before any setting was known to meet the gates."
        )
      }
      return (
        .fail, "NOTHING FEASIBLE", "no setting of the space meets every gate. " + nearest(result)
      )
    }
    if result.constraints.isEmpty {
      return (
        .none, "NONE", "there is no error-level gate: this is the fastest setting, safe or not."
      )
    }
    let short = short(choice.candidate)
    if choice.confirmation?.isConfirmed == true, let verdict = choice.record?.verdict,
      verdict != .fail
    {
      return verdict == .pass
        ? (.pass, "PASS", "\(short) meets every gate.")
        : (
          .inconclusive, "INCONCLUSIVE",
          "\(short) missed no gate, but the fresh trials do not decide every one."
        )
    }
    return (
      .inconclusive, "INCONCLUSIVE", "\(short) met the gates in the search, not yet beyond it."
    )
  }

  private static func nearest(_ result: TuneResult) -> String {
    guard let closest = result.exclusions.min(by: { $0.reading.excess < $1.reading.excess }) else {
      return ""
    }
    return "Nearest on its own: gate \(closest.constraint.rule.id), missed by "
      + "\(Human.margin(closest.reading.excess)) with \(short(closest.nearest.candidate))."
  }
}
