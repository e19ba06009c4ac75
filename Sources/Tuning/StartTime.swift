import Gates
import Scenarios
import Traffic

/// The recommended setting begun at another time of day.
package struct StartTime: Hashable, Sendable {
  /// Seconds since midnight.
  package var at: Double
  package var duration: Double
  package var latency: Double?
  package var isMet: Bool
  /// The tightest gate, missed or not.
  package var gate: String?
  /// How far beyond its limit, as a share of it; negative within.
  package var excess: Double

  private static let every = 7_200.0

  /// Every second hour; empty where no class has a curve.
  static func all(
    _ scenario: Scenario, _ constraints: [Constraint], _ evaluator: inout Evaluator
  ) throws -> [StartTime] {
    guard scenario.traffic.contains(where: { !$0.curve.isEmpty }) else { return [] }
    return try stride(from: 0, to: 86_400, by: every).map { at in
      var moved = scenario
      moved.run.startAt = at
      let there = try Neighbour(moved, constraints, &evaluator)
      return StartTime(
        at: at, duration: there.duration, latency: there.latency, isMet: there.isMet,
        gate: there.tightest?.constraint.rule.id, excess: there.tightest?.excess ?? 0)
    }
  }
}
