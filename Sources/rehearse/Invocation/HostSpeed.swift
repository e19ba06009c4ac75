import Gates
import LiveDriver
import Measurements
import Primitives
import Scenarios
import Simulator
import Strategies

/// How many times as long a batch takes on this host as the model says, by a few of the backfill's on a small
/// table of the same kind, without traffic; nil where that cannot be told.
///
/// `host` is the scenario as the model plays it here; the target has nothing else to do yet, and nothing is
/// left behind there.
func hostSlowness(
  _ host: Scenario, on target: LiveTarget, shouldStop: @escaping @Sendable () -> Bool
) -> Double? {
  let sample = host.sample
  let modelled = simulateTrial(
    sample, trial: 0, seed: sample.run.seed, exact: true, shouldStop: shouldStop)
  guard let live = try? play(sample, on: target, shouldStop: shouldStop) else { return nil }
  let batch = MetricKey("backfill.batch.duration.mean", [:])
  guard let mine = live.value(of: batch)?.value, let model = modelled.value(of: batch)?.value,
    mine > 0, model > 0
  else { return nil }
  return mine / model
}

private func play(
  _ sample: Scenario, on target: LiveTarget, shouldStop: @escaping @Sendable () -> Bool
) throws -> TrialResult {
  let connection = try Connection(target.primary.session, applicationName: "rehearse plan")
  _ = try buildTables(sample, seed: sample.run.seed, connection)
  defer { try? dropTables(of: sample, connection) }
  return try LiveRun(sample, on: target, name: "plan").run(shouldStop: shouldStop).trial
}

extension Scenario {
  /// Ten batches of its backfill or so, a second of work, and nothing else.
  fileprivate var sample: Scenario {
    var sample = self
    sample.traffic = []
    sample.events = []
    sample.gates = []
    sample.tables = [tables[0]]
    let rows = min(tables[0].rows, 40_000)
    sample.tables[0].rows = rows
    sample.strategy.workers = 1
    sample.strategy.throttle = []
    sample.strategy.resume = nil
    if case .rows(let wanted) = strategy.batch {
      sample.strategy.batch = .rows(min(wanted, max(1, rows / 10)))
    }
    if case .fixed(let pause) = strategy.pause {
      sample.strategy.pause = .fixed(min(pause, .milliseconds(50)))
    }
    (sample.run.warmup, sample.run.before, sample.run.after) = (.zero, .zero, .zero)
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
      \.newPage, \.replayRecord, \.replayImage, \.driver,
    ]
    for path in paths { self[keyPath: path] = self[keyPath: path] * factor }
  }
}
