import Measurements
import Reports
import Scenarios
import Simulator
import Synchronization

/// Plays the trials of all candidates on the same cores, each trial with the same seed for all of them.
///
/// How many are played depends on what was found, never on how fast the machine is.
struct ComparisonRunner {
  /// Three give an interval of a mean, if a wide one.
  ///
  /// Student's with two degrees of freedom reaches 4.3 standard errors, half as far again as that of two
  /// independent means. Six lose a seventh by it.
  static let fewest = 3
  static let usual = 6
  /// More follow while some difference is open.
  static let most = 12
  /// Calendar events of one trial, in units of the model's own look at the clock: a candidate that needs
  /// more is left there, and its first trial is its only one.
  static let eventsPerLook = 1 << 16
  static let mostEvents = 13_000_000
  /// Calendar events of all trials together, after which no further round begins.
  static let budget = 250_000_000
  /// Up to which the usual number of trials is played, open or not: some seconds.
  static let cheap = 40_000_000

  let jobs: Int
  let exact: Bool
  /// Nil plays as many as the differences need.
  let trials: Int?
  let console: Console
  private let bound: TimeBound
  private(set) var wasStopped = false

  init(jobs: Int, exact: Bool, trials: Int?, timeBound: Double?, console: Console) {
    self.jobs = max(1, jobs)
    self.exact = exact
    self.trials = trials
    self.console = console
    bound = TimeBound(seconds: timeBound)
  }

  /// One candidate that is played.
  private struct Played {
    var loaded: LoadedScenario
    var results: [TrialResult] = []
    var isCut = false
  }

  mutating func compare(
    _ candidates: [Contender], leftOut: [ComparisonRecord.Omission]
  ) throws -> ComparisonRecord {
    // By candidate; nil for runs that were kept.
    var played: [Played?] = candidates.map { candidate in
      guard case .scenario(let loaded) = candidate.source else { return nil }
      return Played(loaded: loaded)
    }
    // The first trials tell which candidates can be followed to their end.
    try play(until: 1, &played)
    var goal = trials ?? Self.fewest
    try play(until: goal, &played)
    var comparison = record(candidates, played, leftOut)
    while trials == nil, !wasStopped, goal < Self.most {
      let events = events(played)
      let open = comparison.open
      let isCheap = goal < Self.usual && events < Self.cheap
      if !isCheap && (open.isEmpty || events >= Self.budget) { break }
      goal += 1
      try play(until: goal, &played) { isCheap || open.contains(candidates[$0].name) }
      comparison = record(candidates, played, leftOut)
    }
    comparison.sentence = ComparisonWords(comparison).sentence
    return comparison
  }

  /// Events of the first trial.
  private func cost(_ one: Played?) -> Int { one?.results.first?.events ?? 0 }

  private func events(_ played: [Played?]) -> Int {
    played.reduce(0) { sum, one in sum + (one?.results ?? []).reduce(0) { $0 + $1.events } }
  }

  /// Plays candidates that can be followed up to this many trials, those that take longest first, so that no
  /// core waits for one of them at the end.
  private mutating func play(
    until goal: Int, _ played: inout [Played?], where isWanted: (Int) -> Bool = { _ in true }
  ) throws {
    var wanted: [(candidate: Int, trial: Int, scenario: Scenario)] = []
    for index in played.indices.sorted(by: { cost(played[$0]) > cost(played[$1]) }) {
      guard let one = played[index], !one.isCut, isWanted(index) else { continue }
      wanted += (one.results.count..<max(goal, one.results.count)).map {
        (index, $0, one.loaded.scenario)
      }
    }
    guard !wanted.isEmpty, !wasStopped else { return }
    for (work, result) in zip(wanted, run(wanted)) {
      guard let result else {
        wasStopped = true
        continue
      }
      if let bug = Failure(violationsIn: result, trial: work.trial, of: work.scenario) { throw bug }
      // Trials after a missing one would be paired with the wrong ones.
      guard played[work.candidate]?.results.count == work.trial else { continue }
      played[work.candidate]?.results.append(result)
      if !result.complete { played[work.candidate]?.isCut = true }
    }
  }

  private func run(
    _ wanted: [(candidate: Int, trial: Int, scenario: Scenario)]
  ) -> [TrialResult?] {
    let done = Atomic(0)
    let progress = Progress(console, label: "compare")
    let exact = self.exact
    let mustStop = self.mustStop
    let results = inParallel(wanted.count, threads: jobs, shouldStop: mustStop) {
      index -> TrialResult? in
      let work = wanted[index]
      let looks = Atomic(0)
      let result = simulateTrial(
        work.scenario, trial: work.trial, seed: work.scenario.run.seed, exact: exact,
        shouldStop: {
          let seen = looks.wrappingAdd(1, ordering: .relaxed).newValue
          return mustStop() || seen * Self.eventsPerLook >= Self.mostEvents
        })
      let count = done.wrappingAdd(1, ordering: .relaxed).newValue
      progress.report { "\(count) of \(wanted.count) trials" }
      // What a signal or the clock ended is no result: it would differ from machine to machine.
      return result.complete || !mustStop() ? result : nil
    }
    progress.finish()
    return results.map { $0 ?? nil }
  }

  private var mustStop: @Sendable () -> Bool {
    let bound = self.bound
    return { Interrupt.isRequested || bound.hasPassed }
  }

  private func record(
    _ candidates: [Contender], _ played: [Played?], _ leftOut: [ComparisonRecord.Omission]
  ) -> ComparisonRecord {
    var leftOut = leftOut
    var rows: [ComparisonRecord.Row] = []
    for (index, candidate) in candidates.enumerated() {
      switch candidate.source {
      case .record(let run):
        rows.append(
          .init(name: candidate.name, operand: candidate.operand, work: run.work, run: run))
      case .scenario(let loaded):
        guard let one = played[index], !one.results.isEmpty else {
          leftOut.append(.init(name: candidate.name, reason: "not played: stopped before"))
          continue
        }
        let run = RunRecord(
          RunRecord.Header(loaded), trials: one.results, gates: loaded.scenario.gates)
        rows.append(
          .init(
            name: candidate.name, operand: candidate.operand, work: run.work, run: run,
            trials: one.results, isCut: one.isCut))
      }
    }
    return ComparisonRecord(
      rows: rows, leftOut: leftOut, modelVersion: Build.modelVersion,
      seed: rows.first?.run.header.seed ?? 0, versions: ["rehearse": Build.version])
  }
}

extension Scenario {
  /// `update` is the only one there is yet.
  var kindOfWork: String { "update" }
}
