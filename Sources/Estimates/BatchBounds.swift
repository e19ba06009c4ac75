import Gates
import Primitives
import Scenarios
import Strategies

/// How many rows a batch may have before something gives, for each thing that can.
///
/// Every bound is a closed form that holds the scenario's workers and pause as they are and takes the
/// others as absent; the smallest is the batch to start from. It is what `plan` prints, what `tune`
/// starts its search from, and what a chart of batch size against capacity draws: `bounds` are its
/// lines, `binding` the one that matters, `byIOPS` the same along the device's operations a second.
package struct BatchBounds: Hashable, Sendable {
  package enum Reason: String, Hashable, Sendable, CaseIterable {
    /// Rows stay locked until the commit, and the application waits for them.
    case hold
    /// A replica falls behind the log that is written.
    case lag
    /// The device has no operations, or no bandwidth, left.
    case iops
    /// Log volume: of one batch between two checkpoints, or a second.
    case log
    /// Larger batches gain next to nothing.
    case efficiency
  }

  package struct Bound: Hashable, Sendable {
    package var reason: Reason
    /// Rows of the largest batch within it; infinite where it limits nothing, 0 where even one row is
    /// too much.
    package var rows: Double
    /// What draws the line, in words: a gate with its expectation, a setting, a capacity.
    package var limit: String
    /// Id of the gate that draws it; nil where none does.
    package var gate: String?
    /// How it is computed, in words.
    package var formula: String
  }

  /// In the order of `Reason`, one each.
  package var bounds: [Bound]

  /// The bound that a growing batch meets first.
  package var binding: Bound? {
    bounds.min { $0.rows < $1.rows }.flatMap { $0.rows < .infinity ? $0 : nil }
  }

  /// Rows of the largest batch within all of them, whole; 0 where there is none.
  package var rows: Double { (binding?.rows ?? .infinity).rounded(.down) }

  package subscript(reason: Reason) -> Bound? { bounds.first { $0.reason == reason } }

  /// Nil where the scenario has no backfill, or one that is not cut into batches.
  package init?(_ scenario: Scenario) {
    guard scenario.backfill != nil, scenario.strategy.planner != .monolithic,
      let order = FirstOrder(scenario)
    else { return nil }
    bounds = Reason.allCases.map { reason in
      // Costs of a row move a little with the pace, and the pace with the batch: iterate.
      var bound = Self.bound(reason, scenario, order)
      for _ in 0..<3 {
        guard let next = FirstOrder(scenario.with(batchRows: bound.rows)) else { break }
        bound = Self.bound(reason, scenario, next)
      }
      return bound
    }
  }

  private static func bound(_ reason: Reason, _ scenario: Scenario, _ order: FirstOrder) -> Bound {
    switch reason {
    case .hold: HoldBound(scenario, order).bound
    case .lag: lag(scenario, order)
    case .iops: device(scenario, order)
    case .log: log(scenario, order)
    case .efficiency: efficiency(scenario, order)
    }
  }
}

extension Scenario {
  /// The same with batches of a fixed number of rows, at least one and at most the table's.
  package func with(batchRows rows: Double) -> Scenario {
    var scenario = self
    let most = Double(tables.first?.rows ?? 1)
    scenario.strategy.batch = .rows(Int(max(1, min(rows, most)).rounded(.down)))
    return scenario
  }
}
