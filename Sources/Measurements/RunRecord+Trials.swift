import Gates
import Primitives
import Scenarios

extension RunRecord {
  /// The record of these trials, in their order; `complete` is false where more were wanted.
  package init(
    _ header: Header, trials: [TrialResult], gates rules: [GateRule], complete: Bool = true
  ) {
    self.header = header
    self.trials = trials.count
    self.complete = complete && trials.allSatisfy(\.complete)
    censored = trials.contains(where: \.censored)
    var hash = TraceHash()
    for trial in trials { hash.combine(trial.traceHash) }
    traceHash = header.world == .simulated ? hexadecimal(hash.value) : nil
    gates = Self.results(rules, trials, header)
    verdict = Gates.verdict(of: gates)
    if verdict == .pass, header.calibration?.isBeyondReach == true { verdict = .inconclusive }
    metrics = Self.metrics(of: trials, world: header.world)
    course = RunCourse(trials.compactMap(\.outline))
    samples = TrialSamples(trials, gates: rules)
  }

  /// Judges each gate that is not off by its value in each trial.
  package static func results(
    _ rules: [GateRule], _ trials: [TrialResult], _ header: Header
  ) -> [GateResult] {
    rules.enumerated().filter { $0.element.level != .off }.map { index, rule in
      let values = trials.map { index < $0.gateValues.count ? $0.gateValues[index] : nil }
      var result =
        header.world == .live
        ? judgeLive(rule, value: values.first ?? nil)
        : judge(rule, values: values, assurance: header.assurance)
      let breaches = trials.compactMap {
        index < $0.firstBreaches.count ? $0.firstBreaches[index] : nil
      }
      result.firstBreach = Spread(breaches)?.value(atRank: (breaches.count + 1) / 2)
      return result
    }
  }

  private static func metrics(of trials: [TrialResult], world: World) -> [RunMetric] {
    var known: [MetricKey: [Double]] = [:]
    for trial in trials {
      for value in trial.values {
        known[value.metric, default: []] += value.value.map { [$0] } ?? []
      }
    }
    return known.sorted { $0.key < $1.key }.map { key, values in
      let spread = Spread(values)
      let mean = spread?.meanInterval()
      let predicted = spread?.predictionInterval()
      return RunMetric(
        metric: key, unit: MetricCatalog.named(key.name)?.unit ?? "1", value: spread?.mean,
        low: mean?.lowerBound, high: mean?.upperBound, n: values.count,
        predictedLow: predicted?.lowerBound, predictedHigh: predicted?.upperBound)
    }
  }
}

/// 16 digits, so that hashes compare as text.
func hexadecimal(_ word: UInt64) -> String {
  let digits = String(word, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
