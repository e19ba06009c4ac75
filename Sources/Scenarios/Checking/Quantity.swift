/// What a number with a unit measures, and the units it may be written in.
package enum Dimension: String, Sendable, Hashable, CaseIterable {
  /// Base unit: seconds.
  case time
  /// Bytes.
  case size
  /// Per second.
  case rate
  /// Bytes per second.
  case throughput
  /// Written in percent; 1 is the whole.
  case ratio
  /// A whole number.
  case count
  /// A plain number.
  case number

  var noun: String {
    switch self {
    case .time: "a duration"
    case .size: "a size"
    case .rate: "a rate"
    case .throughput: "a throughput"
    case .ratio: "a share"
    case .count: "a count"
    case .number: "a plain number"
    }
  }

  /// Ways to write the bare number with a unit, for hints.
  func spelled(_ number: String) -> String {
    switch self {
    case .time: "\(number)ms, \(number)s or \(number)min"
    case .size: "\(number)B, \(number)KiB, \(number)MiB or \(number)GiB"
    case .rate: "\(number)/s or \(number)/min"
    case .throughput: "\(number)MiB/s"
    case .ratio: "\(number)%"
    case .count, .number: number
    }
  }

  var example: String {
    switch self {
    case .time: "50ms, 30s or 4h"
    case .size: "310B, 64MiB or 16GiB"
    case .rate: "420/s or 1.2k/s"
    case .throughput: "500MiB/s"
    case .ratio: "35%"
    case .count: "5000, 50k or 240M"
    case .number: "1.07"
    }
  }
}

/// A number as the scenario writes it, in the base unit of its dimension.
package struct Quantity: Sendable, Hashable {
  package var value: Double
  package var dimension: Dimension

  /// Why a text is not the quantity that is wanted there.
  enum Fault: Error, Hashable {
    case notANumber
    case leadingZero
    case needsUnit(number: String)
    case ambiguous(number: String)
    case unknownUnit(String)
    case other(Dimension)
    case notWhole
    case tooLarge
  }

  static let times: [(String, Double)] = [
    ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("μs", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60),
    ("h", 3600), ("d", 86_400),
  ]
  static let sizes: [(String, Double)] = [
    ("B", 1), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("KiB", 0x1p10),
    ("MiB", 0x1p20), ("GiB", 0x1p30), ("TiB", 0x1p40),
  ]
  static let counts: [(String, Double)] = [("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9)]
  private static let periods: [(String, Double)] = [("/s", 1), ("/min", 60), ("/h", 3600)]

  static func parse(_ text: String, as wanted: Dimension) -> Result<Double, Fault> {
    guard let (number, unit) = split(text) else { return .failure(.notANumber) }
    let digits = number.drop { $0 == "-" || $0 == "+" }
    if digits.count > 1, digits.first == "0", digits.dropFirst().first != "." {
      return .failure(.leadingZero)
    }
    guard let value = Double(number.replacing("_", with: "")), value.isFinite else {
      return .failure(.notANumber)
    }
    return scaled(value, String(number), unit, wanted)
  }

  private static func scaled(
    _ value: Double, _ number: String, _ unit: String, _ wanted: Dimension
  ) -> Result<Double, Fault> {
    // Dividing by 100 rounds once: 70% is 0.7.
    if wanted == .ratio, unit == "%" { return checked(value / 100, wanted) }
    if let factor = factor(unit, wanted) { return checked(value * factor, wanted) }
    if unit == "m" { return .failure(.ambiguous(number: number)) }
    if unit.isEmpty { return .failure(.needsUnit(number: number)) }
    for dimension in Dimension.allCases where dimension != wanted {
      // `k` and `M` alone count things; where a unit is due they are no unit.
      if dimension == .count || dimension == .number {
        if factor(unit, .count) != nil { return .failure(.needsUnit(number: number + unit)) }
      } else if factor(unit, dimension) != nil {
        return .failure(.other(dimension))
      }
    }
    return .failure(.unknownUnit(unit))
  }

  private static func checked(_ value: Double, _ wanted: Dimension) -> Result<Double, Fault> {
    guard abs(value) < 0x1p62 else { return .failure(.tooLarge) }
    if wanted == .count || wanted == .size {
      let whole = value.rounded()
      // 3.1M is 3,100,000 although 3.1 × 10⁶ is not exact in binary.
      guard abs(whole - value) <= abs(whole) * 1e-12 else { return .failure(.notWhole) }
      return .success(whole)
    }
    return .success(value)
  }

  /// How many base units the unit is, if it is one of the dimension.
  static func factor(_ unit: String, _ dimension: Dimension) -> Double? {
    switch dimension {
    case .time: return times.first { $0.0 == unit }?.1
    case .size: return sizes.first { $0.0 == unit }?.1
    case .count: return counts.first { $0.0 == unit }?.1
    case .ratio: return unit == "%" ? 0.01 : nil
    case .number: return unit.isEmpty ? 1 : nil
    case .rate, .throughput:
      for (period, seconds) in periods where unit.hasSuffix(period) {
        let rest = String(unit.dropLast(period.count))
        let table = dimension == .rate ? counts : sizes
        if let found = table.first(where: { $0.0 == rest })?.1 { return found / seconds }
      }
      return nil
    }
  }

  static func units(of dimension: Dimension) -> [String] {
    switch dimension {
    case .time: ["ns", "us", "ms", "s", "min", "h", "d"]
    case .size: sizes.map(\.0)
    case .rate: ["/s", "k/s", "/min", "/h"]
    case .throughput: ["B/s", "kB/s", "MB/s", "GB/s", "KiB/s", "MiB/s", "GiB/s"]
    case .ratio: ["%"]
    case .count: ["k", "M", "G"]
    case .number: []
    }
  }

  /// The leading number and the rest; blanks between them are allowed.
  private static func split(_ text: String) -> (Substring, String)? {
    var end = text.startIndex
    var digits = false
    while end < text.endIndex {
      let character = text[end]
      if character.isASCII, character.isNumber {
        digits = true
      } else if character == "-" || character == "+" {
        guard end == text.startIndex else { break }
      } else if character == "e" || character == "E" {
        guard digits, isExponent(text[end...]) else { break }
        end = text.index(after: end)
      } else if character != ".", character != "_" {
        break
      }
      end = text.index(after: end)
    }
    guard digits else { return nil }
    let rest = text[end...].trimmingCharacter(" ")
    return (text[..<end], String(rest))
  }

  private static func isExponent(_ text: Substring) -> Bool {
    var rest = text.dropFirst()
    if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
    return rest.first?.isNumber == true
  }
}
