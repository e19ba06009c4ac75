/// One bit for each page of a relation, with range operations a word at a time.
struct PagePlane {
  private var words: [UInt64]
  private(set) var pages: Int
  /// Set bits.
  private(set) var population = 0

  init(pages: Int) {
    self.pages = pages
    words = Array(repeating: 0, count: (pages + 63) / 64)
  }

  subscript(page: Int) -> Bool { words[page >> 6] >> UInt64(page & 63) & 1 == 1 }

  /// Sets one bit; true if it was clear.
  mutating func set(_ page: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(page & 63)
    if words[page >> 6] & bit != 0 { return false }
    words[page >> 6] |= bit
    population += 1
    return true
  }

  /// Sets the bits of `range`; returns how many were clear.
  ///
  /// - Complexity: O(range / 64).
  mutating func set(_ range: Range<Int>) -> Int {
    var fresh = 0
    forEachWord(of: range) { words, i, mask in
      fresh += (mask & ~words[i]).nonzeroBitCount
      words[i] |= mask
    }
    population += fresh
    return fresh
  }

  /// Set bits in `range`.
  mutating func count(in range: Range<Int>) -> Int {
    var total = 0
    forEachWord(of: range) { words, i, mask in total += (mask & words[i]).nonzeroBitCount }
    return total
  }

  mutating func clear() {
    guard population > 0 else { return }
    for i in words.indices { words[i] = 0 }
    population = 0
  }

  /// Adds clear pages at the end.
  mutating func extend(to pages: Int) {
    guard pages > self.pages else { return }
    self.pages = pages
    while words.count < (pages + 63) / 64 { words.append(0) }
  }

  private mutating func forEachWord(
    of range: Range<Int>, _ body: (inout [UInt64], Int, UInt64) -> Void
  ) {
    guard !range.isEmpty else { return }
    precondition(
      range.lowerBound >= 0 && range.upperBound <= pages, "pages \(range) of a plane of \(pages)")
    let (first, last) = (range.lowerBound >> 6, (range.upperBound - 1) >> 6)
    let head = UInt64.max << UInt64(range.lowerBound & 63)
    let tail = UInt64.max >> UInt64(63 - (range.upperBound - 1) & 63)
    if first == last { return body(&words, first, head & tail) }
    body(&words, first, head)
    for i in first + 1..<last { body(&words, i, .max) }
    body(&words, last, tail)
  }
}
