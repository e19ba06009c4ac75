import Gates
import Measurements

/// Every metric of every run, a row each, under columns that never change (RFC 4180).
package struct CSVText {
  package var runs: [RunRecord]

  package init(_ runs: [RunRecord]) { self.runs = runs }

  private static let head = [
    "scenario", "world", "seed", "trials", "metric", "labels", "unit", "value", "low", "high", "n",
    "predicted_low", "predicted_high",
  ]

  package var text: String {
    let rows = runs.flatMap { run in
      run.metrics.map { metric in
        [
          Self.cell(run.header.name), run.header.world.rawValue, "\(run.header.seed)",
          "\(run.trials)", Self.cell(metric.metric.name),
          Self.cell(metric.metric.labels.map { "\($0.name)=\($0.value)" }.joined(separator: ",")),
          metric.unit, number(metric.value), number(metric.low), number(metric.high),
          "\(metric.n)", number(metric.predictedLow), number(metric.predictedHigh),
        ]
      }
    }
    return ([Self.head] + rows).map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  /// Empty where there is none.
  private func number(_ value: Double?) -> String {
    value.flatMap { $0.isFinite ? "\($0)" : nil } ?? ""
  }

  /// In quotes where it has to be; what a spreadsheet would take for a formula becomes text.
  static func cell(_ text: String) -> String {
    var cell = text.shown
    if let first = cell.unicodeScalars.first, "=+-@\t".unicodeScalars.contains(first) {
      cell = "'" + cell
    }
    guard cell.unicodeScalars.contains(where: { [",", "\"", "\n"].contains($0) }) else {
      return cell
    }
    return "\"" + cell.replacing(["\"": "\"\""]) + "\""
  }
}
