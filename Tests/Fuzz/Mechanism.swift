import Gates
import Measurements
import Primitives
import Scenarios
import Simulator
import Strategies
import Traffic

/// One part of the model, and how a trial shows that it was at work.
struct Mechanism: Sendable {
  var name: String
  var fired: @Sendable (Play) -> Bool
}

/// The trials of one seed.
struct Play {
  var scenario: Scenario
  var exact: TrialResult
  var sampled: TrialResult
  var decisions: DecisionLog?

  /// The sum over all phases, classes and waiters, or over those with the label.
  func sum(_ name: String, _ label: String? = nil, _ value: String = "") -> Double {
    values(name, label, value).reduce(0, +)
  }

  func largest(_ name: String) -> Double { values(name, nil, "").max() ?? 0 }
  func least(_ name: String) -> Double? { values(name, nil, "").min() }

  private func values(_ name: String, _ label: String?, _ wanted: String) -> [Double] {
    exact.values.compactMap { value in
      guard value.metric.name == name, let number = value.value, number.isFinite else { return nil }
      return label.map { value.metric[$0] == wanted } ?? true ? number : nil
    }
  }

  /// Whether the exact trial goes otherwise on another server: what no metric shows.
  func differs(on change: (inout Database) -> Void) -> Bool {
    var other = scenario
    change(&other.database)
    guard other.database != scenario.database else { return false }
    let trial = simulateTrial(other, trial: 0, seed: scenario.run.seed, exact: true)
    return trial.traceHash != exact.traceHash
  }

  func wasTold(_ isIt: (Event) -> Bool) -> Bool {
    decisions?.entries.contains { isIt($0.event) } ?? false
  }

  var hasCancel: Bool { scenario.events.contains { $0.effect == .cancel } }
  var endedEarly: Bool {
    scenario.backfill != nil && !exact.censored
      && exact.values.contains { $0.metric.name == "backfill.duration" && $0.value == .infinity }
  }
}

extension Mechanism {
  static let all: [Mechanism] =
    locks + traffic + backfill + server
    + [
      Mechanism(name: "a stretch skipped") { $0.sampled.events * 10 < $0.exact.events * 9 },
      Mechanism(name: "censored by the horizon") { $0.exact.censored },
    ]

  private static let locks = [
    Mechanism(name: "row lock wait of the application") {
      $0.sum("locks.waits", "who", "app") + $0.sum("locks.waits_short", "who", "app") > 0
    },
    Mechanism(name: "row lock wait of the backfill") {
      $0.sum("locks.waits", "who", "backfill") + $0.sum("locks.waits_short", "who", "backfill") > 0
    },
    Mechanism(name: "lock timeout of the application") {
      $0.sum("locks.timeouts", "who", "app") > 0
    },
    Mechanism(name: "lock timeout of the backfill") { $0.sum("backfill.lock_timeouts") > 0 },
    Mechanism(name: "deadlock of the application") { $0.sum("locks.deadlocks", "who", "app") > 0 },
    Mechanism(name: "deadlock of the backfill") { $0.sum("backfill.deadlocks") > 0 },
    Mechanism(name: "held row skipped") {
      $0.wasTold { if case .rowsSkipped = $0 { true } else { false } }
    },
  ]

  private static let traffic = [
    Mechanism(name: "pool wait") { $0.largest("pool.wait.p99") > 0 },
    Mechanism(name: "pool rejection") { $0.sum("pool.rejected") > 0 },
    Mechanism(name: "timeout of a transaction") { $0.sum("app.timeouts") > 0 },
    Mechanism(name: "error of a transaction") { $0.sum("app.errors") > 0 },
    Mechanism(name: "retry of a transaction") { $0.sum("app.retries") > 0 },
    Mechanism(name: "traffic on a replica") { play in
      play.scenario.traffic.contains { $0.replica != nil }
    },
  ]

  private static let backfill = [
    Mechanism(name: "backfill finished") { play in
      play.scenario.backfill != nil && !play.exact.censored && !play.endedEarly
    },
    Mechanism(name: "pause") { $0.sum("backfill.paused", "reason", "pause") > 0 },
    Mechanism(name: "throttle pause") { $0.sum("backfill.paused", "reason", "throttle") > 0 },
    Mechanism(name: "backoff") { $0.sum("backfill.paused", "reason", "backoff") > 0 },
    Mechanism(name: "give up: rows missed") { $0.sum("backfill.rows_missed") > 0 },
    Mechanism(name: "give up or throttle: run ended") { $0.endedEarly && !$0.hasCancel },
    Mechanism(name: "cancel") { $0.endedEarly && $0.hasCancel },
  ]

  private static let server = [
    Mechanism(name: "checkpoint") { $0.sum("wal.checkpoints") > 0 },
    Mechanism(name: "page images") { $0.sum("wal.full_page_image_bytes") > 0 },
    Mechanism(name: "HOT update") { $0.largest("mvcc.hot_ratio") > 0 },
    Mechanism(name: "moved update") { ($0.least("mvcc.hot_ratio") ?? 1) < 1 },
    Mechanism(name: "vacuum") { $0.sum("mvcc.vacuums") > 0 },
    Mechanism(name: "old snapshot") { $0.largest("mvcc.horizon_age.max") > 1 },
    Mechanism(name: "replica lag") { $0.largest("replica.lag.max") > 0.05 },
    Mechanism(name: "recovery conflict") { $0.sum("replica.conflict_paused") > 0 },
    Mechanism(name: "cache miss") { $0.largest("cache.miss_ratio") > 0 },
    Mechanism(name: "burst credits used") { ($0.least("storage.burst_balance.min") ?? 1) < 1 },
    Mechanism(name: "burst credits gone") { ($0.least("storage.burst_balance.min") ?? 1) < 0.02 },
    Mechanism(name: "log file made") { play in
      // Fewer bytes stand ready on any server.
      play.sum("wal.bytes") > 0x1p25 && play.differs { $0.settings.minWALSize = 1 << 45 }
    },
    Mechanism(name: "page cache written at once") { $0.differs { $0.storage.dirtyExpire = nil } },
    Mechanism(name: "cold statement") { $0.differs { $0.costs.cold = .zero } },
    Mechanism(name: "fresh server") { $0.differs { $0.state = .running } },
    Mechanism(name: "measured latencies") { $0.differs { $0.scatter = LatencyScatter() } },
  ]
}
