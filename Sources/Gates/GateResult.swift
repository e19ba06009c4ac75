/// What one gate came to over all trials, or in one live run.
package struct GateResult: Sendable, Hashable {
  package var id: String
  package var metric: MetricKey
  /// What was asked, as written.
  package var expectation: String
  package var level: GateRule.Level
  package var verdict: Verdict
  /// The value that `assurance` of the trials stay within; for `mean`, the mean over trials.
  ///
  /// In the metric's base unit, a ratio for `x before`. Nil where nothing was measured; infinite where what
  /// is timed did not end.
  package var value: Double?
  /// The 95 % interval of `value`; nil for a single run and where an end is unknown.
  package var low: Double?
  package var high: Double?
  /// Trials with a value.
  package var n: Int
  package var trialsPassed: Int
  package var limit: Double
  /// Larger values are worse.
  package var largerIsWorse: Bool
  /// Seconds from the backfill's start, the median over the trials that have a breach.
  package var firstBreach: Double?

  /// How far the value stays within the limit, in the same unit; negative beyond it.
  package var margin: Double? { value.map { largerIsWorse ? limit - $0 : $0 - limit } }

  package init(
    id: String, metric: MetricKey, expectation: String, level: GateRule.Level, verdict: Verdict,
    limit: Double, largerIsWorse: Bool
  ) {
    self.id = id
    self.metric = metric
    self.expectation = expectation
    self.level = level
    self.verdict = verdict
    n = 0
    trialsPassed = 0
    self.limit = limit
    self.largerIsWorse = largerIsWorse
  }

  /// A gate without a single sample never passes.
  init(unmeasured rule: GateRule) {
    self.init(
      id: rule.id, metric: rule.metric, expectation: rule.expectation, level: rule.level,
      verdict: .inconclusive, limit: rule.limit.number, largerIsWorse: rule.comparison.isUpper)
  }
}

extension GateRule.Limit {
  /// In the metric's base unit, or a multiple.
  package var number: Double {
    switch self {
    case .value(let number), .timesBefore(let number): number
    }
  }
}

extension GateRule.Comparison {
  /// Larger values are worse.
  package var isUpper: Bool { self == .atMost || self == .below }
}
