import Estimates
import Scenarios

/// The branches that arithmetic leaves, and where on each to begin.
///
/// Nothing is simulated. The bounds are first-order, so a branch is left out only where the closed form
/// cannot finish, or takes three times as long with a batch of three times its bound as the quickest
/// branch does within its bounds.
struct Pruning {
  private static let doubt = 3.0

  let space: SearchSpace
  let tree: ScenarioTree
  /// Combinations that were left out, and why.
  private(set) var excluded: [(combination: [TunedValue], reason: String)] = []

  init(_ space: SearchSpace, _ tree: ScenarioTree) {
    self.space = space
    self.tree = tree
  }

  mutating func branches() throws -> [Branch] {
    let all = try space.combinations.map(branch)
    let quickest = all.map { $0.predicted($0.guess) }.min() ?? .infinity
    return all.filter { branch in
      let fastest = branch.predicted(branch.reach)
      if fastest == .infinity {
        excluded.append((branch.combination, "a resource has nothing left for it"))
      } else if fastest > Self.doubt * quickest {
        excluded.append((branch.combination, "too slow with any batch"))
      } else {
        return true
      }
      return false
    }
  }

  private func branch(_ combination: [TunedValue]) throws -> Branch {
    let scenario = try tree.scenario(with: combination)
    let range = space.axis?.range ?? TuneRange(low: 1, high: 1, scale: .log, dimension: .count)
    let inTime = range.dimension == .time
    // A batch steered by time is worked at the rows that take so long.
    let perRow = FirstOrder(scenario)?.batch
    @Sendable func rows(_ size: Double) -> Double {
      guard inTime, let perRow, perRow.perRow > 0 else { return size }
      return max(1, (size - perRow.fixed) / perRow.perRow)
    }
    let predicted: @Sendable (Double) -> Double
    if space.axis == nil {
      let duration = FirstOrder(scenario)?.duration ?? .infinity
      predicted = { _ in duration }
    } else {
      predicted = { FirstOrder(scenario.with(batchRows: rows($0)))?.duration ?? .infinity }
    }
    var bound = BatchBounds(scenario)?.hard ?? .infinity
    if inTime, let perRow { bound = perRow.duration(rows: bound) }
    let reach = range.rounded(min(range.high, max(range.low, Self.doubt * bound)))
    let guess = range.rounded(min(range.high, max(range.low, bound)))
    return Branch(
      combination: combination, guess: guess, low: range.low, high: range.high, reach: reach,
      predicted: predicted)
  }
}

extension BatchBounds {
  /// The smallest of the bounds beyond which something gives; efficiency is none of those.
  var hard: Double {
    bounds.filter { $0.reason != .efficiency }.map(\.rows).min() ?? .infinity
  }
}
