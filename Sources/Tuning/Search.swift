import Gates
import Scenarios

/// Screening and bisection: from all branches to the fastest batch that meets the gates on the few that
/// can be best.
package struct Search: Sendable {
  /// Trials of a point in the first and second round of screening, and from then on.
  static let screening = [1, 2]
  package static let trials = 4
  /// Trials after which a point is looked at on its way to all of them.
  static let steps = [1, 2]

  let space: SearchSpace
  let constraints: [Constraint]
  var branches: [Branch]
  /// Branches that screening put aside.
  private(set) var dropped = 0

  init(_ space: SearchSpace, _ constraints: [Constraint], branches: [Branch]) {
    self.space = space
    self.constraints = constraints
    self.branches = branches
  }

  mutating func run(_ evaluator: inout Evaluator) throws {
    try screen(&evaluator)
    try bisect(&evaluator)
    for index in branches.indices where !branches[index].isMonotone {
      try walkGrid(of: index, &evaluator)
    }
  }

  /// Successive halving: every branch where the closed forms would begin, the slower half put aside,
  /// the rest with more trials.
  ///
  /// A branch that could still beat the best one stays, however it ranks.
  private mutating func screen(_ evaluator: inout Evaluator) throws {
    for trials in Self.screening {
      try play(branches.map { ($0, $0.guess) }, trials: trials, &evaluator)
      guard branches.count > 4 else { continue }
      let best = branches.map(\.pessimistic).min() ?? .infinity
      let ranked = branches.indices.sorted { rank($0) < rank($1) }
      let kept = Set(ranked.prefix(max(4, (branches.count + 1) / 2)))
      let staying = branches.indices.filter {
        branches[$0].optimistic < best && (kept.contains($0) || branches[$0].met != nil)
      }
      dropped += branches.count - staying.count
      branches = staying.map { branches[$0] }
    }
  }

  /// By what a branch can hope for where its gates are met, else by how far it is beyond them.
  private func rank(_ index: Int) -> Double {
    let branch = branches[index]
    guard let point = branch.points.first else { return .infinity }
    return point.evaluation.duration * (1 + max(0, point.feasibility.worst?.excess ?? 0))
  }

  /// The branch and bound of a bisection: each round advances those whose optimum may still lie below
  /// the best one found.
  private mutating func bisect(_ evaluator: inout Evaluator) throws {
    try play(branches.map { ($0, $0.guess) }, trials: Self.trials, &evaluator)
    while true {
      let best = branches.map(\.pessimistic).min() ?? .infinity
      let wanted = branches.filter { $0.optimistic < best }.compactMap { branch in
        branch.next.map { (branch, $0) }
      }
      if !wanted.isEmpty {
        try play(wanted, trials: Self.trials, &evaluator)
        continue
      }
      // What few trials showed to be met has to bear a boundary.
      let thin = branches.compactMap { branch in
        branch.best.flatMap { point in
          point.evaluation.samples.count < Self.trials
            && point.evaluation.duration <= Margin.cost * best ? (branch, point.size) : nil
        }
      }
      if thin.isEmpty { return }
      try play(thin, trials: Self.trials, isFull: true, &evaluator)
    }
  }

  /// Where bisection does not apply: a grid of steps of 1.6.
  private mutating func walkGrid(of index: Int, _ evaluator: inout Evaluator) throws {
    var sizes: [Double] = []
    var size = branches[index].low
    while size < branches[index].high {
      sizes.append(size)
      size *= 1.6
    }
    sizes.append(branches[index].high)
    let branch = branches[index]
    try play(sizes.map { (branch, $0) }, trials: Self.trials, &evaluator)
  }

  /// Plays one size of each branch and files what came of it.
  ///
  /// What one or two trials show clearly, missed or met, gets no more, unless it is to be played in full.
  mutating func play(
    _ wanted: [(branch: Branch, size: Double)], trials: Int, isFull: Bool = false,
    _ evaluator: inout Evaluator
  ) throws {
    let candidates = wanted.map { space.candidate($0.branch.combination, size: $0.size) }
    var open = candidates
    for count in isFull ? [trials] : Self.steps.filter({ $0 < trials }) + [trials] {
      let played = try evaluator.evaluate(open, trials: count)
      open = played.filter { !Feasibility($0, constraints).isClear(after: count) }.map(\.candidate)
    }
    for (one, candidate) in zip(wanted, candidates) {
      guard let evaluation = evaluator.known(candidate),
        let place = branches.firstIndex(where: { $0.combination == one.branch.combination })
      else { continue }
      branches[place].add(
        .init(
          size: candidate.size ?? one.size, evaluation: evaluation,
          feasibility: Feasibility(evaluation, constraints)))
    }
  }
}
