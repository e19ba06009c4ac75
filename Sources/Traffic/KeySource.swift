import Primitives

/// The rows that one class of traffic touches: a pure function of seed, trial, class name, arrival,
/// table and draw.
@usableFromInline
package struct KeySource: Sendable {
  @usableFromInline package let tables: [Table]
  @usableFromInline let values: RandomKey
  /// True where popularity is by age, which a permutation would destroy.
  @usableFromInline package let countsFromNewest: Bool

  @usableFromInline

  package struct Table: Sendable {
    @usableFromInline package let rows: Int
    @usableFromInline package let key: RandomKey
    @usableFromInline package let sampler: Sampler
    /// Popularity order to row order; nil where hot rows lie at the table's start.
    @usableFromInline package let scatter: Permutation?
  }

  @usableFromInline

  package enum Sampler: Sendable {
    case uniform
    case zipf(ZipfSampler)
    case hotspot(hotRows: Int, share: Double)
  }

  /// With the rows, at least one, of each of the scenario's tables in order.
  package init(class trafficClass: TrafficClass, tableRows: [Int], seed: UInt64, trial: Int) {
    let key = RandomKey(
      seed: seed, trial: trial, entity: stableHash(of: trafficClass.name), purpose: Purpose.keys)
    values = RandomKey(
      seed: seed, trial: trial, entity: stableHash(of: trafficClass.name),
      purpose: Purpose.scriptValues)
    let distribution = trafficClass.keys
    if case .latest = distribution { countsFromNewest = true } else { countsFromNewest = false }
    let scattered = trafficClass.scatter && !countsFromNewest && distribution != .uniform
    tables = tableRows.enumerated().map { number, rows in
      Table(
        rows: rows, key: key.child(UInt64(number)),
        sampler: Self.sampler(distribution, rows: rows),
        scatter: scattered ? Self.scatter(table: number, rows: rows, seed: seed) : nil)
    }
  }

  /// The row ordinal, in key order from 0, that a draw of a transaction takes from a table.
  ///
  /// `index` is the arrival's, from `ArrivalSource` or `ThinkSource`; `draw` is 0 for the
  /// transaction's one draw of this table, then 1, 2, … for `pick: another` and for further rows.
  @inlinable
  package func rank(arrival index: UInt64, table: Int, draw: UInt64 = 0) -> Int {
    let table = tables[table]
    let key = table.key.child(index)
    let popularity = Self.popularity(table, key, first: draw << 16)
    if countsFromNewest { return table.rows - 1 - popularity }
    guard let scatter = table.scatter else { return popularity }
    return scatter[popularity]
  }

  /// A whole number of a script, evenly from `low` to `high`.
  package func value(arrival index: UInt64, number: Int, low: Int64, high: Int64) -> Int64 {
    let count = Int(clamping: high.subtractingReportingOverflow(low).partialValue) + 1
    return low + Int64(values.child(index).below(count, UInt64(number)))
  }

  /// The drawn row's place from 0 in the order of popularity.
  @inlinable
  package static func popularity(_ table: Table, _ key: RandomKey, first: UInt64) -> Int {
    switch table.sampler {
    case .uniform:
      return key.below(table.rows, first)
    case .zipf(let zipf):
      return zipf.rank(key, from: first) - 1
    case .hotspot(let hotRows, let share):
      if hotRows == table.rows { return key.below(table.rows, first + 1) }
      return key.uniform(first) < share
        ? key.below(hotRows, first + 1)
        : hotRows + key.below(table.rows - hotRows, first + 1)
    }
  }

  private static func sampler(_ distribution: KeyDistribution, rows: Int) -> Sampler {
    switch distribution {
    case .uniform: .uniform
    case .zipf(let s), .latest(let s): .zipf(ZipfSampler(count: rows, s: s))
    case .hotspot(let fraction, let share):
      .hotspot(hotRows: KeyPopularity.hotRows(of: rows, fraction: fraction), share: share)
    }
  }

  /// The same for every class and trial: a row that is hot is hot for everyone.
  private static func scatter(table: Int, rows: Int, seed: UInt64) -> Permutation {
    Permutation(
      count: rows,
      key: RandomKey(seed: seed, trial: 0, entity: UInt64(table), purpose: Purpose.scatter))
  }
}
