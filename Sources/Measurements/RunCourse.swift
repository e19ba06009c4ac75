import Foundation
import Gates

/// The course of a run over all its trials: step by step where nine of ten of them lie.
package struct RunCourse: Sendable, Hashable, Codable {
  /// Halved as soon as there are more: stored runs stay small.
  static let mostSteps = 150

  package struct Column: Sendable, Hashable, Codable {
    /// A metric's name, such as `app.latency.p99{class=checkout}`.
    package var name: String
    package var unit: String
    /// The median over trials of each step; nil where fewer than half of them have a value.
    package var middle: [Double?]
    /// The 5 % and 95 % quantiles over trials; nil for a single one.
    package var low: [Double?]?
    package var high: [Double?]?
  }
  /// Seconds from the backfill's start to the start of the first step; negative before it.
  package var start: Double
  /// Seconds.
  package var step: Double
  package var columns: [Column]

  enum CodingKeys: String, CodingKey {
    case columns
    case start = "start_s"
    case step = "step_s"
  }

  package init(start: Double, step: Double, columns: [Column]) {
    self.start = start
    self.step = step
    self.columns = columns
  }

  package subscript(_ name: String) -> Column? { columns.first { $0.name == name } }
}

extension RunCourse {
  /// Nil where no trial has a course.
  ///
  /// Columns in which nothing ever happens are left out.
  init?(_ outlines: [TimeSeries]) {
    // Steps are powers of two seconds, so that the longest holds the others a whole number of times.
    guard let first = outlines.first, let step = outlines.map(\.step).max() else { return nil }
    let trials = outlines.map { $0.merged(to: step) }
    start = Self.short(first.start)
    self.step = step
    columns = first.columns.indices.compactMap { column in
      Column(first.columns[column], trials: trials.map { $0.columns[column].values })
    }
    if let rows = first.columns.firstIndex(where: { $0.name == "backfill.rows" }) {
      let sums = trials.map { trial in Self.sums(of: trial.columns[rows].values, step: step) }
      let longest = sums.map(\.count).max() ?? 0
      // What a trial has done when it ends stays done.
      let whole = sums.map { $0 + Array(repeating: $0.last ?? nil, count: longest - $0.count) }
      let head = TimeSeries.Column(name: "backfill.rows_done", unit: "rows", values: [])
      if let done = Column(head, trials: whole) { columns.append(done) }
    }
    if columns.isEmpty { return nil }
  }

  private static func sums(of rates: [Double?], step: Double) -> [Double?] {
    var sum = 0.0
    return rates.map { rate in
      sum += (rate ?? 0) * step
      return sum
    }
  }

  /// Four digits: what a chart can show.
  fileprivate static func short(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    let scale = pow(10, 3 - log10(abs(value)).rounded(.down))
    return (value * scale).rounded() / scale
  }
}

extension RunCourse.Column {
  fileprivate init?(_ column: TimeSeries.Column, trials: [[Double?]]) {
    guard trials.contains(where: { $0.contains { ($0 ?? 0) != 0 } }) else { return nil }
    name = column.name
    unit = column.unit
    let steps = trials.map(\.count).max() ?? 0
    let spreads = (0..<steps).map { index in
      let known = trials.compactMap { $0.indices.contains(index) ? $0[index] : nil }
      return 2 * known.count >= trials.count ? Spread(known) : nil
    }
    func quantile(_ q: Double) -> [Double?] {
      spreads.map { spread in
        spread.map { RunCourse.short($0.value(atRank: 1 + q * Double($0.count - 1))) }
      }
    }
    middle = quantile(0.5)
    low = trials.count > 1 ? quantile(0.05) : nil
    high = trials.count > 1 ? quantile(0.95) : nil
  }
}

extension TimeSeries {
  /// The same in longer steps: rates by their mean, everything else by its largest.
  fileprivate func merged(to longer: Double) -> TimeSeries {
    let count = Int(longer / step)
    guard count > 1 else { return self }
    var series = self
    series.step = longer
    for index in columns.indices {
      let column = columns[index]
      series.columns[index].values = stride(from: 0, to: column.values.count, by: count).map {
        let known = column.values[$0..<min($0 + count, column.values.count)].compactMap { $0 }
        return column.isRate ? known.reduce(0, +) / Double(count) : known.max()
      }
    }
    return series
  }
}

extension TimeSeries.Column {
  fileprivate var isRate: Bool { unit.hasSuffix("/s") || unit == "ratio" }
}
