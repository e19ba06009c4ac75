import Gates
import Measurements
import Primitives
import Scenarios

/// The winner played on traffic that the search has not seen.
///
/// If a share p of all simulated runs met the gates, n of n would meet them with probability pⁿ: 59 of
/// 59 leave p < 95 % a chance of 0.95⁵⁹ < 5 %. A failed attempt has used that chance up, so a further one has
/// to share what is left and needs more trials (alpha spending).
package struct Confirmation: Sendable {
  package static let share = 0.95
  package static let error = 0.05
  static let attempts = 3
  /// Played at a time; a slice with a failure ends the attempt.
  static let slice = 12
  /// Trials that no search reaches.
  static let firstTrial = 1_000_000

  package var candidate: Candidate
  package var results: [TrialResult]
  /// Trials in which every gate held.
  package var passed: Int
  /// Trials wanted.
  package var wanted: Int
  /// Counted from 0.
  package var attempt: Int

  package var isConfirmed: Bool { passed == results.count && results.count >= wanted }

  /// Trials of this attempt: enough for what is left of the error, and for the scenario's own
  /// assurance.
  static func trials(attempt: Int, assurance: Double) -> Int {
    let first = fewest(share, error)
    if attempt == 0 { return max(first, fewest(assurance, 0.025)) }
    let left = error - power(share, first)
    return max(
      fewest(share, left / power(2, attempt)), fewest(assurance, 0.025))
  }

  /// The fewest trials n with shareⁿ ≤ error.
  private static func fewest(_ share: Double, _ error: Double) -> Int {
    Int((Double.log(error) / Double.log(share)).rounded(.up))
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  init(
    _ candidate: Candidate, attempt: Int, constraints: [Constraint], assurance: Double,
    _ evaluator: inout Evaluator
  ) throws {
    self.candidate = candidate
    self.attempt = attempt
    results = []
    passed = 0
    wanted = Self.trials(attempt: attempt, assurance: assurance)
    let scenario = try evaluator.tree.scenario(with: candidate.values)
    let first = Self.firstTrial * (attempt + 1)
    while results.count < wanted, passed == results.count {
      let count = min(Self.slice, wanted - results.count)
      let start = first + results.count
      results += try evaluator.play(scenario, trials: start..<start + count)
      passed = results.count { Self.meets($0, constraints) }
    }
  }

  /// Gates on the mean over runs are judged over all of them, not here.
  private static func meets(_ trial: TrialResult, _ constraints: [Constraint]) -> Bool {
    constraints.allSatisfy { constraint in
      guard constraint.rule.judgement == .shareOfTrials,
        let value = trial.gateValues[constraint.index]
      else { return true }
      return constraint.rule.comparison.holds(value, constraint.limit)
    }
  }
}
