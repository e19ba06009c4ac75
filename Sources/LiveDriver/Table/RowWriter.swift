import Primitives
import Scenarios
import Strategies

/// The rows of a scenario's table in physical order, as COPY's text: a pure function of the seed.
///
/// Row ordinals become keys by `KeyMap` and places by `Table.physicalOrder`, as in the simulator.
struct RowWriter: Sendable {
  private let keys: KeyMap
  private let isUUID: Bool
  /// Nil where rows lie in the order of their keys.
  private let order: Permutation?
  private let columns: [Column]
  private let matching: Matching
  /// Of the padding, bytes.
  private var padding = 0
  /// Random letters, so that padding is no easier to compress than data.
  private let letters: [UInt8]

  private struct Column: Sendable {
    /// Nil writes NULL.
    var values: ValueWriter?
    var filter: FilterShape?
  }

  /// Which rows the backfill's filter is to match: exactly the share that the scenario says.
  private struct Matching: Sendable {
    var permutation: Permutation
    var count: Int
    func contains(_ row: Int) -> Bool { permutation[row] < count }
  }

  /// - Throws: `TableError.unfit` for a column of a type that no values are known for.
  init(
    _ table: Table, columns: [PlannedColumn], _ backfill: Backfill?, seed: UInt64
  ) throws(TableError) {
    keys = KeyMap(table: table)
    isUUID = table.primaryKey.type != .bigint
    order = table.primaryKey.order == .random ? table.physicalOrder(seed: seed) : nil
    let filter = backfill?.filter.flatMap { FilterShape($0) }
    var writers: [Column] = []
    for column in columns {
      let values = ValueWriter(column, table: table.name, rows: table.rows, seed: seed)
      guard values != nil || column.isTarget else {
        throw .unfit(
          "column \"\(column.name)\" of type \(column.type ?? "") cannot be filled",
          help: "leave it out of the scenario, or give it a simpler type such as text")
      }
      let own = filter.flatMap { $0.column == column.name ? $0 : nil }
      writers.append(Column(values: column.isTarget && own == nil ? nil : values, filter: own))
    }
    self.columns = writers
    let key = RandomKey(
      seed: seed, trial: 0, entity: stableHash(of: table.name), purpose: 0x9A7C)
    matching = Matching(
      permutation: Permutation(count: max(1, table.rows), key: key),
      count: Int((Double(table.rows) * (backfill?.rowsMatching ?? 1)).rounded()))
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz012345".utf8)
    letters = (0..<UInt64(Self.letterCount)).map { alphabet[Int(key.bits($0) >> 59)] }
  }

  private static let letterCount = 1 << 16

  /// The same rows with that many bytes of padding each.
  func padded(_ bytes: Int) -> RowWriter {
    var padded = self
    padded.padding = bytes
    return padded
  }

  /// Writes the row that lies at a place of the physical order.
  func write(place: Int, to line: inout [UInt8]) {
    let row = order?.position(of: place) ?? place
    writeKey(of: row, to: &line)
    for column in columns {
      line.append(UInt8(ascii: "\t"))
      write(column, row: row, to: &line)
    }
    line.append(UInt8(ascii: "\t"))
    let start = row &* 61 & (Self.letterCount - 8192 - 1)
    line.append(contentsOf: letters[start..<start + padding])
    line.append(UInt8(ascii: "\n"))
  }

  private func writeKey(of row: Int, to line: inout [UInt8]) {
    let key = keys.key(of: row)
    if isUUID {
      line.append(hexadecimal: UInt64(truncatingIfNeeded: key.position >> 64), digits: 16)
      line.append(hexadecimal: UInt64(truncatingIfNeeded: key.position), digits: 16)
    } else {
      line.append(decimal: Int(key.int64 ?? 0))
    }
  }

  private func write(_ column: Column, row: Int, to line: inout [UInt8]) {
    switch column.filter {
    case .null(_, let matches) where matches == matching.contains(row): writeNull(&line)
    case .equals(_, let value, let matches) where matches == matching.contains(row):
      line.append(contentsOf: CopyText.escaped(value))
    case .equals(_, let value, _):
      let start = line.count
      column.values?.write(row: row, to: &line)
      guard line[start...].elementsEqual(value.utf8) else { return }
      line.removeSubrange(start...)
      column.values?.write(row: row, plus: 1, to: &line)
    default:
      guard let values = column.values else { return writeNull(&line) }
      values.write(row: row, to: &line)
    }
  }

  private func writeNull(_ line: inout [UInt8]) { line.append(contentsOf: "\\N".utf8) }
}

enum CopyText {
  /// Escapes what COPY's text format gives a meaning to.
  static func escaped(_ text: String) -> [UInt8] {
    text.utf8.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "\\"): Array("\\\\".utf8)
      case UInt8(ascii: "\t"): Array("\\t".utf8)
      case UInt8(ascii: "\n"): Array("\\n".utf8)
      case UInt8(ascii: "\r"): Array("\\r".utf8)
      default: [byte]
      }
    }
  }
}
