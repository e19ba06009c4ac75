/// A 4-ary min-heap of 128-bit keys.
///
/// Four children of 16 bytes fill one 64-byte cache line exactly, and the array is placed so that
/// they do. The places behind the last key hold the largest key, so that choosing among four
/// children needs no case for the ragged end.
/// Heaps of arity 4: D. B. Johnson, "Priority queues with update and finding minimum spanning
/// trees", Information Processing Letters 4 (1975); A. LaMarca, R. Ladner, "The influence of caches
/// on the performance of heaps", ACM JEA 1 (1996).
@frozen
@usableFromInline
struct KeyHeap: ~Copyable {
  @usableFromInline var keys: UnsafeMutablePointer<UInt128>
  @usableFromInline var count: Int
  /// How many keys fit; at least `count + KeyHeap.padding`.
  @usableFromInline var capacity: Int

  /// The children of the last key may lie three places behind it, and one push needs one more.
  @usableFromInline static var padding: Int { 4 }

  @usableFromInline
  init() {
    capacity = 64
    count = 0
    keys = KeyHeap.allocate(capacity)
  }

  @usableFromInline
  deinit { KeyHeap.deallocate(keys) }

  @inlinable var root: UInt128 { keys[0] }

  @inlinable
  @inline(__always)
  mutating func push(_ key: UInt128) {
    if count &+ KeyHeap.padding > capacity { grow() }
    let keys = keys
    var hole = count
    count = hole &+ 1
    while hole > 0 {
      let parent = (hole &- 1) >> 2
      let above = keys[parent]
      if above < key { break }
      keys[hole] = above
      hole = parent
    }
    keys[hole] = key
  }

  @inlinable
  @inline(__always)
  mutating func replaceRoot(_ key: UInt128) { settle(key, from: 0) }

  @inlinable
  @inline(__always)
  mutating func removeRoot() {
    let last = count &- 1
    let key = keys[last]
    keys[last] = .max
    count = last
    if last > 0 { settle(key, from: 0) }
  }

  /// Puts `key` at `start` or below it, moving smaller children up.
  ///
  /// The smallest child is found by a knockout of additions and selects, which compiles without
  /// branches: which child is smallest cannot be predicted, and a miss costs more than the rest.
  @inlinable
  @inline(__always)
  mutating func settle(_ key: UInt128, from start: Int) {
    let keys = keys
    let count = count
    var hole = start
    var child = start &* 4 &+ 1
    while child < count {
      let left = child &+ (keys[child &+ 1] < keys[child] ? 1 : 0)
      let right = child &+ (keys[child &+ 3] < keys[child &+ 2] ? 3 : 2)
      let leftKey = keys[left]
      let rightKey = keys[right]
      let isRight = rightKey < leftKey
      let best = isRight ? rightKey : leftKey
      let bestChild = isRight ? right : left
      if key < best { break }
      keys[hole] = best
      hole = bestChild
      child = bestChild &* 4 &+ 1
    }
    keys[hole] = key
  }

  /// Keeps the first `remaining` keys, in any order, and makes them a heap again (Floyd 1964).
  @usableFromInline
  mutating func truncate(to remaining: Int) {
    (keys + remaining).update(repeating: .max, count: count - remaining)
    count = remaining
    guard remaining > 1 else { return }
    for start in stride(from: (remaining - 2) / 4, through: 0, by: -1) {
      settle(keys[start], from: start)
    }
  }

  @usableFromInline
  @inline(never)
  mutating func grow() {
    let larger = KeyHeap.allocate(capacity * 2)
    larger.update(from: keys, count: count)
    KeyHeap.deallocate(keys)
    keys = larger
    capacity *= 2
  }

  /// Three keys of room before the root, so that the root's first child starts a cache line.
  static let rootOffset = 48

  static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt128> {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: rootOffset + capacity * MemoryLayout<UInt128>.stride, alignment: 64)
    let keys = (bytes + rootOffset).bindMemory(to: UInt128.self, capacity: capacity)
    keys.initialize(repeating: .max, count: capacity)
    return keys
  }

  static func deallocate(_ keys: UnsafeMutablePointer<UInt128>) {
    (UnsafeMutableRawPointer(keys) - rootOffset).deallocate()
  }
}
