import Gates

/// An error-level gate as a constraint of the search.
package struct Constraint: Hashable, Sendable {
  /// Place in the scenario's gates.
  package var index: Int
  package var rule: GateRule
  /// In the metric's base unit, or a multiple of before; relaxed where a shadow price is asked for.
  package var limit: Double

  static func all(of rules: [GateRule]) -> [Constraint] {
    rules.enumerated().filter { $0.element.level == .error }.map {
      Constraint(index: $0.offset, rule: $0.element, limit: $0.element.limit.number)
    }
  }

  /// Metrics that get better as batches grow: a gate on one of them is missed by a batch that is too
  /// small, every other one by a batch that is too large.
  private static let wantingLarge = [
    "backfill.duration", "backfill.rate", "backfill.completed_ratio", "backfill.batches",
    "mvcc.xids",
  ]
  package var wantsLarge: Bool { Self.wantingLarge.contains(rule.metric.name) }

  /// The same with a limit that allows a share more.
  func relaxed(by share: Double) -> Constraint {
    var relaxed = self
    relaxed.limit *= rule.comparison.isUpper ? 1 + share : 1 - share
    return relaxed
  }

  /// What these trials say of it; nil where none could compute the statistic.
  func reading(_ samples: [Sample]) -> Reading? {
    let values = samples.compactMap { $0.gateValues[index] }.filter { !$0.isNaN }
    guard let spread = Spread(values) else { return nil }
    // A mean is judged as a mean; anything else has to hold in every trial.
    let judged = rule.judgement == .mean ? [spread.mean] : values
    let missed = judged.count { !rule.comparison.holds($0, limit) }
    let worst = rule.comparison.isUpper ? judged.max() : judged.min()
    return Reading(
      constraint: self, value: worst ?? limit, missed: missed, of: judged.count)
  }

  package struct Reading: Hashable, Sendable {
    package var constraint: Constraint
    /// The worst over the trials, or their mean where that is what the gate judges.
    package var value: Double
    package var missed: Int
    package var of: Int

    package var isMet: Bool { missed == 0 }

    /// How far beyond the limit, as a share of it; negative within.
    package var excess: Double {
      let (limit, upper) = (constraint.limit, constraint.rule.comparison.isUpper)
      let beyond = upper ? value - limit : limit - value
      if value.isInfinite { return beyond > 0 ? .infinity : -.infinity }
      return limit == 0 ? (beyond > 0 ? .infinity : beyond < 0 ? -1 : 0) : beyond / abs(limit)
    }
  }
}

/// All constraints held against the trials of one candidate.
package struct Feasibility: Hashable, Sendable {
  /// Of the gates with a value, in the scenario's order.
  package var readings: [Constraint.Reading]
  /// Gates that no trial could compute: they never pass.
  package var unmeasured: [Constraint]

  package init(_ evaluation: Evaluation, _ constraints: [Constraint]) {
    readings = constraints.compactMap { $0.reading(evaluation.samples) }
    unmeasured = constraints.filter { $0.reading(evaluation.samples) == nil }
  }

  package var isMet: Bool { unmeasured.isEmpty && readings.allSatisfy(\.isMet) }

  /// No gate that a smaller batch would relieve is missed.
  var isSmallEnough: Bool { readings.allSatisfy { $0.isMet || $0.constraint.wantsLarge } }

  /// The gate that is missed most: in most trials, then by most.
  package var worst: Constraint.Reading? {
    readings.filter { !$0.isMet }.max {
      let (a, b) = (Double($0.missed) / Double($0.of), Double($1.missed) / Double($1.of))
      return a != b ? a < b : $0.excess < $1.excess
    }
  }

  /// Further trials would hardly change the verdict: each of these misses some gate by far, or meets all
  /// of them by more.
  ///
  /// How far is far: two fifths of the limit for one trial, a fifth for two and more. A gate that
  /// a smaller batch would not relieve says nothing.
  func isClear(after trials: Int) -> Bool {
    let far = trials > 1 ? 0.2 : 0.4
    if readings.contains(where: {
      $0.missed == $0.of && $0.excess > far && !$0.constraint.wantsLarge
    }) {
      return true
    }
    return unmeasured.isEmpty && readings.allSatisfy { $0.excess < -far }
  }
}
