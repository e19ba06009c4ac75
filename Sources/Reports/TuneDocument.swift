import Gates
import Measurements
import Scenarios
import Tuning

/// `rehearse.tune/1`: what `tune --format json` prints.
package struct TuneDocument: Encodable, Sendable {
  package struct Choice: Encodable, Sendable {
    var settings: [String: String]
    var metrics: [String: MetricEntry]
    var confidence: Confidence?
    var binding: Binding?
    /// Of the largest batch that met the gates in the search.
    var batch_share: Double?
  }
  package struct Confidence: Encodable, Sendable {
    /// At least this share of simulated runs meets every gate.
    var share: Double
    /// The confidence that they do.
    var level: Double
    var trials: Int
    var passed: Int
    var confirmed: Bool
    var statement: String
  }
  package struct Binding: Encodable, Sendable {
    /// gate, space or resource.
    var kind: String
    var gate: String?
    var path: String?
    var statement: String
  }
  package struct Point: Encodable, Sendable {
    var settings: [String: String]
    var duration_s: Double?
    var latency_p99_s: Double?
    var trials: Int
    var feasible: Bool
    /// The gate that is missed most.
    var gate: String?
    var excess: Double?
  }
  package struct Evaluated: Encodable, Sendable {
    var points, trials, events, confirming_trials, confirming_events: Int
    var combinations, pruned, screened, gridded, unfinished: Int
  }
  package struct Price: Encodable, Sendable {
    var gate: String
    var relaxed: Double
    var settings: [String: String]
    var gain: Double
  }
  package struct Exclusion: Encodable, Sendable {
    var gate: String
    var points: Int
    var settings: [String: String]
    var value: Double?
    var limit: Double
    var excess: Double?
  }
  package struct Traffic: Encodable, Sendable {
    var factor: Double
    var gate: String?
  }
  package struct Start: Encodable, Sendable {
    var at_s: Double
    var duration_s: Double?
    var latency_p99_s: Double?
    var feasible: Bool
    var gate: String?
    var excess: Double?
  }
  package struct Input: Encodable, Sendable {
    var path: String
    var written: Bool
    var duration_change: Double?
    var margin_change: Double?
    var breaks: String?
  }

  var schema = "rehearse.tune/1"
  var name: String
  var seed: UInt64
  var objective: String
  var complete: Bool
  var verdict: String
  var recommended: Choice?
  var front: [Choice]
  /// Faster than recommended, nearest first.
  var outside: [Point]
  var evaluated: Evaluated
  var points: [Point]
  var shadow_price: Price?
  var exclusions: [Exclusion]
  var headroom: Traffic?
  var start_times: [Start]
  var sensitivity: [Input]
  /// The bounds on the batch, by arithmetic, at the recommended workers and pause.
  var bounds: BatchDocument?

  package init(_ result: TuneResult) {
    name = result.name
    seed = result.seed
    objective = result.settings.objective.rawValue
    complete = result.complete
    verdict = TuneWords.verdict(result).0.rawValue
    recommended = result.recommended.map { Self.choice($0, result) }
    front = result.front.map {
      Choice(settings: $0.candidate.settings, metrics: Self.metrics($0))
    }
    outside = result.outside.map { Point($0.evaluation, $0.reading) }
    points = result.evaluations.map { Point($0, result.constraints) }
    let counts = result.counts
    evaluated = Evaluated(
      points: counts.points, trials: counts.trials, events: counts.events,
      confirming_trials: counts.confirmingTrials, confirming_events: counts.confirmingEvents,
      combinations: counts.combinations, pruned: counts.pruned, screened: counts.screened,
      gridded: counts.gridded, unfinished: counts.unfinished)
    shadow_price = result.shadowPrice.map {
      Price(
        gate: $0.gate, relaxed: $0.relaxed, settings: $0.candidate.settings, gain: $0.gain)
    }
    exclusions = result.exclusions.map {
      Exclusion(
        gate: $0.constraint.rule.id, points: $0.points, settings: $0.nearest.candidate.settings,
        value: finiteNumber($0.reading.value), limit: $0.constraint.limit,
        excess: finiteNumber($0.reading.excess))
    }
    headroom = result.headroom.map { Traffic(factor: $0.factor, gate: $0.gate) }
    start_times = result.startTimes.map {
      Start(
        at_s: $0.at, duration_s: finiteNumber($0.duration), latency_p99_s: $0.latency,
        feasible: $0.isMet, gate: $0.gate, excess: finiteNumber($0.excess))
    }
    sensitivity = result.sensitivity.map {
      Input(
        path: $0.path, written: $0.isWritten, duration_change: finiteNumber($0.duration),
        margin_change: finiteNumber($0.margin), breaks: $0.breaks)
    }
    bounds = result.scenario.flatMap(BatchDocument.init)
  }

  private static func choice(
    _ choice: TuneResult.Recommendation, _ result: TuneResult
  ) -> Choice {
    let confirmation = choice.confirmation
    return Choice(
      settings: choice.candidate.settings,
      metrics: choice.record.map { record in
        Dictionary(
          uniqueKeysWithValues: record.metrics.map { ($0.metric.description, MetricEntry($0)) })
      } ?? metrics(choice.evaluation),
      confidence: Confidence(
        share: Confirmation.share, level: 1 - Confirmation.error,
        trials: confirmation?.results.count ?? 0, passed: confirmation?.passed ?? 0,
        confirmed: confirmation?.isConfirmed ?? false, statement: TuneWords.confidence(choice)),
      binding: result.binding.map { Binding($0, result) }, batch_share: choice.share)
  }

  /// Means over the search's trials.
  private static func metrics(_ evaluation: Evaluation) -> [String: MetricEntry] {
    var metrics = ["backfill.duration": MetricEntry(unit: "s", evaluation.samples.map(\.duration))]
    let latencies = evaluation.samples.compactMap(\.latency)
    if !latencies.isEmpty {
      metrics["app.latency.p99{phase=during}"] = MetricEntry(unit: "s", latencies)
    }
    return metrics
  }
}

extension TuneDocument.Binding {
  init(_ binding: TuneResult.Binding, _ result: TuneResult) {
    statement = TuneWords.binding(binding, result)
    switch binding {
    case .gate(let id): (kind, gate) = ("gate", id)
    case .edge(let path, _): (kind, self.path) = ("space", path)
    case .resource: kind = "resource"
    }
  }
}

extension TuneDocument.Point {
  init(_ evaluation: Evaluation, _ reading: Constraint.Reading?) {
    settings = evaluation.candidate.settings
    duration_s = finiteNumber(evaluation.duration)
    latency_p99_s = evaluation.latency
    trials = evaluation.samples.count
    feasible = reading == nil
    gate = reading?.constraint.rule.id
    excess = reading.flatMap { finiteNumber($0.excess) }
  }

  init(_ evaluation: Evaluation, _ constraints: [Constraint]) {
    let feasibility = Feasibility(evaluation, constraints)
    self.init(evaluation, feasibility.worst)
    feasible = feasibility.isMet
  }
}

extension Candidate {
  var settings: [String: String] {
    Dictionary(values.map { ($0.path, $0.text) }) { _, last in last }
  }
}

/// Nil where JSON has no number for it.
private func finiteNumber(_ value: Double) -> Double? { value.isFinite ? value : nil }
