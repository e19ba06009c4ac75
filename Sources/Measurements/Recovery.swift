import Gates
import Primitives

/// When the application is served again as it was before the backfill.
///
/// The time after the backfill's end is cut into seconds of intended arrivals. A second is disturbed
/// where its mean latency is above the p99 of the before phase: single slow transactions, which
/// every second has, do not make it so.
struct RecoveryWatch: Sendable {
  private struct Second: Sendable {
    var count: Int64 = 0
    var sum: Int64 = 0
  }
  /// Nanoseconds; nil where there was no traffic before.
  var limit: Int64?
  private var seconds: [Second] = []
  /// The last end of a slow transaction that was due before the backfill ended.
  private var lastSlow = TimeSpan.zero

  /// A transaction ended; `offset` is its intended arrival, counted from the backfill's end.
  mutating func ended(offset: TimeSpan, latency: TimeSpan) {
    guard offset >= .zero else {
      if latency.nanoseconds > limit ?? .max { lastSlow = max(lastSlow, offset + latency) }
      return
    }
    let index = Int(offset.nanoseconds / 1_000_000_000)
    while seconds.count <= index { seconds.append(Second()) }
    seconds[index].count += 1
    seconds[index].sum += latency.nanoseconds
  }

  /// Seconds from the backfill's end; nil without traffic, infinite where it was not seen.
  var value: Double? {
    guard let limit else { return nil }
    var disturbed = 0
    for (index, second) in seconds.enumerated() where second.count > 0 {
      guard second.sum > limit * second.count else {
        return max(lastSlow.reported, Double(disturbed))
      }
      disturbed = index + 1
    }
    return disturbed > 0 ? .infinity : lastSlow.reported
  }
}

extension Recorder {
  /// Seconds from the backfill's end until latency and lag were back to what they had been; nil where
  /// there is neither.
  func recovery(drained: [TimeSpan?]) -> Double? {
    guard backfillEnd != nil else { return nil }
    let lag = drained.map { $0?.reported ?? .infinity }.max()
    return [recoveryWatch.value, lag].compactMap { $0 }.max()
  }

  /// The moment of the run at which stopping would leave most to recover from, in seconds from the
  /// backfill's start: the step with the largest lag if any reached a second, else the one with the
  /// longest latency; nil where neither is measured.
  func worstMoment(_ series: TimeSeries, at now: Instant) -> Double? {
    let length = (min(now, clock.duringEnd) - clock.duringStart).reported
    func worst(_ prefix: String, atLeast least: Double) -> Double? {
      var found: (value: Double, at: Double)?
      for column in series.columns where column.name.hasPrefix(prefix) {
        for (index, value) in column.values.enumerated() {
          let start = series.start + Double(index) * series.step
          guard let value, value >= least, value > found?.value ?? -1, start >= 0,
            start + series.step <= length
          else { continue }
          found = (value, start + series.step / 2)
        }
      }
      return found?.at
    }
    guard length > 0, plan.rowsMatching != nil else { return nil }
    if let moment = worst("replica.lag", atLeast: 1) ?? worst("app.latency.max", atLeast: 0) {
      return moment
    }
    return plan.classes.isEmpty && plan.replicas.isEmpty ? nil : length / 2
  }
}

extension TrialResult {
  /// Takes the recovery that another execution of this trial showed, stopped at its worst moment.
  package mutating func takeRecovery(from stopped: TrialResult, gates: [GateRule]) {
    violations += stopped.violations
    complete = complete && stopped.complete
    guard stopped.complete, let recovery = stopped.recovery else { return }
    for index in values.indices where values[index].metric == Self.recoveryMetric {
      values[index].value = recovery
      values[index].samples = 1
    }
    for (index, gate) in gates.enumerated() where gate.metric == Self.recoveryMetric {
      if case .value = gate.limit, gate.window == nil { gateValues[index] = recovery }
    }
  }

  package static let recoveryMetric = MetricKey("abort.recovery")
}
