/// The unit in which an axis shows a quantity that is kept in a base unit.
struct AxisUnit: Hashable, Sendable {
  var name: String
  /// What one of it is in the base unit.
  var size: Double

  /// The largest unit in which the largest value is at least 2, so that ticks are short.
  init(for base: String, upTo largest: Double) {
    let units: [(String, Double)]
    switch base {
    case "s": units = [("us", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60), ("h", 3_600)]
    case "bytes", "B":
      units = [("B", 1), ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824)]
    case "bytes/s", "B/s":
      units = [("B/s", 1), ("KiB/s", 1_024), ("MiB/s", 1_048_576), ("GiB/s", 1_073_741_824)]
    case "ratio": units = [("%", 0.01)]
    case "rows": units = [("rows", 1), ("thousand rows", 1e3), ("million rows", 1e6)]
    default: units = [(base == "1" ? "" : base, 1)]
    }
    let fitting = units.last { largest >= 2 * $0.1 } ?? units[0]
    (name, size) = fitting
  }

  /// The time axis of a run this long, seconds.
  init(ofTime length: Double) {
    (name, size) =
      length >= 4 * 3_600 ? ("hours", 3_600) : length >= 240 ? ("minutes", 60) : ("seconds", 1)
  }
}
