import Gates
import Strategies

/// One trial, or one live run, reduced to numbers.
package struct TrialResult: Sendable {
  package struct Value: Sendable, Hashable {
    package var metric: MetricKey
    /// Nil: nothing was measured.
    package var value: Double?
    /// Observations behind the value.
    package var samples: Int
    package init(metric: MetricKey, value: Double?, samples: Int) {
      self.metric = metric
      self.value = value
      self.samples = samples
    }
  }
  /// Sorted by metric.
  package var values: [Value]
  /// Per gate of the scenario, the statistic it judges; nil where it could not be computed.
  package var gateValues: [Double?]
  /// Per gate, seconds from the backfill's start to the first breach; nil where there was none, and
  /// for metrics that are not followed over time.
  package var firstBreaches: [Double?] = []
  /// The course of the trial.
  package var series: TimeSeries?
  /// The same in few steps and with quantiles of latency, for charts.
  package var outline: TimeSeries?
  /// Seconds from the backfill's end until latency and lag were back; nil where there is neither.
  package var recovery: Double?
  /// Seconds from the backfill's start to when stopping it would leave most to recover from.
  package var worstMoment: Double?
  /// What the strategy was told and answered, where that was asked for.
  package var decisions: DecisionLog?
  /// Over domain events; comparable within one model version.
  package var traceHash: UInt64
  /// False where the trial was interrupted.
  package var complete = true
  /// The horizon ended it.
  package var censored = false
  /// Calendar events played.
  package var events = 0
  /// What a violated conservation law says; empty in a sound trial.
  package var violations: [String] = []

  package init(values: [Value], gateValues: [Double?] = [], traceHash: UInt64) {
    self.values = values
    self.gateValues = gateValues
    self.traceHash = traceHash
  }
}
