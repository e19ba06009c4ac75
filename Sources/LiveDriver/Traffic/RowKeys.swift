import Primitives
import Scenarios
import Strategies
import Synchronization
import Traffic

/// The keys that one transaction touches, as text for its statements.
///
/// The rows come from the same source as the simulator's: same seed, same rows.
struct RowKeys: Sendable {
  /// By class of the scenario.
  private let sources: [KeySource]
  private let maps: [KeyMap]
  private let types: [KeyText]

  init(_ scenario: Scenario, tables: [TableCatalog], seed: UInt64) {
    let rows = scenario.tables.map(\.rows)
    sources = scenario.traffic.map {
      KeySource(class: $0, tableRows: rows, seed: seed, trial: 0)
    }
    maps = scenario.tables.map { KeyMap(table: $0) }
    types = tables.map { KeyText(type: $0.key.type) }
  }

  /// In key order, as an index scan over a sorted list finds them.
  func ordinals(of statement: TransactionPlan.Statement, _ request: Request) -> [Int] {
    statement.draws.map {
      sources[request.trafficClass].rank(
        arrival: request.arrival, table: statement.table, draw: $0)
    }.sorted()
  }

  /// The statement's first parameter: a key, or an array of keys.
  func text(of statement: TransactionPlan.Statement, _ request: Request) -> String {
    let (map, type) = (maps[statement.table], types[statement.table])
    if statement.draws.count == 1 {
      let ordinal = sources[request.trafficClass].rank(
        arrival: request.arrival, table: statement.table, draw: statement.draws.lowerBound)
      return type.text(map.key(of: ordinal))
    }
    let keys = ordinals(of: statement, request).map { type.text(map.key(of: $0)) }
    return "{\(keys.joined(separator: ","))}"
  }

  /// A parameter of a script's statement.
  func text(of value: ScriptText.Value, _ request: Request) -> String {
    let source = sources[request.trafficClass]
    switch value {
    case .key(let table, let draw):
      let ordinal = source.rank(arrival: request.arrival, table: table, draw: draw)
      return types[table].text(maps[table].key(of: ordinal))
    case .random(let number, let low, let high):
      return "\(source.value(arrival: request.arrival, number: number, low: low, high: high))"
    }
  }
}

/// Keys for rows that the traffic inserts: above all that were there, one for each.
final class NewKeys: Sendable {
  private let next: [Atomic<Int64>.Box]

  init(_ tables: [TableCatalog]) { next = tables.map { Atomic<Int64>.Box($0.largestKey + 1) } }

  /// The first of `count` keys.
  func take(_ count: Int, table: Int) -> Int64 {
    next[table].value.wrappingAdd(Int64(count), ordering: .relaxed).oldValue
  }
}

extension Atomic where Value == Int64 {
  /// An atomic that an array can hold.
  final class Box: Sendable {
    let value: Atomic<Int64>
    init(_ value: Int64) { self.value = Atomic(value) }
  }
}
