import Primitives
import Scenarios
import Strategies

/// One value for every path that is varied, in the order of the space.
package struct Candidate: Hashable, Sendable {
  package var values: [TunedValue]
  /// The number along the axis that is bisected, in its base unit; nil where there is no such axis.
  package var size: Double?
}

/// The candidates: every combination of the listed values, times an axis that is searched rather
/// than listed.
struct SearchSpace: Sendable {
  /// The size of a batch, in rows or in time: along it the gates turn from met to missed once.
  struct Axis: Sendable {
    var path: String
    var range: TuneRange
  }
  var axis: Axis?
  /// Of all other paths.
  var combinations: [[TunedValue]]

  init(_ axes: [TuneAxis]) {
    let bisected = axes.firstIndex { Self.sizePaths.contains($0.path) && $0.range != nil }
    axis = bisected.flatMap { index in
      axes[index].range.map { Axis(path: axes[index].path, range: $0) }
    }
    combinations = [[]]
    for (index, one) in axes.enumerated() where index != bisected {
      combinations = combinations.flatMap { combination in
        one.texts.map { combination + [TunedValue(path: one.path, text: $0)] }
      }
    }
  }

  private static let sizePaths = ["strategy.batch.rows", "strategy.batch.target_time"]

  /// `size` is rounded to what the axis can hold.
  func candidate(_ combination: [TunedValue], size: Double?) -> Candidate {
    guard let axis, let size else { return Candidate(values: combination, size: nil) }
    let value = axis.range.rounded(size)
    let own = TunedValue(path: axis.path, text: axis.range.text(value))
    return Candidate(values: [own] + combination, size: value)
  }

  /// Every point of a grid with as many sizes.
  func grid(sizes: Int) -> [Candidate] {
    let points = axis?.range.points(sizes).map(Optional.some) ?? [nil]
    return combinations.flatMap { one in points.map { candidate(one, size: $0) } }
  }
}

extension TuneSettings {
  /// What is searched where the scenario does not say: the batch over two decades and a half, workers
  /// up to the cores, no pause and the two that an operator would try.
  static func usual(_ scenario: Scenario) -> TuneSettings {
    let rows = Double(max(2, scenario.tables.first?.rows ?? 1_000))
    let size: TuneAxis =
      if case .targetTime = scenario.strategy.batch {
        TuneAxis(
          path: "strategy.batch.target_time",
          values: .range(TuneRange(low: 0.02, high: 5, scale: .log, dimension: .time)))
      } else {
        TuneAxis(
          path: "strategy.batch.rows",
          values: .range(
            TuneRange(
              low: min(200, rows / 2), high: min(50_000, rows), scale: .log, dimension: .count)))
      }
    let workers = [1, 2, 4, 8].filter { $0 <= max(1, scenario.database.cores) }
    return TuneSettings(
      objective: .minDuration,
      axes: [
        size, TuneAxis(path: "strategy.workers", values: .list(workers.map { "\($0)" })),
        TuneAxis(path: "strategy.pause", values: .list(["0ms", "50ms", "200ms"])),
      ])
  }
}
