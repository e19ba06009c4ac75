import Primitives

/// A growing store of trivial records named by small integers, with a free list.
///
/// Records keep their id for life. Access is unchecked in release builds beyond a precondition on
/// growth: the model touches records in its innermost loop.
struct Slab<Record: BitwiseCopyable>: ~Copyable {
  private var records: UnsafeMutablePointer<Record>
  private var free = OwnedArray<Int32>()
  private var capacity: Int
  /// Ids ever used are `0 ..< used`.
  private(set) var used = 0
  private(set) var live = 0

  init(capacity: Int = 256) {
    self.capacity = capacity
    records = .allocate(capacity: capacity)
  }

  deinit { records.deallocate() }

  /// By address: a reading accessor would copy the whole record to look at one field.
  subscript(id: Int32) -> Record {
    @inline(__always) unsafeAddress {
      assert(id >= 0 && id < used)
      return UnsafePointer(records + Int(id))
    }
    @inline(__always) nonmutating unsafeMutableAddress {
      assert(id >= 0 && id < used)
      return records + Int(id)
    }
  }

  /// Stores a record and returns its id.
  mutating func insert(_ record: Record) -> Int32 {
    live += 1
    if let id = free.popLast() {
      records[Int(id)] = record
      return id
    }
    if used == capacity { grow() }
    records[used] = record
    used += 1
    return Int32(used - 1)
  }

  mutating func remove(_ id: Int32) {
    live -= 1
    free.append(id)
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Record>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: records, count: used)
    records.deallocate()
    records = larger
    capacity *= 2
  }
}
