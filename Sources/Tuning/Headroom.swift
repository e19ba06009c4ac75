import Gates
import Scenarios
import Traffic

/// How many times its traffic the recommended setting bears before a gate is missed.
package struct Headroom: Hashable, Sendable {
  /// The largest multiple played at which every gate was met; 1 is the scenario's own traffic.
  package var factor: Double
  /// The gate that is missed beyond; nil where nothing was missed up to `most`.
  package var gate: String?
  package static let most = 16.0
  /// Multiples nearer than this are not told apart.
  private static let resolution = 1.03

  init?(
    _ scenario: Scenario, _ constraints: [Constraint], _ evaluator: inout Evaluator
  ) throws {
    guard !scenario.traffic.isEmpty, !constraints.isEmpty else { return nil }
    var (met, missed) = (1.0, Double?.none)
    while missed ?? Self.most > met * Self.resolution {
      let next = missed.map { (met * $0).squareRoot() } ?? min(Self.most, 2 * met)
      let there = try Neighbour(scenario.with(traffic: next), constraints, &evaluator)
      if there.isMet {
        met = next
      } else {
        missed = next
        gate = there.tightest?.constraint.rule.id
      }
      if met >= Self.most { break }
    }
    factor = met
  }
}

extension Scenario {
  /// The same with every class arriving so many times as often, or with so many times its clients.
  func with(traffic factor: Double) -> Scenario {
    var scenario = self
    for index in scenario.traffic.indices {
      switch scenario.traffic[index].arrivals {
      case .open(let rate, let process):
        scenario.traffic[index].arrivals = .open(rate: rate * factor, process: process)
      case .closed(let clients, let think):
        let more = Int((Double(clients) * factor).rounded())
        scenario.traffic[index].arrivals = .closed(clients: max(1, more), thinkBetween: think)
      }
    }
    return scenario
  }
}
