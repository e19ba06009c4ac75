import Gates
import LiveDriver
import Measurements
import Primitives
import Scenarios
import Simulator
import Strategies

/// How many times as much CPU everything takes on this host as the model says, by how long some of the backfill's
/// batches take on a small table of the same kind beside the scenario's traffic; nil where that cannot be told.
///
/// `host` is the scenario as the model plays it here. The cluster has nothing else to do yet, and nothing is
/// left behind.
func hostSlowness(
  _ host: Scenario, on cluster: ThrowawayCluster, shouldStop: @escaping @Sendable () -> Bool
) -> Double? {
  let sample = host.sample
  guard
    let live = try? play(
      sample, inBuffers: host.isInBuffers, on: cluster, shouldStop: shouldStop),
    let wanted = live.meanBatch, wanted > 0
  else { return nil }
  // A batch is not all CPU: what makes the whole of it as long as here is found step by step.
  var factor = 1.0
  for _ in 0..<8 {
    var slowed = sample
    slowed.database.costs.slow(by: factor)
    let modelled = simulateTrial(
      slowed, trial: 0, seed: sample.run.seed, exact: true, shouldStop: shouldStop)
    guard let batch = modelled.meanBatch, batch > 0 else { return nil }
    factor = min(50, max(0.02, factor * wanted / batch))
  }
  return factor
}

extension TrialResult {
  /// Seconds.
  fileprivate var meanBatch: Double? {
    value(of: MetricKey("backfill.batch.duration.mean", [:]))?.value
  }
}

private func play(
  _ sample: Scenario, inBuffers: Bool, on cluster: ThrowawayCluster,
  shouldStop: @escaping @Sendable () -> Bool
) throws -> TrialResult {
  let name = "rehearse_plan"
  let database = try SideDatabase(name, on: cluster)
  defer { try? database.drop() }
  let target = LiveTarget(cluster).inDatabase(name)
  _ = try buildTables(
    sample, seed: sample.run.seed,
    try Connection(target.primary.session, applicationName: "rehearse plan"))
  if !inBuffers { try database.leaveBuffers() }
  for replica in cluster.replicas { try replica.catchUp(with: cluster.primary) }
  return try LiveRun(sample, on: target, name: "plan").run(shouldStop: shouldStop).trial
}

extension Scenario {
  /// Whether the shared buffers hold the backfill's table when a run begins: the scans that build its indexes
  /// leave it there up to a quarter of them (initscan in heapam.c).
  fileprivate var isInBuffers: Bool {
    tables[0].rows * tables[0].rowWidth <= database.settings.sharedBuffers / 4
  }

  /// Some twenty to a hundred batches of its backfill beside its traffic, five seconds of work or so.
  fileprivate var sample: Scenario {
    var sample = self
    sample.events = []
    sample.gates = []
    for index in tables.indices {
      sample.tables[index].rows = min(
        tables[index].rows, 250_000, max(10_000, (128 << 20) / tables[index].rowWidth))
    }
    sample.strategy.workers = 1
    sample.strategy.throttle = []
    sample.strategy.resume = nil
    if case .rows(let wanted) = strategy.batch {
      sample.strategy.batch = .rows(min(wanted, max(1, sample.tables[0].rows / 20)))
    }
    if case .fixed(let pause) = strategy.pause {
      sample.strategy.pause = .fixed(min(pause, .milliseconds(50)))
    }
    if !isInBuffers {
      // For the model, a table of more than a quarter of them.
      sample.database.settings.sharedBuffers = 3 * sample.tables[0].rows * sample.tables[0].rowWidth
    }
    (sample.run.warmup, sample.run.before, sample.run.after) = (.zero, .zero, .zero)
    sample.run.horizon = .seconds(30)
    return sample
  }
}

extension Costs {
  /// All CPU but the scheduler's, so many times as long.
  mutating func slow(by factor: Double) {
    let paths: [WritableKeyPath<Costs, TimeSpan>] = [
      \.statement, \.plan, \.begin, \.commit, \.sync, \.ship, \.selectRow, \.updateRow, \.moveRow,
      \.indexEntry, \.keyEntry, \.leafPass, \.indexStep, \.scanRow, \.lockRow, \.expression,
      \.recheck,
      \.pageImage, \.rowKibibyte, \.fetchPage,
      \.newPage, \.writePage, \.replayRecord, \.replayImage, \.driver,
    ]
    for path in paths { self[keyPath: path] = self[keyPath: path] * factor }
  }
}
