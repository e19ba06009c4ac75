import Scenarios
import Strategies
import Testing

@testable import Simulator

@Suite("Keys and row ordinals")
struct KeyMapTests {
  private func map(rows: Int, gaps: Double) throws -> KeyMap {
    let key = "{column: id, gaps: \(gaps * 100)%}"
    let scenario = try SmallScenario.load(
      table: "{name: t, rows: \(rows), row_width: 100B, primary_key: \(key)}")
    return KeyMap(table: scenario.tables[0])
  }

  @Test("Without gaps the keys are 1, 2, 3 …")
  func dense() throws {
    let keys = try map(rows: 10, gaps: 0)
    #expect(keys.key(of: 0) == Key(1))
    #expect(keys.key(of: 9) == Key(10))
    #expect(keys.rows(upTo: Key(4)) == 4)
    #expect(keys.rows(below: Key(4)) == 3)
    #expect(keys.rows(upTo: Key(0)) == 0)
    #expect(keys.rows(upTo: Key(99)) == 10)
  }

  @Test(
    "A row's key leads back to the row, and no gap holds one",
    arguments: [0, 0.01, 0.1, 0.333, 0.5, 0.6, 0.9, 0.99])
  func inverse(gaps: Double) throws {
    let keys = try map(rows: 3_000, gaps: gaps)
    var previous: Int64 = 0
    for ordinal in 0..<3_000 {
      let key = keys.key(of: ordinal)
      let number = try #require(key.int64)
      try #require(number > previous, "keys rise")
      try #require(keys.rows(upTo: key) == ordinal + 1)
      try #require(keys.rows(below: key) == ordinal)
      if number - 1 > previous { try #require(keys.rows(upTo: Key(number - 1)) == ordinal) }
      previous = number
    }
  }

  @Test("Gaps make the key space longer by their share")
  func span() throws {
    let last = try map(rows: 10_000, gaps: 0.2).key(of: 9_999).int64
    #expect(last == 12_499)
  }

  @Test("Neighbouring ranges meet without a row between them")
  func ranges() throws {
    let keys = try map(rows: 1_000, gaps: 0.37)
    let cut = keys.key(of: 411)
    #expect(keys.ordinals(KeyRange(after: nil, upTo: cut)) == 0..<412)
    #expect(keys.ordinals(KeyRange(after: cut, upTo: nil)) == 412..<1_000)
    #expect(keys.ordinals(keys.bounds) == 0..<1_000)
  }

  @Test(
    "UUIDs are laid out as their version asks, rise with their rows and lead back to them",
    arguments: [("uuid4", 4), ("uuid7", 7)], [1, 3, 3_000, 2_000_000_000])
  func identifiers(type: (name: String, version: UInt128), rows: Int) throws {
    let table =
      "{name: t, rows: \(rows), row_width: 100B, primary_key: {column: id, type: \(type.name)}}"
    let keys = KeyMap(table: try SmallScenario.load(table: table).tables[0])
    let ordinals = Array(0..<min(rows, 3_000)) + [rows / 2, rows - 1].filter { $0 >= 3_000 }
    var previous: Key?
    for ordinal in ordinals {
      let key = keys.key(of: ordinal)
      try #require(key.position >> 76 & 0xF == type.version)
      try #require(key.position >> 62 & 0b11 == 0b10)
      if let previous { try #require(previous < key) }
      previous = key
      try #require(keys.rows(upTo: key) == ordinal + 1)
      try #require(keys.rows(below: key) == ordinal)
    }
    #expect(keys.ordinals(keys.bounds) == 0..<rows)
    // Anything may be a bound, also what is no UUID of this version.
    #expect(keys.rows(upTo: Key(position: 0)) == 0)
    #expect(keys.rows(upTo: Key(position: .max)) == rows)
    let middle = keys.key(of: rows / 2).position
    #expect(keys.rows(upTo: Key(position: middle | 0xF << 76)) == rows / 2 + 1)
  }
}
