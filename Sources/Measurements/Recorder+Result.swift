import Gates
import Primitives

extension Recorder {
  /// Closes the books of the recording.
  ///
  /// `drained` says per replica whether and when its lag was gone after the backfill (nil: cut off
  /// before).
  package mutating func finish(at now: Instant, drained: [TimeSpan?]) -> TrialResult {
    settle(at: now, next: clock.current)
    walRate.close(in: clock.current)
    for replica in lags.indices {
      let piece = lags[replica].finish(at: now, clock: clock)
      if let piece { observe(piece, replica: replica) }
    }
    var reduction = Reduction(self)
    for phase in [Phase.before, .during, .after] { reduction.addPhase(phase) }
    if clock.duringStart < .distantFuture { reduction.addBackfill() }
    reduction.addServer([.during, .after])
    reduction.addDrains(drained)
    var result = TrialResult(
      values: reduction.values.sorted { $0.metric < $1.metric }, traceHash: 0)
    var before = Reduction(self)
    before.addServer([.before])
    for gate in plan.gates.indices {
      let judged = judgedValue(gate, result, before: before.values, at: now)
      result.gateValues.append(judged)
      result.firstBreaches.append(firstBreach(gate))
    }
    result.series = course.series(
      names: layout.columns.map { ($0.name, $0.unit) },
      from: clock.duringStart < .distantFuture ? clock.duringStart : .zero)
    return result
  }

  /// The gate's statistic in this trial, infinite where what it times never ended.
  private mutating func judgedValue(
    _ gate: Int, _ result: TrialResult, before: [TrialResult.Value], at now: Instant
  ) -> Double? {
    let rule = plan.gates[gate]
    var value: Double?
    if rule.window != nil {
      let windowed = windows[gate].indices.compactMap { windows[gate][$0].finish(at: now) }
      value = rule.comparison.isUpper ? windowed.max() : windowed.min()
    } else {
      value = statistic(rule.metric, result)
    }
    guard let value, case .timesBefore = rule.limit else { return value }
    guard let reference = reference(rule.metric, result, before: before), reference > 0 else {
      return nil
    }
    return value / reference
  }

  private func statistic(_ metric: MetricKey, _ result: TrialResult) -> Double? {
    guard let found = result.value(of: metric) else { return nil }
    if let value = found.value {
      let statistic = Statistic(metric: metric.name, family: "app.latency")
      if let statistic, statistic.quantile != nil, found.samples < statistic.fewestSamples {
        return nil
      }
      return value
    }
    switch metric.name {
    case "backfill.duration", "replica.drain": return .infinity
    case _ where metric.name.hasPrefix("locks.wait."):
      return hadOccasionToWait(metric, result) ? 0 : nil
    default: return nil
    }
  }

  /// Nobody waited although somebody could have: no wait is a measurement, no traffic is none.
  private func hadOccasionToWait(_ metric: MetricKey, _ result: TrialResult) -> Bool {
    let phase = metric["phase"] ?? Phase.during.name
    let traffic = result.value(of: MetricKey("app.arrived", ["phase": phase]))?.value ?? 0
    let batches = result.value(of: MetricKey("backfill.batches"))?.value ?? 0
    switch metric["who"] {
    case "app": return traffic > 0
    case "backfill": return phase == Phase.during.name && batches > 0
    default: return traffic > 0 || phase == Phase.during.name && batches > 0
    }
  }

  /// The same statistic over the whole before phase.
  private func reference(
    _ metric: MetricKey, _ result: TrialResult, before: [TrialResult.Value]
  ) -> Double? {
    if metric.isPhased {
      return result.value(of: metric.with("phase", Phase.before.name))?.value
    }
    return TrialResult(values: before.sorted { $0.metric < $1.metric }, traceHash: 0)
      .value(of: metric)?.value
  }

  /// Seconds since the backfill's start.
  private func firstBreach(_ gate: Int) -> Double? {
    let rule = plan.gates[gate]
    if !windows[gate].isEmpty, case .value(let limit) = rule.limit {
      return windows[gate].compactMap { $0.firstBreach(of: limit) }.min()
        .map { ($0 - clock.duringStart).seconds }
    }
    if let watch = limitWatches[gate] { return watch.firstBreach.map(Double.init) }
    return lagWatches[gate]?.firstBreach.map { ($0 - clock.duringStart).seconds }
  }

  /// Limits that count from the before phase become known when it ends.
  mutating func setLimitsFromBefore() {
    var reduction = Reduction(self)
    reduction.addPhase(.before)
    let result = TrialResult(
      values: reduction.values.sorted { $0.metric < $1.metric }, traceHash: 0)
    for gate in plan.gates.indices {
      guard case .timesBefore(let factor) = plan.gates[gate].limit,
        let before = result.value(of: plan.gates[gate].metric.with("phase", Phase.before.name))?
          .value
      else { continue }
      limitWatches[gate]?.limit = TimeSpan(seconds: before * factor).nanoseconds
    }
  }
}
