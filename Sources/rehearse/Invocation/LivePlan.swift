import Estimates
import Foundation
import Gates
import LiveDriver
import Measurements
import Primitives
import Reports
import Scenarios
import Simulator

/// How long a run on a throwaway cluster is expected to take, from the command's first step to its last, the
/// filling of its tables apart.
///
/// The backfill's part is simulated, once as the scenario says and once with what this host has
/// for all its servers together, as fast as a few batches were here.
struct LivePlan {
  private let scenario: Scenario
  private let cores = ProcessInfo.processInfo.activeProcessorCount
  /// Seconds by the model; infinite where it does not end before the horizon, nil where that was not found out.
  private let backfill: Double?
  private let asWritten: Double?
  /// CPU takes so many times as long here as the scenario's costs say; nil where that was not found out.
  private let slowness: Double?
  /// Seconds that the cluster and the sample have taken.
  private let passed: Double
  /// Bytes of files that the servers will have in the end, and the seconds that removing them takes; nil where that
  /// was not found out.
  private let removal: (bytes: Double, seconds: Double)?

  /// Backfills took 5 to 20 % longer than a short sample of them said, 14 % on average: checkpoints, vacuum and
  /// the filling of the host's memory come later (decision 68).
  private static let lengthening = 1.14
  private static let mostLengthening = 1.25
  /// For how long the model may think about it, seconds of wall-clock time.
  private static let patience = 10.0

  /// Runs some batches on the cluster, for a command that began then.
  init(
    _ scenario: Scenario, limits: ResourceLimits, on cluster: ThrowawayCluster,
    began: ContinuousClock.Instant,
    shouldStop: @escaping @Sendable () -> Bool
  ) {
    self.scenario = scenario
    guard scenario.backfill != nil else {
      (backfill, asWritten, slowness, removal) = (nil, nil, nil, nil)
      passed = began.secondsAgo
      return
    }
    var host = scenario.placed(onCores: cores, limits: limits)
    slowness = hostSlowness(host, on: cluster, shouldStop: shouldStop)
    host.database.costs.slow(by: slowness ?? 1)
    let bound = TimeBound(seconds: Self.patience)
    let mustStop: @Sendable () -> Bool = { bound.hasPassed || shouldStop() }
    let trial = Self.trial(host, shouldStop: mustStop)
    backfill = trial.flatMap(Self.duration)
    asWritten = Self.trial(scenario, shouldStop: mustStop).flatMap(Self.duration)
    removal = trial.flatMap { trial in
      let bytes = Double(1 + scenario.database.replicas.count) * Self.files(scenario, trial)
      return cluster.folder.removalSpeed().map { (bytes, bytes / $0) }
    }
    passed = began.secondsAgo
  }

  /// Nil where it was stopped.
  private static func trial(
    _ scenario: Scenario, shouldStop: @Sendable () -> Bool
  ) -> TrialResult? {
    var brief = scenario
    // What comes before and after does not change how long the backfill takes.
    brief.run.before = min(brief.run.before, .seconds(1))
    brief.run.after = .seconds(1)
    let trial = simulateTrial(
      brief, trial: 0, seed: brief.run.seed, exact: false, shouldStop: shouldStop)
    return trial.complete ? trial : nil
  }

  /// Seconds of the backfill, as the model has it.
  private static func duration(_ trial: TrialResult) -> Double? {
    trial.censored ? .infinity : trial.value(of: MetricKey("backfill.duration", [:]))?.value
  }

  /// Bytes of one server: its tables, what they grow by, and the log that it keeps.
  private static func files(_ scenario: Scenario, _ trial: TrialResult) -> Double {
    func value(_ name: String) -> Double { trial.value(of: MetricKey(name, [:]))?.value ?? 0 }
    let pages = scenario.tables.reduce(0) { sum, table in
      let fit = PageFit(rowWidth: table.rowWidth, adds: 0, fillfactor: table.fillfactor)
      let heap = Double(table.rows) / Double(fit.rowsPerPage)
      return IndexShape.all(of: table).reduce(sum + heap) { $0 + $1.leafPages }
    }
    let log = min(value("wal.bytes"), Double(scenario.database.settings.maxWALSize))
    return pages * Double(PageFit.pageBytes) + value("mvcc.bloat_bytes") + log
  }

  /// The length of the phase in which the backfill runs, as the driver keeps it.
  private var during: Double? {
    scenario.backfill == nil
      ? max(scenario.run.before.seconds, 1) : backfill.map { $0 * Self.lengthening }
  }

  /// Seconds of the run's phases; nil where nobody can tell.
  var length: Double? {
    guard let during, during.isFinite else { return nil }
    let run = scenario.run
    return (run.warmup + run.before + max(run.after, .seconds(1))).seconds + during
  }

  /// Seconds of the whole command, and how many it should not exceed.
  private var whole: (about: Double, most: Double)? {
    length.map {
      let about = passed + $0 + (removal?.seconds ?? 0)
      return (about, about + (backfill ?? 0) * (Self.mostLengthening - Self.lengthening))
    }
  }

  /// How long it will take, and what that rests on, a sentence each.
  var sentences: [String] {
    let run = scenario.run
    let phases = [("warm-up", run.warmup), ("before", run.before), ("after", run.after)]
      .map { "\($0.0) \(Human.duration($0.1.seconds))" }.joined(separator: ", ")
    guard let during, scenario.backfill != nil else {
      return [
        "planned: \(phases), "
          + (scenario.backfill == nil ? "no backfill" : "and the backfill for as long as it takes")
      ]
    }
    guard let whole else {
      return [
        "planned: \(phases); the model sees no end of the backfill on this host's \(cores) cores, so"
          + " --max-time or run.horizon may have to stop it"
      ]
    }
    let removing = removal.map {
      ", removing \(Human.bytes($0.bytes)) of files about \(Human.duration($0.seconds))"
    }
    let plan =
      "planned: about \(Human.duration(whole.about)) in all, at most \(Human.duration(whole.most)), "
      + "and the filling (\(Human.duration(passed)) until now, \(phases), the backfill about "
      + "\(Human.duration(during)) on this host's \(cores) cores, which servers and driver share, "
      + (slowness.map {
        "CPU taking \(Human.text($0, unit: "x")) as long as the costs say in a sample of it"
      }
        ?? "as fast as the costs say: no sample of it ran") + "\(removing ?? ""))"
    guard let asWritten, let backfill, abs(backfill - asWritten) > 0.05 * asWritten else {
      return [plan]
    }
    return [
      plan,
      "a server with \(scenario.database.cores) cores as the scenario says would take about "
        + "\(Human.duration(asWritten)) for the backfill: what is measured here differs from it",
    ]
  }
}

extension Scenario {
  /// On one machine with so many cores and its memory, just filled; its storage is not known before and stays as
  /// written, but for the limits that a run sets itself.
  fileprivate func placed(onCores cores: Int, limits: ResourceLimits) -> Scenario {
    var placed = self
    placed.database.cores = cores
    placed.database.colocated = true
    placed.database.state = .fresh
    placed.database.memory = Int(ProcessInfo.processInfo.physicalMemory)
    placed.database.settings.sharedBuffers = min(
      placed.database.settings.sharedBuffers,
      ClusterPlan.mostBuffers(servers: 1 + database.replicas.count))
    if let operations = limits.operations {
      placed.database.storage.iops = min(placed.database.storage.iops, operations)
    }
    if let throughput = limits.throughput {
      placed.database.storage.throughput = min(placed.database.storage.throughput, throughput)
    }
    return placed
  }
}
