import Measurements
import Primitives

/// A recommendation played on traffic that the search has not seen.
///
/// If a share p of all simulated runs met the gates, n of n would meet them with probability pⁿ: 59 of
/// 59 leave p < 95 % a chance of 0.95⁵⁹ < 5 %.
package struct Confirmation: Sendable {
  package static let share = 0.95
  package static let error = 0.05
  /// Trials that no search reaches.
  static let firstTrial = 1_000_000

  package var candidate: Candidate
  /// In the order of their numbers; fewer than wanted where one of them failed.
  package var results: [TrialResult]
  /// Trials in which every gate held.
  package var passed: Int
  /// Trials wanted.
  package var wanted: Int

  package var isConfirmed: Bool { passed == results.count && results.count >= wanted }

  /// The fewest trials that bear the statement whichever of so many candidates passes them all, and
  /// with which a gate of the scenario's own assurance can pass.
  static func trials(candidates: Int = 1, assurance: Double) -> Int {
    max(fewest(share, error / Double(candidates)), fewest(assurance, 0.025))
  }

  /// The fewest trials n with shareⁿ ≤ error.
  private static func fewest(_ share: Double, _ error: Double) -> Int {
    Int((Double.log(error) / Double.log(share)).rounded(.up))
  }
}
