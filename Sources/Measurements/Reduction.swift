import Gates
import Primitives

/// What a finished recorder comes to, metric by metric.
struct Reduction {
  let recorder: Recorder
  var layout: Layout { recorder.layout }
  private(set) var values: [TrialResult.Value] = []

  init(_ recorder: Recorder) { self.recorder = recorder }

  mutating func add(
    _ name: String, _ labels: [String: String] = [:], _ value: Double?, samples: Int = 1
  ) {
    values.append(
      TrialResult.Value(
        metric: MetricKey(name, labels), value: value, samples: value == nil ? 0 : samples))
  }

  mutating func addDistribution(
    _ name: String, _ labels: [String: String], _ distribution: Distribution,
    _ statistics: [Statistic]
  ) {
    for statistic in statistics {
      add(
        "\(name).\(statistic.rawValue)", labels, statistic.of(distribution),
        samples: distribution.count)
    }
  }

  func merged(_ slots: [Int]) -> Distribution {
    slots.reduce(into: Distribution()) { $0.merge(recorder.distributions[$1]) }
  }

  func total(_ slots: [Int]) -> Int64 {
    slots.reduce(0) { $0 + recorder.counts[$1] + recorder.corrections[$1] }
  }

  func counted(_ counter: Counter, _ phases: [Phase]) -> Double {
    Double(total(phases.map { layout.counter(counter, $0) }))
  }

  func elapsed(_ phases: [Phase]) -> Double {
    phases.reduce(0) { $0 + recorder.elapsed[$1.rawValue] }
  }

  /// The part of the whole; nil where there was none.
  func ratio(_ part: Double, of whole: Double) -> Double? { whole > 0 ? part / whole : nil }
}

extension Reduction {
  /// Everything that carries a phase.
  mutating func addPhase(_ phase: Phase) {
    for (index, name) in recorder.plan.classes.enumerated() {
      addTraffic([index], phase, ["class": name, "phase": phase.name])
    }
    let labels = ["phase": phase.name]
    if !recorder.plan.classes.isEmpty {
      addTraffic(Array(recorder.plan.classes.indices), phase, labels)
    }
    addGauge("app.active", .appActive, labels, phase)
    add("app.blocked.max", labels, recorder.gauges.maximum(.appBlocked, [phase]))
    addOverLimit(phase)
    for who in Waiter.allCases { addLocks([who], phase, ["phase": phase.name, "who": "\(who)"]) }
    addLocks(Waiter.allCases, phase, labels)
  }

  private mutating func addTraffic(_ classes: [Int], _ phase: Phase, _ labels: [String: String]) {
    func sum(_ tallies: Layout.Tally...) -> Double {
      Double(total(tallies.flatMap { tally in classes.map { layout.tally(tally, $0, phase) } }))
    }
    let latency = merged(classes.map { layout.latency($0, phase) })
    addDistribution("app.latency", labels, latency, Statistic.allCases)
    let arrived = sum(.arrived)
    for (name, tally) in [
      ("arrived", Layout.Tally.arrived), ("completed", .completed), ("timeouts", .timedOut),
      ("rejected", .rejected), ("errors", .errored), ("retries", .retried),
    ] {
      add("app.\(name)", labels, sum(tally), samples: Int(arrived))
    }
    add(
      "app.unserved_ratio", labels, ratio(sum(.timedOut, .rejected, .errored), of: arrived),
      samples: Int(arrived))
  }

  private mutating func addGauge(
    _ name: String, _ gauge: Gauge, _ labels: [String: String], _ phase: Phase
  ) {
    let mean = recorder.gauges.integral(gauge, [phase]).flatMap { ratio($0, of: elapsed([phase])) }
    add("\(name).mean", labels, mean)
    add("\(name).max", labels, recorder.gauges.maximum(gauge, [phase]))
  }

  private mutating func addLocks(_ who: [Waiter], _ phase: Phase, _ labels: [String: String]) {
    let waits = merged(who.map { layout.wait($0, phase) })
    addDistribution("locks.wait", labels, waits, [.mean, .p50, .p95, .p99, .max])
    add("locks.waits", labels, Double(waits.count))
    add("locks.wait_total", labels, waits.total)
    add("locks.waits_short", labels, Double(total(who.map { layout.shortWaits($0, phase) })))
    func sum(_ counters: [Waiter: Counter]) -> Double {
      who.reduce(0) { $0 + (counters[$1].map { counted($0, [phase]) } ?? 0) }
    }
    add("locks.timeouts", labels, sum([.app: .appLockTimeouts, .backfill: .backfillLockTimeouts]))
    add("locks.deadlocks", labels, sum([.app: .appDeadlocks, .backfill: .backfillDeadlocks]))
    let gauge: Gauge =
      who == [.app] ? .appBlocked : who == [.backfill] ? .backfillBlocked : .lockWaiting
    let mean = recorder.gauges.integral(gauge, [phase]).flatMap { ratio($0, of: elapsed([phase])) }
    add("locks.waiting.mean", labels, mean)
    let covered = phase == .during ? [Phase.during, .after] : [phase]
    add("locks.waiting.max", labels, recorder.gauges.maximum(gauge, covered))
  }

  /// Seconds in which any latency gate of the same class was beyond its limit.
  private mutating func addOverLimit(_ phase: Phase) {
    guard phase != .before else { return }
    let watches = recorder.limitWatches.filter { $0.limit != nil }
    for index in [nil] + recorder.plan.classes.indices.map(Optional.some) {
      let mine = watches.filter { $0.classIndex == index }
      guard !mine.isEmpty else { continue }
      var over = 0
      for second in 0..<(mine.map(\.seconds).max() ?? 0)
      where mine.contains(where: { $0.isOver(second: second) }) {
        let start = recorder.clock.duringStart + .seconds(Int64(second))
        if recorder.clock.phase(of: start) == phase { over += recorder.weight(at: start) }
      }
      var labels = ["phase": phase.name]
      if let index { labels["class"] = recorder.plan.classes[index] }
      add("app.over_limit", labels, Double(over))
    }
  }
}

extension Recorder {
  /// How often the played instant counts: once, and once for each repeat of its stretch.
  func weight(at instant: Instant) -> Int {
    var (low, high) = (0, skips.count)
    while low < high {
      let middle = (low + high) / 2
      if skips[middle].end <= instant { low = middle + 1 } else { high = middle }
    }
    return low < skips.count && skips[low].start <= instant ? 1 + skips[low].repeats : 1
  }
}
