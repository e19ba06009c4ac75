import Estimates
import Gates
import Measurements
import Scenarios
import Simulator

/// Finds the fastest setting that passes the gates: arithmetic, screening, bisection, margin, selection,
/// confirmation (docs/tune.md).
package struct Tuner: Sendable {
  package struct Extras: Sendable {
    package var headroom: Bool
    package var startTimes: Bool
    package var sensitivity: Bool
    package init(headroom: Bool = false, startTimes: Bool = false, sensitivity: Bool = false) {
      self.headroom = headroom
      self.startTimes = startTimes
      self.sensitivity = sensitivity
    }
  }

  let loaded: LoadedScenario
  let header: RunRecord.Header
  let extras: Extras
  let settings: TuneSettings
  let space: SearchSpace
  let constraints: [Constraint]
  let jobs: Int
  private let exact: Bool
  private let shouldStop: @Sendable () -> Bool
  private let finished: @Sendable () -> Void

  /// Finds out at once where there is nothing to tune.
  ///
  /// `header` goes to the record of the confirming trials; `shouldStop` is asked before and during every
  /// trial, `finished` told of each, from any thread.
  package init(
    _ loaded: LoadedScenario, header: RunRecord.Header, extras: Extras, jobs: Int, exact: Bool,
    shouldStop: @escaping @Sendable () -> Bool, finished: @escaping @Sendable () -> Void
  ) throws(ScenarioFailure) {
    try loaded.tree.refuseTuning(of: loaded.scenario)
    self.loaded = loaded
    self.header = header
    self.extras = extras
    self.jobs = jobs
    self.exact = exact
    self.shouldStop = shouldStop
    self.finished = finished
    let usual = TuneSettings.usual(loaded.scenario)
    var settings = loaded.scenario.tune ?? usual
    if settings.axes.isEmpty { settings.axes = usual.axes }
    self.settings = settings
    space = SearchSpace(settings.axes)
    constraints = Constraint.all(of: loaded.scenario.gates)
  }

  package func run() throws -> TuneResult {
    var evaluator = evaluator
    var result = TuneResult(
      name: loaded.scenario.name, seed: loaded.scenario.run.seed, settings: settings,
      constraints: constraints)
    var search: Search?
    do {
      var pruning = Pruning(space, loaded.tree)
      var found = Search(space, constraints, branches: try pruning.branches())
      result.counts.combinations = space.combinations.count
      result.counts.pruned = pruning.excluded.count
      defer { search = found }
      try found.run(&evaluator)
      try recommend(&found, &evaluator, &result)
      if result.recommended != nil {
        try explain(&found, &evaluator, &result)
        try addExtras(&evaluator, &result)
      }
    } catch is Stopped {
      result.complete = false
    }
    finish(search, evaluator, &result)
    return result
  }

  var evaluator: Evaluator {
    Evaluator(
      tree: loaded.tree, jobs: jobs, exact: exact, seed: loaded.scenario.run.seed,
      recovery: loaded.scenario.gates.contains { $0.metric == TrialResult.recoveryMetric },
      shouldStop: shouldStop, finished: finished)
  }

  // Recommendation

  private func recommend(
    _ search: inout Search, _ evaluator: inout Evaluator, _ result: inout TuneResult
  ) throws {
    let finalists =
      settings.objective == .minDuration
      ? try Margin.finalists(&search, &evaluator)
      : try Trade(settings.objective).finalists(&search, &evaluator)
    guard let first = finalists.first else { return }
    // Known from here on, should the search be stopped.
    result.recommended = recommendation(first, equals: [])
    let selection = try Selection(finalists, constraints, &evaluator)
    guard var winner = selection.remaining.first else { return }
    result.recommended = recommendation(
      winner, equals: selection.remaining.dropFirst().map(\.backed.evaluation.candidate))
    var descent = Descent(
      Descent.ladder(from: winner, space), constraints, assurance: loaded.scenario.run.assurance)
    for _ in 0..<Descent.attempts {
      let confirmation = try confirm(winner, &descent, &evaluator, &result)
      if confirmation.isConfirmed { return }
      guard let smaller = try step(down: winner, &descent, &search, &evaluator, &result) else {
        return
      }
      winner = smaller
    }
  }

  private func recommendation(
    _ finalist: Finalist, equals: [Candidate]
  ) -> TuneResult.Recommendation {
    .init(
      candidate: finalist.backed.evaluation.candidate,
      share: finalist.backed.size / finalist.boundary.size,
      boundary: finalist.boundary.evaluation, evaluation: finalist.backed.evaluation, equals: equals
    )
  }

  private func confirm(
    _ winner: Finalist, _ descent: inout Descent, _ evaluator: inout Evaluator,
    _ result: inout TuneResult
  ) throws -> Confirmation {
    let confirmation = try descent.confirm {
      try evaluator.confirm($0, $1, &result.counts)
    }
    var recommended = recommendation(winner, equals: result.recommended?.equals ?? [])
    recommended.confirmation = confirmation
    recommended.record = RunRecord(
      header, trials: confirmation.results, gates: loaded.scenario.gates)
    result.recommended = recommended
    return confirmation
  }

  /// The largest smaller batch that meets the gates where this one failed, and in the search's own trials;
  /// nil where there is none.
  private func step(
    down winner: Finalist, _ descent: inout Descent, _ search: inout Search,
    _ evaluator: inout Evaluator, _ result: inout TuneResult
  ) throws -> Finalist? {
    guard let branch = search.branches.first(where: { $0.combination == winner.combination }),
      try descent.descend({ try evaluator.confirm($0, $1, &result.counts) })
    else { return nil }
    repeat {
      guard let size = descent.candidate.size else { return nil }
      try search.play([(branch, size)], trials: Search.trials, isFull: true, &evaluator)
      if let point = search.point(winner.combination, size), point.feasibility.isMet {
        var smaller = winner
        smaller.backed = point
        smaller.share = point.size / winner.boundary.size
        return smaller
      }
    } while descent.step()
    return nil
  }
}

extension Evaluator {
  /// Fresh trials of a candidate, counted as confirming ones.
  mutating func confirm(
    _ candidate: Candidate, _ numbers: [Int], _ counts: inout TuneResult.Counts
  ) throws -> [TrialResult] {
    let before = (trials, events)
    defer {
      counts.confirmingTrials += trials - before.0
      counts.confirmingEvents += events - before.1
    }
    return try play(
      tree.scenario(with: candidate.values), trials: numbers.map { Confirmation.firstTrial + $0 })
  }
}
