import Estimates
import Measurements
import Scenarios
import Strategies

extension BatchMap {
  /// Nil where the scenario has no batches, or nothing bounds them.
  package init?(_ scenario: Scenario) {
    let counts = Set([1, 2, 4, 8, 16] + [scenario.strategy.workers]).sorted()
    let byWorkers = counts.compactMap { count -> Place? in
      var changed = scenario
      changed.strategy.workers = count
      return BatchBounds(changed).map { Place(at: Double(count), bounds: Self.bounds($0)) }
    }
    let byIOPS = (CapacityMap(scenario)?.rows ?? []).map {
      Place(at: $0.iops, bounds: Self.bounds($0.bounds))
    }
    guard (byWorkers + byIOPS).contains(where: { $0.binding != nil }) else { return nil }
    var rows: Double?
    if case .rows(let count) = scenario.strategy.batch { rows = Double(count) }
    self.init(
      rows: rows, workers: scenario.strategy.workers, iops: scenario.database.storage.iops,
      byWorkers: byWorkers, byIOPS: byIOPS)
  }

  private static func bounds(_ found: BatchBounds) -> [Bound] {
    found.bounds.map {
      Bound(
        reason: $0.reason.rawValue, words: $0.reason.words, limit: $0.limit,
        rows: $0.rows.isFinite ? $0.rows.rounded(.down) : nil)
    }
  }
}
