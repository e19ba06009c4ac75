import CHints
import Primitives

/// Bits for each page of a relation, one for each mark, with range operations a word at a time.
///
/// What happens to a page of a heap happens to all of its marks, so they are neighbours: four bits a
/// page, of which three are used. A row of traffic then touches one word. In a plane for each mark it
/// touched three, and in a large table each of them misses the cache.
///
/// Checkpoints look at the first mark's bits and clear them, often and with few of them set, so it is
/// kept which lines of eight words have any.
struct PagePlanes: ~Copyable {
  private var words: OwnedArray<UInt64>
  /// One bit for each line of words: the first mark may be set in it.
  private var lines: OwnedArray<UInt64>
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
    lines = OwnedArray(repeating: 0, count: ((words.count - 1) >> 9) + 1)
  }

  /// Sets several marks of one page, one bit each; returns those that were clear.
  @inline(__always)
  mutating func set(_ page: Int, marks: UInt64) -> UInt64 {
    let (index, shift) = (page >> wordShift, UInt64(bit(of: page)))
    let word = words[index]
    let fresh = marks & ~(word >> shift)
    if fresh != 0 { words[index] = word | fresh << shift }
    if fresh & 1 != 0 { noteLine(index >> 3) }
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
    if mark == 0 && !range.isEmpty {
      let shift = wordShift + 3
      for line in range.lowerBound >> shift...(range.upperBound - 1) >> shift { noteLine(line) }
    }
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

  /// Pages with one mark and not the other.
  func count(mark: Int, without other: Int) -> Int {
    let first = plane(0)
    var total = 0
    for index in words.indices {
      let word = words[index]
      total += (word >> UInt64(mark) & ~(word >> UInt64(other)) & first).nonzeroBitCount
    }
    return total
  }

  /// Maximal runs of neighbouring set bits of the first mark.
  ///
  /// - Complexity: O(lines with the mark), and all pages / 32,768 or / 8,192.
  func runs() -> Int {
    let plane = plane(0)
    var runs = 0
    var before: UInt64 = 0
    var line = 0
    while let range = markedLine(from: line) {
      if range.lowerBound >> 3 != line { before = 0 }
      for index in range {
        let word = words[index] & plane
        var starts = word & ~(word << UInt64(width) | before >> UInt64(64 - width))
        before = word
        // Few start in a word, and processors in general cannot be taken to count bits by themselves.
        while starts != 0 {
          runs &+= 1
          starts &= starts &- 1
        }
      }
      line = range.lowerBound >> 3 + 1
    }
    return runs
  }

  mutating func clear(mark: Int) {
    let others = ~plane(mark)
    guard mark == 0 else {
      for index in words.indices { words[index] &= others }
      return
    }
    var line = 0
    while let range = markedLine(from: line) {
      for index in range { words[index] &= others }
      line = range.lowerBound >> 3 + 1
    }
    for index in lines.indices { lines[index] = 0 }
  }

  /// The words of the first line from this one on that may carry the first mark.
  private func markedLine(from line: Int) -> Range<Int>? {
    var index = line >> 6
    guard index < lines.count else { return nil }
    var left = lines[index] & UInt64.max << UInt64(line & 63)
    while left == 0 {
      index += 1
      guard index < lines.count else { return nil }
      left = lines[index]
    }
    let first = (index << 6 + left.trailingZeroBitCount) << 3
    return first..<min(words.count, first + 8)
  }

  @inline(__always)
  private mutating func noteLine(_ line: Int) { lines[line >> 6] |= 1 << UInt64(line & 63) }

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
