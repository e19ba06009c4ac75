import Primitives

/// The pass / fail / inconclusive rule for one metric, as the scenario states it.
package struct GateRule: Hashable, Sendable {
  package enum Comparison: String, Hashable, Sendable, CaseIterable {
    case atMost = "<="
    case below = "<"
    case atLeast = ">="
    case above = ">"

    package func holds(_ value: Double, _ limit: Double) -> Bool {
      switch self {
      case .atMost: value <= limit
      case .below: value < limit
      case .atLeast: value >= limit
      case .above: value > limit
      }
    }
  }
  package enum Limit: Hashable, Sendable {
    /// In the metric's base unit.
    case value(Double)
    /// This multiple of the same statistic over the trial's whole before phase.
    case timesBefore(Double)
  }
  package enum Judgement: Hashable, Sendable {
    /// At least `run.assurance` of the trials meet the limit.
    case shareOfTrials
    /// The mean over trials meets it.
    case mean
  }
  /// The statistic is computed in each window wholly inside the phase, then the worst is taken.
  package struct Window: Hashable, Sendable {
    package enum Take: String, Hashable, Sendable, CaseIterable { case worst, median }
    package var every: TimeSpan
    package var take: Take
    package init(every: TimeSpan, take: Take) {
      self.every = every
      self.take = take
    }
  }
  package enum Level: String, Hashable, Sendable, Codable, CaseIterable { case error, warn, off }

  package var id: String
  /// Resolved: a phase, class, who or replica that was not written stays out of the labels.
  package var metric: MetricKey
  package var comparison: Comparison
  package var limit: Limit
  package var judgement: Judgement
  package var window: Window?
  package var level: Level
  /// `expect` as written, for people.
  package var expectation: String
  /// 1-based line and column of the gate in the scenario file; 0 where there is none.
  package var line: Int
  package var column: Int

  package init(
    id: String, metric: MetricKey, comparison: Comparison, limit: Limit,
    judgement: Judgement = .shareOfTrials, window: Window? = nil, level: Level = .error,
    expectation: String = "", line: Int = 0, column: Int = 0
  ) {
    self.id = id
    self.metric = metric
    self.comparison = comparison
    self.limit = limit
    self.judgement = judgement
    self.window = window
    self.level = level
    self.expectation = expectation
    self.line = line
    self.column = column
  }
}
