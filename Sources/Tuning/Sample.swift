import Gates
import Measurements

/// What the search keeps of one trial of one candidate.
package struct Sample: Hashable, Sendable {
  /// Per gate of the scenario, the statistic it judges; nil where it could not be computed.
  package var gateValues: [Double?]
  /// Seconds; infinite where the backfill did not end.
  package var duration: Double
  /// Seconds: p99 of all transactions while the backfill runs; nil without traffic.
  package var latency: Double?

  package init(gateValues: [Double?], duration: Double, latency: Double?) {
    self.gateValues = gateValues
    self.duration = duration
    self.latency = latency
  }
}

extension Sample {
  init(_ trial: TrialResult) {
    gateValues = trial.gateValues
    duration = trial.value(of: MetricKey("backfill.duration"))?.value ?? .infinity
    latency = trial.value(of: MetricKey("app.latency.p99"))?.value
  }
}

/// A candidate with the trials it was given; trial k is the same traffic for every candidate.
package struct Evaluation: Hashable, Sendable {
  package var candidate: Candidate
  /// By index of the trial.
  package var samples: [Sample]

  package init(candidate: Candidate, samples: [Sample]) {
    self.candidate = candidate
    self.samples = samples
  }

  /// The same with so many trials at most.
  func first(_ trials: Int) -> Evaluation {
    Evaluation(candidate: candidate, samples: Array(samples.prefix(trials)))
  }

  /// Mean over trials, seconds.
  package var duration: Double { mean(samples.map(\.duration)) }
  /// Mean over trials of the p99 during the backfill; nil without traffic.
  package var latency: Double? {
    let known = samples.compactMap(\.latency)
    return known.isEmpty ? nil : mean(known)
  }
  /// Trials in which the backfill did not end.
  package var unfinished: Int { samples.count { $0.duration == .infinity } }

  private func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .infinity : values.reduce(0, +) / Double(values.count)
  }
}
