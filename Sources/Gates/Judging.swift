/// Judges one gate by its statistic in each trial; nil where a trial could not compute it.
///
/// The gate passes when at least `assurance` of the trials meet it, judged by the 95 %
/// Clopper–Pearson interval of that share; with `mean`, when the 95 % interval of the mean over
/// trials lies within the limit. A trial without a value says nothing; with none that has one the
/// gate is inconclusive.
package func judge(_ rule: GateRule, values: [Double?], assurance: Double) -> GateResult {
  let known = values.compactMap { $0 }.filter { !$0.isNaN }
  guard let spread = Spread(known) else { return GateResult(unmeasured: rule) }
  var result = GateResult(unmeasured: rule)
  result.n = known.count
  result.trialsPassed = known.count { rule.comparison.holds($0, rule.limit.number) }
  switch rule.judgement {
  case .shareOfTrials:
    result.verdict = verdict(passed: result.trialsPassed, of: result.n, assurance: assurance)
    let bounds = AssuredValue(spread, assurance: assurance, largerIsWorse: rule.comparison.isUpper)
    (result.value, result.low, result.high) = (bounds.value, bounds.low, bounds.high)
  case .mean:
    let interval = spread.meanInterval()
    result.verdict = verdict(rule, mean: spread, interval: interval)
    result.value = spread.mean
    (result.low, result.high) = (interval?.lowerBound, interval?.upperBound)
  }
  return result
}

/// Judges one gate by the value of a single live run.
package func judgeLive(_ rule: GateRule, value: Double?) -> GateResult {
  var result = GateResult(unmeasured: rule)
  guard let value, !value.isNaN else { return result }
  let holds = rule.comparison.holds(value, rule.limit.number)
  result.verdict = holds ? .pass : .fail
  result.value = value
  result.n = 1
  result.trialsPassed = holds ? 1 : 0
  return result
}

/// What a number of passes among trials says about the share that passes.
///
/// The interval's ends lie on either side of the assurance exactly where the tails at the assurance
/// are larger or smaller than 2.5 %, so the ends themselves are not needed.
package func verdict(passed: Int, of n: Int, assurance: Double) -> Verdict {
  guard n > 0 else { return .inconclusive }
  if BinomialShare.atLeast(passed, of: n, share: assurance) <= 0.025 { return .pass }
  let atMost = 1 - BinomialShare.atLeast(passed + 1, of: n, share: assurance)
  return atMost < 0.025 ? .fail : .inconclusive
}

/// What all gates come to: the error-level ones count, and the worst of them decides.
package func verdict(of results: [GateResult]) -> Verdict {
  let deciding = results.filter { $0.level == .error }.map(\.verdict)
  return [.fail, .inconclusive, .pass].first { deciding.contains($0) } ?? .none
}

/// True where further trials would change no verdict: every gate passed or failed, or no trial
/// could compute its statistic.
package func decided(_ results: [GateResult]) -> Bool {
  results.allSatisfy { $0.level == .off || $0.verdict != .inconclusive || $0.n == 0 }
}

extension GateResult {
  /// The fewest trials in all that would decide an undecided gate if they went on as they did; nil where
  /// more than `most` would be needed.
  package func trialsToDecide(assurance: Double, most: Int = 1_000) -> Int? {
    guard n > 0 else { return nil }
    guard !isOfMean else {
      // The interval of a mean shrinks with the root of the trials.
      guard let margin, margin != 0, let low, let high else { return nil }
      let halves = (high - low) / 2 / abs(margin)
      let wanted = (Double(n) * halves * halves).rounded(.up)
      return wanted <= Double(most) ? max(n, Int(wanted)) : nil
    }
    let rate = Double(trialsPassed) / Double(n)
    return (n...max(n, most)).first {
      Gates.verdict(passed: Int((rate * Double($0)).rounded()), of: $0, assurance: assurance)
        != .inconclusive
    }
  }

  private var isOfMean: Bool { expectation.hasPrefix("mean") }
}

private func verdict(
  _ rule: GateRule, mean spread: Spread, interval: ClosedRange<Double>?
) -> Verdict {
  guard spread.count > 1 else { return .inconclusive }
  let limit = rule.limit.number
  guard let interval else { return rule.comparison.holds(spread.mean, limit) ? .pass : .fail }
  let low = rule.comparison.holds(interval.lowerBound, limit)
  let high = rule.comparison.holds(interval.upperBound, limit)
  return low == high ? (low ? .pass : .fail) : .inconclusive
}
