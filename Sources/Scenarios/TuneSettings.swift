import Primitives

/// What `tune` may vary, and what is best among the points that pass.
package struct TuneSettings: Sendable, Hashable {
  package enum Objective: String, Sendable, Hashable, CaseIterable {
    case minDuration = "min_duration"
    case minImpact = "min_impact"
    case maxHeadroom = "max_headroom"
  }
  package var objective: Objective
  /// In the order of the file; nil where the scenario names none.
  package var axes: [TuneAxis]

  package init(objective: Objective, axes: [TuneAxis]) {
    self.objective = objective
    self.axes = axes
  }
}

/// One path of the scenario, and the values to try there.
package struct TuneAxis: Sendable, Hashable {
  package enum Values: Sendable, Hashable {
    /// As written, without repetitions.
    case list([String])
    case range(TuneRange)
  }
  /// As in `--set`.
  package var path: String
  package var values: Values

  package init(path: String, values: Values) {
    self.path = path
    self.values = values
  }

  package var range: TuneRange? {
    if case .range(let range) = values { range } else { nil }
  }

  /// The values written out, those of a range at its steps.
  package var texts: [String] {
    switch values {
    case .list(let texts): texts
    case .range(let range): range.points(range.steps).map(range.text)
    }
  }
}

/// Numbers between two ends.
package struct TuneRange: Sendable, Hashable {
  package enum Scale: String, Sendable, Hashable, CaseIterable { case log, linear }
  /// In the base unit of the dimension; `low < high`, and above 0 on a logarithmic scale.
  package var low: Double
  package var high: Double
  package var scale: Scale
  package var dimension: Dimension
  /// Values tried where the range is not searched by bisection.
  package var steps: Int

  package init(low: Double, high: Double, scale: Scale, dimension: Dimension, steps: Int = 5) {
    self.low = low
    self.high = high
    self.scale = scale
    self.dimension = dimension
    self.steps = steps
  }

  /// The nearest number that can be written there: whole, or with three digits.
  package func rounded(_ value: Double) -> Double {
    let inside = min(high, max(low, value))
    if dimension == .count || dimension == .size { return inside.rounded() }
    guard inside > 0 else { return inside }
    // A power of ten that is exact, so that 1 s does not become 999.999 ms.
    let places = 2 - Int((Double.log(inside) / Double.log(10)).rounded(.down))
    let power = (0..<abs(places)).reduce(1.0) { power, _ in power * 10 }
    let near = places >= 0 ? (inside * power).rounded() / power : (inside / power).rounded() * power
    return min(high, max(low, near))
  }

  /// As the scenario writes it.
  package func text(_ value: Double) -> String {
    dimension == .count ? Spelling.number(value) : Spelling.of(value, dimension)
  }

  /// As many numbers from end to end, fewer where rounding makes some alike.
  package func points(_ count: Int) -> [Double] {
    var points: [Double] = []
    for index in 0..<max(2, count) {
      let share = Double(index) / Double(max(2, count) - 1)
      let value =
        scale == .linear
        ? low + (high - low) * share : low * Double.exp(Double.log(high / low) * share)
      let rounded = rounded(value)
      if points.last != rounded { points.append(rounded) }
    }
    return points
  }
}

/// A value at a path of the scenario, as `--set` takes it.
package struct TunedValue: Sendable, Hashable {
  package var path: String
  package var text: String

  package init(path: String, text: String) {
    self.path = path
    self.text = text
  }

  package var argument: String { "\(path)=\(text)" }
}
