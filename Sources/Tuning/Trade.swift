import Scenarios

/// The other two objectives: among the points that meet the gates not the fastest, but the one that the
/// application feels least, or the one that stays farthest from its gates.
///
/// Both want the batch somewhere inside the feasible stretch, so the stretch is walked in steps of 1.6 on
/// the branches that reach it.
struct Trade {
  private let objective: TuneSettings.Objective

  init(_ objective: TuneSettings.Objective) { self.objective = objective }

  private static let branches = 6
  private static let finalists = 4
  private static let step = 1.6
  private static let steps = 8

  func finalists(_ search: inout Search, _ evaluator: inout Evaluator) throws -> [Finalist] {
    let reaching = search.branches.filter { $0.met != nil }
      .sorted { $0.pessimistic < $1.pessimistic }.prefix(Self.branches)
    let walks = reaching.flatMap { branch in
      sizes(of: branch, search).map { (branch, $0) }
    }
    try search.play(walks, trials: Search.trials, &evaluator)
    // The best as far as few trials tell, then the best of those by all.
    let hopeful = points(search).prefix(Self.finalists)
    try search.play(
      hopeful.map { ($0.branch, $0.point.size) }, trials: Search.trials, isFull: true, &evaluator)
    guard
      let best = points(search).first(where: {
        $0.point.evaluation.samples.count >= Search.trials
      })
    else { return [] }
    return [
      Finalist(
        combination: best.branch.combination, boundary: best.point, backed: best.point, share: 1)
    ]
  }

  /// Those that meet the gates, the best first.
  private func points(_ search: Search) -> [(branch: Branch, point: Branch.Point)] {
    search.branches.flatMap { branch in
      branch.points.filter(\.feasibility.isMet).map { (branch, $0) }
    }.sorted { cost($0.point) < cost($1.point) }
  }

  private func sizes(of branch: Branch, _ search: Search) -> [Double] {
    guard search.space.axis != nil, let top = branch.met?.size else { return [] }
    return sequence(first: top / Self.step) { $0 / Self.step }
      .prefix { $0 >= branch.low }.prefix(Self.steps).map { $0 }
  }

  /// Smaller is better: the p99 in seconds, or the least margin of a gate with its sign turned.
  private func cost(_ point: Branch.Point) -> Double {
    switch objective {
    case .minDuration: point.evaluation.duration
    case .minImpact: point.evaluation.latency ?? point.evaluation.duration
    case .maxHeadroom: point.feasibility.readings.map(\.excess).max() ?? 0
    }
  }
}
