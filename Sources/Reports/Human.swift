import Foundation

/// Numbers for people: three digits and a unit that fits.
///
/// Machine output never passes through here.
package enum Human {
  /// A value in its base unit (`s`, `bytes`, `bytes/s`, `rows`, `rows/s`, `1/s`, `ratio`, `count`).
  package static func text(_ value: Double, unit: String) -> String {
    if value.isInfinite { return value > 0 ? "not finished" : "none" }
    return switch unit {
    case "s": duration(value)
    case "bytes": bytes(value)
    case "bytes/s": bytes(value) + "/s"
    case "ratio": percent(value)
    case "rows": count(value) + " rows"
    case "rows/s": rate(value) + " rows/s"
    case "x": digits(value) + "x"
    case "1/s": rate(value) + "/s"
    default: count(value)
    }
  }

  /// A share with its sign.
  static func signedPercent(_ share: Double) -> String {
    share == .infinity ? "no end" : (share > 0 ? "+" : "") + percent(share)
  }

  package static func duration(_ seconds: Double) -> String {
    let size = abs(seconds)
    if size == 0 { return "0 s" }
    if size < 999.5e-9 { return digits(seconds * 1e9) + " ns" }
    if size < 999.5e-6 { return digits(seconds * 1e6) + " us" }
    if size < 0.9995 { return digits(seconds * 1e3) + " ms" }
    if size < 119.95 { return digits(seconds) + " s" }
    if size < 7_199.5 {
      let whole = Int(seconds.rounded())
      return joined(whole / 60, "min", whole % 60, "s")
    }
    if size > 3.15e9 { return "over 100 years" }
    let minutes = Int((seconds / 60).rounded())
    return minutes < 2_880
      ? joined(minutes / 60, "h", minutes % 60, "min")
      : joined(minutes / 1_440, "d", minutes % 1_440 / 60, "h")
  }

  private static func joined(_ large: Int, _ unit: String, _ small: Int, _ lesser: String) -> String
  {
    small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(lesser)"
  }

  /// Seconds of a length of time as a scenario writes it, such as 500ms; nil for anything else.
  static func seconds(_ text: String) -> Double? {
    let units = [("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("min", 60), ("s", 1), ("h", 3_600)]
    for (unit, size) in units where text.hasSuffix(unit) {
      if let number = Double(text.dropLast(unit.count)) { return number * size }
    }
    return nil
  }

  package static func bytes(_ value: Double) -> String {
    scaled(value, 1_024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"])
  }

  package static func percent(_ ratio: Double) -> String {
    let value = ratio * 100
    if value == 0 { return "0%" }
    return
      (abs(value) >= 99.95
      ? digits(value)
      : String(format: "%.\(abs(value) < 0.1 ? 3 : abs(value) < 10 ? 2 : 1)f", value)) + "%"
  }

  /// A share in whole percent, a multiple where it is ten times and more.
  package static func margin(_ ratio: Double) -> String {
    if ratio.isInfinite { return "far" }
    return abs(ratio) < 10 ? wholePercent(ratio) : count(ratio.rounded()) + "x"
  }

  /// A share as it was asked for: 90%, 99.9%.
  static func share(_ ratio: Double) -> String {
    let percent = (ratio * 1e6).rounded() / 1e4
    return (percent == percent.rounded() ? "\(Int(percent))" : "\(percent)") + "%"
  }

  package static func wholePercent(_ ratio: Double) -> String {
    String(format: "%.0f", ratio * 100) + "%"
  }

  /// Whole numbers in full up to ten million, with separators; fractions with three digits.
  package static func count(_ value: Double) -> String {
    if abs(value) >= 1e7 { return scaled(value, 1_000, ["", "k", "M", "G", "T"]) }
    if value == value.rounded() || abs(value) >= 1_000 { return grouped(Int(value.rounded())) }
    return digits(value)
  }

  package static func rate(_ value: Double) -> String {
    abs(value) >= 1e6 ? scaled(value, 1_000, ["", "k", "M", "G"]) : count(value)
  }

  /// Three significant digits without an exponent.
  static func digits(_ value: Double) -> String {
    let size = abs(value)
    let places = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : size >= 0.01 ? 3 : 5
    return String(format: "%.\(places)f", value)
  }

  private static func scaled(_ value: Double, _ step: Double, _ units: [String]) -> String {
    var scaledValue = value
    var index = 0
    while abs(scaledValue) >= step * 0.9995 && index < units.count - 1 {
      scaledValue /= step
      index += 1
    }
    let unit = units[index]
    let number =
      index == 0 && scaledValue == scaledValue.rounded()
      ? String(Int(scaledValue)) : digits(scaledValue)
    return unit.isEmpty ? number : "\(number) \(unit)"
  }

  private static func grouped(_ value: Int) -> String {
    var text = String(abs(value))
    var groups: [String] = []
    while text.count > 3 {
      groups.insert(String(text.suffix(3)), at: 0)
      text.removeLast(3)
    }
    return (value < 0 ? "-" : "") + ([text] + groups).joined(separator: ",")
  }
}
