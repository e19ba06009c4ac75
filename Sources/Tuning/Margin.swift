import Scenarios

/// A branch that can be recommended: its fastest point that meets the gates, and the point a step back
/// from it.
struct Finalist: Sendable {
  var combination: [TunedValue]
  var boundary: Branch.Point
  var backed: Branch.Point
  /// Size of the one over that of the other; 1 where nothing could be given away.
  var share: Double
}

/// A boundary found with a few trials is where a gate is just met: the recommendation keeps away from it.
///
/// Four fifths of the batch, unless that makes the backfill more than 4 % slower than the fastest point;
/// then nine tenths, and so on.
enum Margin {
  static let shares = [0.8, 0.9, 0.95, 0.98]
  static let cost = 1.04
  /// By which the duration of a single trial may lie above the mean over all of them.
  private static let doubt = 1.02
  static let finalists = 4

  static func finalists(
    _ search: inout Search, _ evaluator: inout Evaluator
  ) throws -> [Finalist] {
    let leaders = search.branches.filter { $0.best != nil }
      .sorted { ($0.pessimistic, $0.guess) < ($1.pessimistic, $1.guess) }
    guard let fastest = leaders.first?.pessimistic else { return [] }
    let bound = cost * fastest
    var found: [Finalist] = []
    // The widest margin wins, so that no branch need be asked for less than another has.
    var widest = 1.0
    for branch in leaders.prefix(finalists) where branch.pessimistic <= bound {
      guard let boundary = branch.best else { continue }
      var finalist = Finalist(
        combination: branch.combination, boundary: boundary, backed: boundary, share: 1)
      let tries = search.space.axis == nil ? [] : shares
      for share in tries where share <= widest {
        let size = max(branch.low, boundary.size * share)
        let doubtful = branch.predicted(size) / branch.predicted(boundary.size)
        // Hopeless by the closed form: not worth its trials.
        if boundary.evaluation.duration * (1 + (doubtful - 1) / 2) > bound { continue }
        try search.play([(branch, size)], trials: 1, &evaluator)
        guard let first = search.point(branch.combination, size), first.feasibility.isMet,
          first.evaluation.duration <= doubt * bound
        else { continue }
        try search.play([(branch, size)], trials: Search.trials, isFull: true, &evaluator)
        if let point = search.point(branch.combination, size), point.feasibility.isMet,
          point.evaluation.duration <= bound
        {
          (finalist.backed, finalist.share) = (point, share)
          widest = share
          break
        }
      }
      found.append(finalist)
    }
    return found.sorted {
      $0.share != $1.share
        ? $0.share < $1.share
        : $0.backed.evaluation.duration < $1.backed.evaluation.duration
    }
  }
}

extension Search {
  func point(_ combination: [TunedValue], _ size: Double) -> Branch.Point? {
    let wanted = space.candidate(combination, size: size).size ?? size
    return branches.first { $0.combination == combination }?.points.first { $0.size == wanted }
  }
}
