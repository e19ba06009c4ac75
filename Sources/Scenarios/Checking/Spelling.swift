/// Base-unit numbers as a scenario would write them.
package enum Spelling {
  package static func of(_ value: Double, _ dimension: Dimension) -> String {
    switch dimension {
    case .time: scaled(value, Quantity.times.filter { $0.0 != "µs" && $0.0 != "μs" }, zero: "0s")
    case .size:
      scaled(value, Quantity.sizes.filter { $0.0 == "B" || $0.0.contains("i") }, zero: "0B")
    case .throughput: of(value, .size) + "/s"
    case .rate: scaled(value, Quantity.counts, zero: "0") + "/s"
    case .ratio: number(value * 100) + "%"
    case .count: scaled(value, Quantity.counts, zero: "0")
    case .number: number(value)
    }
  }

  /// In the largest unit that leaves a short number.
  private static func scaled(_ value: Double, _ units: [(String, Double)], zero: String) -> String {
    if value == 0 { return zero }
    for (unit, factor) in units.reversed() where abs(value) >= factor {
      let text = number(value / factor)
      if text.count <= 6 { return text + unit }
    }
    let (unit, factor) = units[0]
    return number(value / factor) + unit
  }

  static func number(_ value: Double) -> String {
    let rounded = (value * 1e9).rounded() / 1e9
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int64(rounded))" : "\(rounded)"
  }
}
