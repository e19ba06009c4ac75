/// Finds the lock of a row: open addressing with linear probing and backward-shift deletion, so
/// that no tombstones pile up over millions of short locks.
struct LockIndex: ~Copyable {
  private struct Cell: BitwiseCopyable {
    var name: UInt64
    /// −1 marks an empty cell.
    var lock: Int32
  }
  private var cells: UnsafeMutablePointer<Cell>
  private var mask: Int
  private(set) var count = 0

  init() {
    mask = 1023
    cells = .allocate(capacity: mask + 1)
    cells.initialize(repeating: Cell(name: 0, lock: -1), count: mask + 1)
  }

  deinit { cells.deallocate() }

  func find(_ name: RowName) -> Int32? {
    var i = Int(truncatingIfNeeded: name.hash) & mask
    while cells[i].lock >= 0 {
      if cells[i].name == name.bits { return cells[i].lock }
      i = (i + 1) & mask
    }
    return nil
  }

  /// - Precondition: The name is not in the index.
  mutating func insert(_ name: RowName, _ lock: Int32) {
    if (count + 1) * 2 > mask { grow() }
    place(Cell(name: name.bits, lock: lock), hash: name.hash)
    count += 1
  }

  mutating func remove(_ name: RowName) {
    var i = Int(truncatingIfNeeded: name.hash) & mask
    while cells[i].name != name.bits || cells[i].lock < 0 {
      precondition(cells[i].lock >= 0, "row \(name.ordinal) of table \(name.table) has no lock")
      i = (i + 1) & mask
    }
    closeGap(at: i)
    count -= 1
  }

  private mutating func closeGap(at start: Int) {
    var gap = start
    var i = (gap + 1) & mask
    while cells[i].lock >= 0 {
      let home = Int(truncatingIfNeeded: RowName(bits: cells[i].name).hash) & mask
      if (i - home) & mask >= (i - gap) & mask {
        cells[gap] = cells[i]
        gap = i
      }
      i = (i + 1) & mask
    }
    cells[gap].lock = -1
  }

  private mutating func place(_ cell: Cell, hash: UInt64) {
    var i = Int(truncatingIfNeeded: hash) & mask
    while cells[i].lock >= 0 { i = (i + 1) & mask }
    cells[i] = cell
  }

  private mutating func grow() {
    let (old, oldMask) = (cells, mask)
    mask = mask * 2 + 1
    cells = .allocate(capacity: mask + 1)
    cells.initialize(repeating: Cell(name: 0, lock: -1), count: mask + 1)
    for i in 0...oldMask where old[i].lock >= 0 {
      place(old[i], hash: RowName(bits: old[i].name).hash)
    }
    old.deallocate()
  }
}

extension RowName {
  fileprivate init(bits: UInt64) { self.bits = bits }
}
