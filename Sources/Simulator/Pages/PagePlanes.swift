/// One bit for each page of a relation and each mark, with range operations a word at a time.
///
/// Words of the marks alternate, so that a page's bits share a cache line: apart, the planes of a
/// large table would each miss the cache for every row of traffic.
struct PagePlanes {
  private var words: [UInt64]
  let pages: Int
  let marks: Int

  init(pages: Int, marks: Int) {
    self.pages = pages
    self.marks = marks
    words = Array(repeating: 0, count: (pages + 63) / 64 * marks)
  }

  /// Sets one bit; true if it was clear.
  mutating func set(_ page: Int, mark: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(page & 63)
    let index = (page >> 6) * marks + mark
    if words[index] & bit != 0 { return false }
    words[index] |= bit
    return true
  }

  /// Sets the bits of `range`; returns how many were clear.
  ///
  /// - Complexity: O(range / 64).
  mutating func set(_ range: Range<Int>, mark: Int) -> Int {
    var fresh = 0
    forEachWord(of: range, mark) { words, i, mask in
      fresh += (mask & ~words[i]).nonzeroBitCount
      words[i] |= mask
    }
    return fresh
  }

  /// Set bits in `range`.
  mutating func count(in range: Range<Int>, mark: Int) -> Int {
    var total = 0
    forEachWord(of: range, mark) { words, i, mask in total += (mask & words[i]).nonzeroBitCount }
    return total
  }

  /// Maximal runs of neighbouring set bits.
  func runs(mark: Int) -> Int {
    var runs = 0
    var before: UInt64 = 0
    for i in stride(from: mark, to: words.count, by: marks) {
      runs += (words[i] & ~(words[i] << 1 | before >> 63)).nonzeroBitCount
      before = words[i]
    }
    return runs
  }

  mutating func clear(mark: Int) {
    for i in stride(from: mark, to: words.count, by: marks) { words[i] = 0 }
  }

  private mutating func forEachWord(
    of range: Range<Int>, _ mark: Int, _ body: (inout [UInt64], Int, UInt64) -> Void
  ) {
    guard !range.isEmpty else { return }
    precondition(
      range.lowerBound >= 0 && range.upperBound <= pages, "pages \(range) of a plane of \(pages)")
    let (first, last) = (range.lowerBound >> 6, (range.upperBound - 1) >> 6)
    let head = UInt64.max << UInt64(range.lowerBound & 63)
    let tail = UInt64.max >> UInt64(63 - (range.upperBound - 1) & 63)
    if first == last { return body(&words, first * marks + mark, head & tail) }
    body(&words, first * marks + mark, head)
    for i in first + 1..<last { body(&words, i * marks + mark, .max) }
    body(&words, last * marks + mark, tail)
  }
}
