import Primitives

/// The values of one column, as COPY's text: a pure function of seed, table, column and row.
struct ValueWriter: Sendable {
  enum Shape: Hashable, Sendable {
    case integer(most: Int)
    case real
    case boolean
    case date
    case timestamp
    case uuid
    /// Characters.
    case text(Int)
    case json(Int)
    case bytes(Int)
  }

  let shape: Shape
  private let distinct: Int
  /// Hexadecimal digits that tell the distinct values apart.
  private let digits: Int
  private let key: RandomKey

  /// Nil for a type that no values are known for.
  init?(_ column: PlannedColumn, table: String, rows: Int, seed: UInt64) {
    guard let shape = Self.shape(column.type ?? "text", width: column.width) else { return nil }
    self.shape = shape
    var distinct = column.distinct ?? rows
    if case .integer(let most) = shape { distinct = min(distinct, most) }
    self.distinct = max(1, distinct)
    digits = (64 - UInt64(self.distinct - 1).leadingZeroBitCount + 3) / 4
    key = RandomKey(
      seed: seed, trial: 0, entity: stableHash(of: "\(table)\n\(column.name)"), purpose: 0xC01)
  }

  /// Writes a row's value, or the one that many further on.
  func write(row: Int, plus step: Int = 0, to line: inout [UInt8]) {
    let value = (key.below(distinct, UInt64(row)) + step) % distinct
    switch shape {
    case .integer: line.append(decimal: value)
    case .real:
      line.append(decimal: value)
      line.append(contentsOf: ".25".utf8)
    case .boolean: line.append(UInt8(ascii: value % 2 == 0 ? "t" : "f"))
    case .date: writeDate(value, to: &line)
    case .timestamp:
      writeDate(value / 86_400, to: &line)
      line.append(UInt8(ascii: " "))
      for (i, part) in [value / 3600 % 24, value / 60 % 60, value % 60].enumerated() {
        if i > 0 { line.append(UInt8(ascii: ":")) }
        line.append(decimal: part)
      }
    case .uuid:
      line.append(hexadecimal: mixed(UInt64(value)), digits: 16)
      line.append(hexadecimal: mixed(~UInt64(value)), digits: 16)
    case .text(let count): line.append(letters: value, digits: digits, count: count)
    case .json(let count):
      line.append(contentsOf: "{\"v\":\"".utf8)
      line.append(letters: value, digits: digits, count: count)
      line.append(contentsOf: "\"}".utf8)
    case .bytes(let count):
      line.append(contentsOf: "\\\\x".utf8)
      line.append(letters: value, digits: digits, count: 2 * count, from: Self.hexadecimal)
    }
  }

  private static let hexadecimal = Array("0123456789abcdef".utf8)

  /// A Julian day: 2451545 is the first of January 2000.
  private func writeDate(_ day: Int, to line: inout [UInt8]) {
    line.append(UInt8(ascii: "J"))
    line.append(decimal: 2_451_545 + day % 9_000)
  }

  private static func shape(_ type: String, width: Int) -> Shape? {
    let name = type.lowercased().prefix { $0 != "(" }.split(separator: " ").first.map(String.init)
    let limit = type.split(separator: "(").dropFirst().first
      .flatMap { Int($0.prefix { $0.isNumber }) }
    // Values shorter than 127 bytes carry a length of one byte (storage-page-layout).
    let content = max(1, width <= 127 ? width - 1 : width - 4)
    switch name {
    case "smallint", "int2": return .integer(most: 1 << 15)
    case "integer", "int", "int4", "serial": return .integer(most: 1 << 31)
    case "bigint", "int8", "bigserial": return .integer(most: .max)
    case "numeric", "decimal", "real", "float4", "float8", "double", "money": return .real
    case "boolean", "bool": return .boolean
    case "date": return .date
    case "timestamp", "timestamptz": return .timestamp
    case "uuid": return .uuid
    case "text", "character", "varchar", "char", "citext", "name":
      return .text(min(content, limit ?? content))
    case "json", "jsonb": return .json(max(1, content - 9))
    case "bytea": return .bytes(content)
    default: return nil
    }
  }
}

extension [UInt8] {
  mutating func append(decimal value: Int) {
    if value >= 10 { append(decimal: value / 10) }
    append(UInt8(ascii: "0") + UInt8(value % 10))
  }

  mutating func append(hexadecimal value: UInt64, digits: Int) {
    for digit in (0..<digits).reversed() {
      let nibble = UInt8(truncatingIfNeeded: value >> UInt64(4 * digit)) & 0xf
      append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
    }
  }

  /// Sixteen letters stand for digits: the value's own first, then what it hashes to.
  ///
  /// Different values give different letters, if `count` has room for their digits.
  mutating func append(
    letters value: Int, digits: Int, count: Int, from alphabet: [UInt8] = frequentLetters
  ) {
    var rest = UInt64(value)
    for place in 0..<count {
      if place == digits || place > digits && (place - digits) % 16 == 0 {
        rest = mixed(UInt64(value) &+ UInt64(place) << 48)
      }
      append(alphabet[Int(rest & 0xf)])
      rest >>= 4
    }
  }
}

private let frequentLetters = Array("etaoinshrdlucmfw".utf8)
