import Measurements

/// Which of the finalists is best, with the gates as constraints.
///
/// Two-stage ranking and selection: one that misses a gate in a further trial is out (feasibility
/// before comparison: Andradóttir & Kim 2010), and so is one that the paired interval of the durations
/// places behind the leader. It ends as soon as nobody left can be better than the leader by more than
/// 2 %, which is the same for every practical purpose: the indifference zone (Kim & Nelson 2001). The
/// intervals share 5 % of error between them (Bonferroni).
struct Selection: Sendable {
  /// Trials of each finalist at every look; the first are the search's own.
  static let stages = [Search.trials, 8, 16]
  static let indifference = 0.02
  static let error = 0.05

  /// The winner first, and those that cannot be told from it.
  var remaining: [Finalist]

  init(
    _ finalists: [Finalist], _ constraints: [Constraint], _ evaluator: inout Evaluator
  ) throws {
    // The larger margin wins before the last percent of duration.
    let widest = finalists.map(\.share).min() ?? 1
    remaining = finalists.filter { $0.share == widest }
    for trials in Self.stages where remaining.count > 1 {
      let played = try evaluator.evaluate(
        remaining.map(\.backed.evaluation.candidate), trials: trials)
      for (index, evaluation) in played.enumerated() {
        remaining[index].backed.evaluation = evaluation
        remaining[index].backed.feasibility = Feasibility(evaluation, constraints)
      }
      let feasible = remaining.filter(\.backed.feasibility.isMet)
      if feasible.isEmpty { return }
      remaining = feasible.sorted {
        $0.backed.evaluation.duration < $1.backed.evaluation.duration
      }
      let leader = remaining[0].backed.evaluation
      let confidence = 1 - Self.error / Double(max(1, remaining.count - 1))
      func gap(_ finalist: Finalist) -> Double {
        let rival = finalist.backed.evaluation
        let difference = PairedDifference(
          leader.samples.map(\.duration), rival.samples.map(\.duration), confidence: confidence)
        return difference?.low ?? 0
      }
      remaining.removeAll { gap($0) > 0 }
      if remaining.allSatisfy({ gap($0) > -Self.indifference * leader.duration }) { return }
    }
  }
}
