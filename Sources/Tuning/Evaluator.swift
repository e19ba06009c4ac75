import Measurements
import Scenarios
import Simulator

/// The search was asked to stop.
struct Stopped: Error {}

/// A trial whose books do not balance: a bug of the simulator.
package struct BrokenBooks: Error {
  /// With what it was tuned to.
  package var scenario: Scenario
  package var trial: Int
  package var result: TrialResult
}

/// Plays candidates and remembers them: what one trial of one candidate came to is asked for once.
///
/// Trials are handed to threads by index and kept by index, so that their number changes nothing.
struct Evaluator: Sendable {
  let tree: ScenarioTree
  let jobs: Int
  let exact: Bool
  let seed: UInt64
  /// A gate asks how it would recover if stopped.
  let recovery: Bool
  let shouldStop: @Sendable () -> Bool
  let finished: @Sendable () -> Void

  /// In the order in which they were first asked for.
  private(set) var evaluations: [Evaluation] = []
  private var index: [Candidate: Int] = [:]
  private(set) var trials = 0
  private(set) var events = 0

  init(
    tree: ScenarioTree, jobs: Int, exact: Bool, seed: UInt64, recovery: Bool,
    shouldStop: @escaping @Sendable () -> Bool, finished: @escaping @Sendable () -> Void
  ) {
    self.tree = tree
    self.jobs = jobs
    self.exact = exact
    self.seed = seed
    self.recovery = recovery
    self.shouldStop = shouldStop
    self.finished = finished
  }

  func known(_ candidate: Candidate) -> Evaluation? { index[candidate].map { evaluations[$0] } }

  /// Plays what is missing so that each candidate has its first `count` trials, and gives them back in
  /// the order asked.
  mutating func evaluate(_ candidates: [Candidate], trials count: Int) throws -> [Evaluation] {
    var wanted: [(candidate: Candidate, scenario: Scenario, trial: Int)] = []
    for candidate in candidates where !wanted.contains(where: { $0.candidate == candidate }) {
      let have = known(candidate)?.samples.count ?? 0
      guard have < count else { continue }
      let scenario = try tree.scenario(with: candidate.values)
      wanted += (have..<count).map { (candidate, scenario, $0) }
    }
    let results = try play(wanted.map { ($0.scenario, $0.trial) })
    for (job, result) in zip(wanted, results) { keep(Sample(result), of: job.candidate) }
    return candidates.compactMap(known)
  }

  /// The whole results of some trials; they are not remembered.
  mutating func play(
    _ scenario: Scenario, trials: some Sequence<Int>
  ) throws -> [TrialResult] {
    try play(trials.map { (scenario, $0) })
  }

  private mutating func play(_ jobs: [(scenario: Scenario, trial: Int)]) throws -> [TrialResult] {
    let (exact, seed, shouldStop, finished) = (exact, seed, shouldStop, finished)
    let extras = TrialExtras(recovery: recovery)
    let results = inParallel(jobs.count, threads: self.jobs, shouldStop: shouldStop) { index in
      let result = simulateTrial(
        jobs[index].scenario, trial: jobs[index].trial, seed: seed, exact: exact,
        extras: extras, shouldStop: shouldStop)
      finished()
      return result
    }
    let whole = results.compactMap { $0 }.filter(\.complete)
    trials += whole.count
    events += whole.reduce(0) { $0 + $1.events }
    guard whole.count == jobs.count else { throw Stopped() }
    for (job, result) in zip(jobs, whole) where !result.violations.isEmpty {
      throw BrokenBooks(scenario: job.scenario, trial: job.trial, result: result)
    }
    return whole
  }

  private mutating func keep(_ sample: Sample, of candidate: Candidate) {
    if let place = index[candidate] {
      evaluations[place].samples.append(sample)
    } else {
      index[candidate] = evaluations.count
      evaluations.append(Evaluation(candidate: candidate, samples: [sample]))
    }
  }
}
