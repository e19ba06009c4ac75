import Gates
import Primitives

/// Collects what happens in one trial or one live run, and reduces it to a `TrialResult`.
///
/// Everything is first recorded into the current *stretch*. Ending a stretch folds it into the
/// totals, several times over if the run skips ahead because nothing changes: the one place where
/// the sampling of steady stretches meets the statistics.
package struct Recorder: Sendable {
  /// What there is to record.
  package struct Plan: Sendable {
    package var classes: [String]
    package var pools: [String]
    package var replicas: [String]
    /// One for each backfill gate or class gate with a window.
    package var gates: [GateRule]
    package var cores: Int
    /// Rows that the backfill has to cover; nil where there is none.
    package var rowsMatching: Int?
    /// False in a run that never skips: the samples of a stretch need not be kept for its repeats.
    package var skips: Bool
    package init(
      classes: [String], pools: [String], replicas: [String], gates: [GateRule], cores: Int,
      rowsMatching: Int? = nil, skips: Bool = true
    ) {
      self.classes = classes
      self.pools = pools
      self.replicas = replicas
      self.gates = gates
      self.cores = cores
      self.rowsMatching = rowsMatching
      self.skips = skips
    }
  }

  /// One sample of the current stretch, kept for its repeats.
  struct Sample: Sendable {
    var slot: Int32
    var nanoseconds: Int64
  }
  /// A stretch that stands for more than itself.
  struct Skip: Sendable {
    var start: Instant
    var end: Instant
    var repeats: Int
  }

  let plan: Plan
  let layout: Layout
  var clock = PhaseClock()
  var stretchStart = Instant.zero
  var skips: [Skip] = []

  var distributions: [Distribution]
  var samples: [Sample] = []
  /// Everything that is counted, by `Layout`.
  var counts: Ledger<Int64>
  /// Not part of any stretch.
  var corrections: Ledger<Int64>
  /// Seconds of each phase, as folded.
  var elapsed = Ledger<Double>(count: Phase.count)
  var gauges = Gauges()
  var walRate = PeakRate()
  var lags: [LagTrack]
  var lagBytes: [Int64]
  var shownLag: [TimeSpan]
  var poolPeaks: [Int]
  var largestBatch = 0
  var backfillEnd: Instant?
  var backfillCompleted = true
  var storageFull: Instant?

  var windows: [WindowedStatistic]
  var limitWatches: [LimitWatch]
  var lagWatches: [LagWatch]
  var recoveryWatch = RecoveryWatch()
  var course: Course

  package init(plan: Plan) {
    self.plan = plan
    layout = Layout(plan)
    distributions = Array(repeating: Distribution(), count: layout.slots)
    counts = Ledger(count: layout.counts)
    corrections = counts
    lags = Array(repeating: LagTrack(skips: plan.skips), count: plan.replicas.count)
    lagBytes = Array(repeating: 0, count: plan.replicas.count * Phase.count)
    shownLag = Array(repeating: .zero, count: lagBytes.count)
    poolPeaks = Array(repeating: 0, count: plan.pools.count * Phase.count)
    windows = plan.gates.indices.flatMap { WindowedStatistic.series(for: $0, plan: plan) }
    limitWatches = plan.gates.enumerated().compactMap {
      LimitWatch(gate: $0.offset, $0.element, classes: plan.classes)
    }
    lagWatches = plan.gates.enumerated().compactMap {
      LagWatch(gate: $0.offset, $0.element, replicas: plan.replicas)
    }
    course = Course(kinds: layout.columnKinds)
  }

  // Phases. `now` is model time and never decreases.

  /// Starts a phase; the one before ends at the same instant.
  package mutating func begin(_ phase: Phase, at now: Instant) {
    begin(phase, at: now, settled: now)
  }

  /// What goes on over time is charged to the phase before until `settled`.
  private mutating func begin(_ phase: Phase, at now: Instant, settled: Instant) {
    guard phase != clock.current else { return }
    settle(at: settled)
    walRate.close(in: clock.current)
    clock.begin(phase, at: now)
    if phase != .warmup { course.begin(at: now) }
    for index in windows.indices { windows[index].begin(phase, at: now) }
    if phase == .during { setLimitsFromBefore() }
  }

  /// Ends the backfill's last commit: transactions intended later belong to the after phase.
  ///
  /// `completed` is false where the backfill stopped before its end; its duration is then unknown.
  /// `noticed` is when that was: a run that is given up ends later than its last commit.
  package mutating func backfillEnded(
    at now: Instant, noticed: Instant? = nil, completed: Bool = true
  ) {
    backfillEnd = now
    backfillCompleted = completed
    begin(.after, at: now, settled: noticed ?? now)
  }

  /// Folds the current stretch into the totals `1 + repeats` times and starts a new one.
  ///
  /// The repeated time lies between `now` and `now + skipped`. Intended arrivals of transactions in
  /// flight move with the clock.
  package mutating func endStretch(repeats: Int, skipped: TimeSpan, at now: Instant) {
    let resumed = now + skipped
    settle(at: now)
    if repeats > 0 {
      walRate.close(in: clock.current)
      for sample in samples {
        distributions[Int(sample.slot)].record(sample.nanoseconds, weight: Int64(repeats))
      }
      skips.append(Skip(start: stretchStart, end: now, repeats: repeats))
    }
    samples.removeAll(keepingCapacity: true)
    counts.fold(times: Int64(1 + repeats))
    elapsed.fold(times: Double(1 + repeats))
    gauges.fold(times: 1 + repeats, resumed: resumed)
    for replica in lags.indices {
      let piece = lags[replica].endStretch(
        repeats: repeats, at: now, resumed: resumed, clock: clock)
      if let piece { observe(piece, replica: replica) }
    }
    for index in windows.indices {
      windows[index].endStretch(from: stretchStart, to: now, resumed: resumed)
    }
    course.endStretch(from: stretchStart, to: now, resumed: resumed)
    clock.skip(from: now, by: skipped)
    stretchStart = resumed
    settledAt = resumed
  }

  /// Up to here time is charged to its phase.
  var settledAt = Instant.zero

  mutating func settle(at now: Instant) {
    elapsed.add((now - settledAt).seconds, to: clock.current.rawValue)
    settledAt = now
    gauges.settle(at: now, in: clock.current)
  }
}
