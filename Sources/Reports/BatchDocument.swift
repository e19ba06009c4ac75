import Estimates
import Scenarios

/// The bounds on the batch in machine output: the `batch` of `rehearse.plan/1` and of
/// `rehearse.tune/1`.
package struct BatchDocument: Encodable, Sendable {
  package struct Bound: Encodable, Sendable {
    var reason: String
    /// Nil where it limits nothing.
    var rows: Double?
    var limit: String
    var gate: String?
    var formula: String
  }
  package struct Device: Encodable, Sendable {
    var iops: Double
    var rows: Double?
    var bound_by: String?
    var rate_rows_per_s: Double
  }
  /// Of the largest batch within all bounds, whole rows; nil where nothing bounds it.
  var rows: Double?
  var bound_by: String?
  var bounds: [Bound]
  var by_iops: [Device]

  package init?(_ scenario: Scenario) {
    guard let found = BatchBounds(scenario) else { return nil }
    rows = Self.finite(found.rows)
    bound_by = found.binding?.reason.rawValue
    bounds = found.bounds.map {
      Bound(
        reason: $0.reason.rawValue, rows: Self.finite($0.rows), limit: $0.limit, gate: $0.gate,
        formula: $0.formula)
    }
    by_iops = (CapacityMap(scenario)?.rows ?? []).map {
      Device(
        iops: $0.iops, rows: Self.finite($0.bounds.rows),
        bound_by: $0.bounds.binding?.reason.rawValue, rate_rows_per_s: $0.rate)
    }
  }

  private static func finite(_ rows: Double) -> Double? { rows.isFinite ? rows : nil }
}
