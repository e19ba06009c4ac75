import Strategies
import Traffic

/// How far a scenario lies outside of what its calibration covered, in one dimension.
package struct Extrapolation: Sendable, Hashable {
  /// What a calibration covers a part of.
  package enum Dimension: String, Sendable, Hashable, CaseIterable {
    case rows
    case rowWidth = "row_width_bytes"
    case indexes
    case cores
    case workers
    case batchRows = "batch_rows"
    case trafficRate = "traffic_rate"
  }
  package var dimension: Dimension
  /// Above 1 times more than was covered; below 1 as little as that part of it.
  package var factor: Double
  /// The calibration is taken to hold up to that factor, or its inverse.
  package var reach: Double

  package var isBeyondReach: Bool { max(factor, 1 / factor) > reach }

  /// Every dimension in which the scenario leaves what was covered.
  package static func of(_ scenario: Scenario, from calibration: CalibrationFile)
    -> [Extrapolation]
  {
    Dimension.allCases.compactMap { dimension in
      guard let extent = calibration.scope[dimension.rawValue],
        let value = dimension.value(of: scenario), value > 0
      else { return nil }
      let factor = value > extent.to ? value / extent.to : min(1, value / extent.from)
      // A twentieth more or less is no other place.
      guard factor > 1.05 || factor < 1 / 1.05 else { return nil }
      return Extrapolation(dimension: dimension, factor: factor, reach: extent.reach)
    }
  }
}

extension Extrapolation.Dimension {
  /// Nil where the scenario has no such thing, or it changes as it runs.
  package func value(of scenario: Scenario) -> Double? {
    guard let table = scenario.tables.first else { return nil }
    switch self {
    case .rows: return Double(table.rows)
    case .rowWidth: return Double(table.rowWidth)
    // The primary key's own counts: there is always one.
    case .indexes: return Double(table.indexes.count + 1)
    case .cores: return Double(scenario.database.cores)
    case .workers: return scenario.backfill == nil ? nil : Double(scenario.strategy.workers)
    case .batchRows:
      guard scenario.backfill != nil, case .rows(let rows) = scenario.strategy.batch else {
        return nil
      }
      return Double(rows)
    case .trafficRate:
      let rates = scenario.traffic.map { traffic -> Double? in
        guard case .open(let rate, _) = traffic.arrivals else { return nil }
        return rate
      }
      return rates.contains(nil) || rates.isEmpty ? nil : rates.reduce(0) { $0 + ($1 ?? 0) }
    }
  }
}
