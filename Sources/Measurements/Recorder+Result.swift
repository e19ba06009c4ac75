import Gates
import Primitives

extension Recorder {
  /// Closes the books of the recording.
  ///
  /// `drained` says per replica whether and when its lag was gone after the backfill (nil: cut off
  /// before).
  package mutating func finish(at now: Instant, drained: [TimeSpan?]) -> TrialResult {
    settle(at: now)
    walRate.close(in: clock.current)
    for replica in lags.indices {
      let piece = lags[replica].finish(at: now, clock: clock)
      if let piece { observe(piece, replica: replica) }
    }
    var reduction = Reduction(self)
    for phase in [Phase.before, .during, .after] { reduction.addPhase(phase) }
    if plan.rowsMatching != nil && clock.duringStart < .distantFuture { reduction.addBackfill() }
    reduction.addServer([.during, .after])
    reduction.addDrains(drained)
    var result = TrialResult(
      values: reduction.values.sorted { $0.metric < $1.metric }, traceHash: 0)
    var before = Reduction(self)
    before.addServer([.before])
    let reference = TrialResult(
      values: before.values.sorted { $0.metric < $1.metric }, traceHash: 0)
    for gate in plan.gates.indices {
      let scale = limitScale(gate, result, before: reference)
      let value = statistic(gate, result, at: now)
      result.gateValues.append(scale.flatMap { scale in value.map { $0 / scale } })
      result.firstBreaches.append(scale.flatMap { firstBreach(gate, scale: $0) })
    }
    result.series = series(of: course)
    result.outline = outline()
    result.recovery = recovery(drained: drained)
    if clock.duringStart < .distantFuture {
      result.worstMoment = result.series.flatMap { worstMoment($0, at: now) }
    }
    return result
  }

  private func series(of course: Course) -> TimeSeries? {
    course.series(
      names: layout.columns.map { ($0.name, $0.unit) },
      from: clock.duringStart < .distantFuture ? clock.duringStart : .zero)
  }

  /// The course in few steps, with each class's p50 and p99 in each of them.
  private func outline() -> TimeSeries? {
    let coarse = course.merged(toAtMost: RunCourse.mostSteps)
    guard var outline = series(of: coarse) else { return nil }
    for (index, name) in plan.classes.enumerated() {
      for statistic in [Statistic.p50, .p99] {
        guard let q = statistic.quantile else { continue }
        outline.columns.append(
          TimeSeries.Column(
            name: "app.latency.\(statistic.rawValue){class=\(name)}", unit: "s",
            values: coarse.quantile(q, bucketsFrom: layout.bucketColumn(index))))
      }
    }
    return outline
  }

  /// The gate's statistic in this trial, infinite where what it times never ended.
  private mutating func statistic(_ gate: Int, _ result: TrialResult, at now: Instant) -> Double? {
    let rule = plan.gates[gate]
    guard rule.window != nil else { return statistic(rule.metric, result) }
    var values: [Double] = []
    for index in windows.indices where windows[index].gate == gate {
      if let value = windows[index].finish(at: now) { values.append(value) }
    }
    return rule.comparison.isUpper ? values.max() : values.min()
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
    guard metric.name.hasPrefix("locks.wait.") else { return nil }
    return hadOccasionToWait(metric, result) ? 0 : nil
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

  /// What the limit is a multiple of: 1, or the same statistic over the whole before phase.
  private func limitScale(_ gate: Int, _ result: TrialResult, before: TrialResult) -> Double? {
    let rule = plan.gates[gate]
    guard case .timesBefore = rule.limit else { return 1 }
    let reference =
      rule.metric.isPhased
      ? result.value(of: rule.metric.with("phase", Phase.before.name))
      : before.value(of: rule.metric)
    return reference?.value.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Seconds since the backfill's start.
  private func firstBreach(_ gate: Int, scale: Double) -> Double? {
    let rule = plan.gates[gate]
    if rule.window != nil {
      let mine = windows.filter { $0.gate == gate }
      let first = mine.compactMap { $0.firstBreach(of: rule.limit.number * scale) }.min()
      return first.map { ($0 - clock.duringStart).reported }
    }
    if let watch = limitWatches.first(where: { $0.gate == gate }) {
      return watch.firstBreach.map(Double.init)
    }
    let lag = lagWatches.first { $0.gate == gate }
    return lag?.firstBreach.map { ($0 - clock.duringStart).reported }
  }

  /// Limits that count from the before phase become known when it ends.
  mutating func setLimitsFromBefore() {
    var reduction = Reduction(self)
    reduction.addPhase(.before)
    let result = TrialResult(
      values: reduction.values.sorted { $0.metric < $1.metric }, traceHash: 0)
    let usual = result.value(of: MetricKey("app.latency.p99", ["phase": Phase.before.name]))?.value
    recoveryWatch.limit = usual.map { TimeSpan(seconds: $0).nanoseconds }
    for index in limitWatches.indices {
      let rule = plan.gates[limitWatches[index].gate]
      let reference = result.value(of: rule.metric.with("phase", Phase.before.name))?.value
      guard case .timesBefore(let factor) = rule.limit, let reference else { continue }
      limitWatches[index].limit = TimeSpan(seconds: reference * factor).nanoseconds
    }
  }
}
