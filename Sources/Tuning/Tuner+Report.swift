import Estimates
import Gates
import Measurements
import Scenarios

// What surrounds the recommendation: why it is not faster, what else there is, what was excluded.
extension Tuner {
  /// Share by which the binding limit is relaxed for its shadow price.
  static let relaxation = 0.1
  /// Smaller batches of the winner that are played for the front.
  static let ladder = [0.4, 0.16]

  func explain(
    _ search: inout Search, _ evaluator: inout Evaluator, _ result: inout TuneResult
  ) throws {
    guard let recommended = result.recommended,
      let branch = search.branches.first(where: { branch in
        recommended.candidate.values.suffix(branch.combination.count) == branch.combination[...]
      })
    else { return }
    // The other objectives do not end where a faster setting would miss a gate.
    if settings.objective == .minDuration {
      result.binding = try binding(branch, search, evaluator)
    }
    if let size = recommended.candidate.size {
      let sizes = Self.ladder.map { size * $0 }.filter { $0 >= branch.low }
      try search.play(
        sizes.map { (branch, $0) }, trials: Search.trials, isFull: true, &evaluator)
    }
    if case .gate(let id) = result.binding, search.space.axis != nil {
      result.shadowPrice = try shadowPrice(id, branch, search, &evaluator)
    }
  }

  private func binding(
    _ branch: Branch, _ search: Search, _ evaluator: Evaluator
  ) throws -> TuneResult.Binding? {
    guard let best = branch.best else { return nil }
    let duration = best.evaluation.duration
    // Along its own batch first: would a larger one be faster at all?
    if let missed = branch.missed, missed.evaluation.duration < 0.995 * duration,
      let worst = missed.feasibility.worst
    {
      return .gate(id: worst.constraint.rule.id)
    }
    if let axis = search.space.axis, branch.missed == nil, best.size >= axis.range.high,
      branch.predicted(2 * best.size) < 0.98 * branch.predicted(best.size)
    {
      return .edge(path: axis.path, text: axis.range.text(best.size))
    }
    if let gate = Self.missed(byPointsFasterThan: duration, evaluator.evaluations, constraints) {
      return .gate(id: gate)
    }
    let scenario = try loaded.tree.scenario(with: best.evaluation.candidate.values)
    return FirstOrder(scenario)?.rates.binding.map { .resource($0.resource.words) }
  }

  /// The gate that the slowest of the faster points misses.
  ///
  /// One that meets every gate in the trials that it got is no reason against being faster.
  static func missed(
    byPointsFasterThan duration: Double, _ evaluations: [Evaluation], _ constraints: [Constraint]
  ) -> String? {
    evaluations.filter { $0.duration < 0.98 * duration }.sorted { $0.duration > $1.duration }.lazy
      .compactMap { Feasibility($0, constraints).worst?.constraint.rule.id }.first
  }

  /// Bisects the winner's branch once more with the limit relaxed; the trials do not depend on it.
  private func shadowPrice(
    _ id: String, _ branch: Branch, _ search: Search, _ evaluator: inout Evaluator
  ) throws -> TuneResult.ShadowPrice? {
    let relaxed = constraints.map { $0.rule.id == id ? $0.relaxed(by: Self.relaxation) : $0 }
    var again = Branch(
      combination: branch.combination, guess: branch.guess, low: branch.low,
      high: branch.high, reach: branch.reach, predicted: branch.predicted)
    for point in branch.points {
      again.add(
        .init(
          size: point.size, evaluation: point.evaluation,
          feasibility: Feasibility(point.evaluation, relaxed)))
    }
    var relaxedSearch = Search(search.space, relaxed, branches: [again])
    for _ in 0..<4 {
      guard let next = relaxedSearch.branches[0].next else { break }
      try relaxedSearch.play(
        [(relaxedSearch.branches[0], next)], trials: Search.trials, &evaluator)
    }
    guard let before = branch.best?.evaluation,
      let after = relaxedSearch.branches[0].best?.evaluation
    else { return nil }
    // A point that is clear has fewer trials; they are the other one's first.
    let common = min(before.samples.count, after.samples.count)
    return .init(
      gate: id, relaxed: Self.relaxation, candidate: after.candidate,
      gain: max(0, 1 - after.first(common).duration / before.first(common).duration))
  }

  /// Everything that follows from what was played, complete or not.
  func finish(_ search: Search?, _ evaluator: Evaluator, _ result: inout TuneResult) {
    let judged = evaluator.evaluations.map { ($0, Feasibility($0, constraints)) }
    result.evaluations = evaluator.evaluations
    let met = judged.filter { $0.1.isMet && $0.0.samples.count >= Search.trials }.map(\.0)
    if result.recommended == nil, let best = met.min(by: { $0.duration < $1.duration }) {
      // Stopped before the margin was looked at.
      result.recommended = .init(
        candidate: best.candidate, share: 1, boundary: best, evaluation: best, equals: [])
    }
    result.front = Self.front(met)
    if let recommended = result.recommended {
      result.scenario = try? loaded.tree.scenario(with: recommended.candidate.values)
      result.outside = judged.filter { $0.0.duration < recommended.boundary.duration }
        .compactMap { one in one.1.worst.map { .init(evaluation: one.0, reading: $0) } }
        .sorted { $0.evaluation.duration > $1.evaluation.duration }
    }
    result.exclusions = exclusions(judged)
    result.counts.points = evaluator.evaluations.count
    result.counts.trials = evaluator.trials
    result.counts.events = evaluator.events
    result.counts.screened = search?.dropped ?? 0
    result.counts.gridded = search?.branches.count { !$0.isMonotone } ?? 0
    result.counts.unfinished = evaluator.evaluations.count { $0.unfinished > 0 }
  }

  private func exclusions(_ judged: [(Evaluation, Feasibility)]) -> [TuneResult.Exclusion] {
    constraints.compactMap { constraint in
      let missing = judged.compactMap { evaluation, feasibility in
        feasibility.readings.first { $0.constraint.index == constraint.index && !$0.isMet }
          .map { (evaluation, $0) }
      }
      guard let nearest = missing.min(by: { $0.1.excess < $1.1.excess }) else { return nil }
      return .init(
        constraint: constraint, points: missing.count, nearest: nearest.0, reading: nearest.1)
    }
  }

  /// Not beaten in both by any other one; without traffic there is nothing to trade.
  static func front(_ points: [Evaluation]) -> [Evaluation] {
    var front: [Evaluation] = []
    for point in points.sorted(by: {
      ($0.duration, $0.latency ?? 0) < ($1.duration, $1.latency ?? 0)
    })
    where (point.latency ?? 0) < front.last?.latency ?? (front.isEmpty ? .infinity : 0) {
      front.append(point)
    }
    return front
  }
}

extension Tuner {
  /// What was asked for beside the recommendation.
  func addExtras(_ evaluator: inout Evaluator, _ result: inout TuneResult) throws {
    guard let recommended = result.recommended else { return }
    let scenario = try loaded.tree.scenario(with: recommended.candidate.values)
    if extras.headroom {
      result.headroom = try Headroom(scenario, constraints, &evaluator)
    }
    if extras.startTimes {
      result.startTimes = try StartTime.all(scenario, constraints, &evaluator)
    }
    if extras.sensitivity {
      result.sensitivity = try Sensitivity.all(loaded, scenario, constraints, &evaluator)
    }
  }
}
