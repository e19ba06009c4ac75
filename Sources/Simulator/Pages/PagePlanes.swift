import CHints
import Primitives

/// Bits for each page of a relation, one for each mark, with range operations a word at a time.
///
/// What happens to a page of a heap happens to all of its marks, so they are neighbours: four bits a
/// page, of which three are used. A row of traffic then touches one word. In a plane for each mark it
/// touched three, and in a large table each of them misses the cache.
struct PagePlanes: ~Copyable {
  private var words: OwnedArray<UInt64>
  let pages: Int
  /// Bits of a page: 1 or 4.
  private let width: Int
  /// Of a page's number: log₂ of the pages in a word, and of `width`.
  private let wordShift: Int
  private let bitShift: Int

  /// `marks`: at most four.
  init(pages: Int, marks: Int) {
    precondition(pages > 0 && 1...4 ~= marks)
    self.pages = pages
    (width, wordShift, bitShift) = marks == 1 ? (1, 6, 0) : (4, 4, 2)
    words = OwnedArray(repeating: 0, count: ((pages - 1) >> wordShift) + 1)
  }

  /// Sets several marks of one page, one bit each; returns those that were clear.
  @inline(__always)
  mutating func set(_ page: Int, marks: UInt64) -> UInt64 {
    let (index, shift) = (page >> wordShift, UInt64(bit(of: page)))
    let word = words[index]
    let fresh = marks & ~(word >> shift)
    if fresh != 0 { words[index] = word | fresh << shift }
    return fresh
  }

  /// The page will be marked soon: in a large table it is hardly ever in the cache.
  @inline(__always)
  func prefetch(_ page: Int) { hint_prefetch(words.address(of: page >> wordShift)) }

  /// Sets the bits of `range`; returns how many were clear.
  ///
  /// - Complexity: O(range / 64), or / 16 with several marks.
  mutating func set(_ range: Range<Int>, mark: Int) -> Int {
    var fresh = 0
    forEachWord(of: range, mark) { word, mask in
      fresh += (mask & ~word).nonzeroBitCount
      word |= mask
    }
    return fresh
  }

  /// Set bits in `range`.
  mutating func count(in range: Range<Int>, mark: Int) -> Int {
    var total = 0
    forEachWord(of: range, mark) { word, mask in total += (mask & word).nonzeroBitCount }
    return total
  }

  /// Maximal runs of neighbouring set bits.
  func runs(mark: Int) -> Int {
    let plane = plane(mark)
    var runs = 0
    var before: UInt64 = 0
    for index in words.indices {
      let word = words[index] & plane
      runs += (word & ~(word << UInt64(width) | before >> UInt64(64 - width))).nonzeroBitCount
      before = word
    }
    return runs
  }

  mutating func clear(mark: Int) {
    let others = ~plane(mark)
    for index in words.indices { words[index] &= others }
  }

  /// The lowest bit of a page within its word.
  @inline(__always)
  private func bit(of page: Int) -> Int { (page << bitShift) & 63 }

  /// A mark's bits of a word.
  private func plane(_ mark: Int) -> UInt64 {
    width == 1 ? .max : 0x1111_1111_1111_1111 << UInt64(mark)
  }

  private mutating func forEachWord(
    of range: Range<Int>, _ mark: Int, _ body: (inout UInt64, UInt64) -> Void
  ) {
    guard !range.isEmpty else { return }
    precondition(
      range.lowerBound >= 0 && range.upperBound <= pages, "pages \(range) of a plane of \(pages)")
    let (first, last) = (range.lowerBound >> wordShift, (range.upperBound - 1) >> wordShift)
    let plane = plane(mark)
    let head = plane & UInt64.max << UInt64(bit(of: range.lowerBound))
    let tail = plane & UInt64.max >> UInt64(64 - width - bit(of: range.upperBound - 1))
    if first == last { return body(&words[first], head & tail) }
    body(&words[first], head)
    for index in first + 1..<last { body(&words[index], plane) }
    body(&words[last], tail)
  }
}
