import Primitives

/// What a page can be marked as.
enum PageMark: Int {
  /// Modified since the last checkpoint's redo point, and so in no need of an image.
  case modified
  /// A version has left it, so that pruning can make room.
  case opened
  /// Its all-visible bit is clear.
  case unvacuumed
}

/// Several marks, each a bit at its mark's number.
struct PageMarks: OptionSet {
  let rawValue: UInt64
  static let modified = PageMarks(.modified)
  static let opened = PageMarks(.opened)
  static let unvacuumed = PageMarks(.unvacuumed)

  init(rawValue: UInt64) { self.rawValue = rawValue }
  init(_ mark: PageMark) { rawValue = 1 << UInt64(mark.rawValue) }
}

/// The pages of a heap or an index, and which of them carry a mark.
///
/// Ranges and single pages are marked exactly, one bit a page. A batch whose rows lie scattered
/// marks a *number* of pages: which ones is never drawn, only how many of them were clear
/// (hypergeometric), and a later touch of a single page finds out whether it was among them.
package struct RelationPages: ~Copyable {
  private var planes: PagePlanes
  /// By mark.
  private var counts: OwnedArray<Count>

  /// ln(1 − 1/pages) and ln(1 − 2/pages): a touch misses one page, or two.
  private let logMiss: Double
  private let logPairMiss: Double

  /// Pages with one mark.
  struct Count: BitwiseCopyable {
    /// Set in the plane.
    var known = 0
    /// Not known by number; all are outside the plane.
    var scattered = 0
  }

  package init(pages: Int) { self.init(pages: pages, marks: 1) }

  /// `marks`: how many of the cases of `PageMark` are kept.
  init(pages: Int, marks: Int) {
    planes = PagePlanes(pages: max(1, pages), marks: marks)
    logMiss = Double.log1p(-1 / max(Double(pages), 1.000_001))
    logPairMiss = Double.log1p(-2 / max(Double(pages), 2.000_001))
    counts = OwnedArray(repeating: Count(), count: marks)
  }

  var pages: Int { planes.pages }
  /// Modified pages whose numbers are not known.
  var scattered: Int { counts[0].scattered }
  /// Modified pages.
  package var marked: Int { marked(.modified) }

  func marked(_ mark: PageMark) -> Int {
    counts[mark.rawValue].known + counts[mark.rawValue].scattered
  }

  /// How many writes of up to `most` neighbouring pages the modified pages take, in their order.
  ///
  /// Pages whose numbers are not known lie at random: runs of 1 / (1 − their share).
  func writes(ofUpTo most: Int) -> Double {
    let (known, scattered) = (Double(counts[0].known), Double(counts[0].scattered))
    let runs = Double(planes.runs()) + known / Double(most)
    let clear = max(1 / Double(most), 1 - scattered / Double(pages))
    return min(known, runs) + scattered * clear
  }

  /// The page will be marked soon.
  func prefetch(_ page: Int) { planes.prefetch(page) }

  /// Marks one page, true if it was clear; `uniform`, drawn where it is needed, is in 0 ..< 1.
  package mutating func mark(_ page: Int, uniform: @autoclosure () -> Double) -> Bool {
    mark(page, .modified, uniform: uniform())
  }

  mutating func mark(_ page: Int, _ mark: PageMark, uniform: @autoclosure () -> Double) -> Bool {
    guard planes.set(page, marks: 1 << UInt64(mark.rawValue)) != 0 else { return false }
    return wasClear(mark.rawValue, uniform: uniform())
  }

  /// Marks one page with all of `marks`; returns those that were clear.
  mutating func mark(
    _ page: Int, _ marks: PageMarks, _ random: inout RandomStream
  ) -> PageMarks {
    let fresh = planes.set(page, marks: marks.rawValue)
    guard fresh != 0 else { return [] }
    var clear = fresh
    for mark in counts.indices where fresh >> UInt64(mark) & 1 != 0 {
      if !wasClear(mark, uniform: random.uniform()) { clear &= ~(1 << UInt64(mark)) }
    }
    return PageMarks(rawValue: clear)
  }

  /// Counts a page that is new in the plane; false if it was among those known by number only.
  @inline(__always)
  private mutating func wasClear(_ mark: Int, uniform: @autoclosure () -> Double) -> Bool {
    let (known, scattered) = (counts[mark].known, counts[mark].scattered)
    counts[mark].known = known + 1
    guard scattered > 0, uniform() * Double(pages - known) < Double(scattered) else { return true }
    counts[mark].scattered = scattered - 1
    return false
  }

  /// Marks one page drawn at random as modified; true if it was clear.
  mutating func markAny(uniform: Double) -> Bool {
    guard uniform * Double(pages) >= Double(marked) else { return false }
    counts[0].scattered += 1
    return true
  }

  /// Marks a run of pages; returns how many were clear.
  mutating func mark(
    _ range: Range<Int>, _ mark: PageMark, _ random: inout RandomStream
  ) -> Int {
    let mark = mark.rawValue
    let unknown = pages - counts[mark].known
    let fresh = planes.set(range, mark: mark)
    counts[mark].known += fresh
    let scattered = counts[mark].scattered
    guard scattered > 0, fresh > 0 else { return fresh }
    let hidden = random.hypergeometric(population: unknown, marked: scattered, draws: fresh)
    counts[mark].scattered -= hidden
    return fresh - hidden
  }

  /// Marks the distinct pages that `touches` uniformly scattered rows lie on as modified.
  package mutating func markScattered(
    touches: Int, _ random: inout RandomStream
  ) -> (distinct: Int, fresh: Int) {
    markScattered(touches: touches, .modified, &random)
  }

  /// Marks the distinct pages that `touches` uniformly scattered rows lie on.
  ///
  /// - Returns: `distinct` pages touched, `fresh` of which were clear. The mean of `distinct` is
  ///   `P(1 − (1 − 1/P)^touches)`; its spread is that of the occupancy problem (Feller, vol. 1, II.5).
  mutating func markScattered(
    touches: Int, _ mark: PageMark, _ random: inout RandomStream
  ) -> (distinct: Int, fresh: Int) {
    let pages = Double(self.pages)
    let miss = Double.exp(Double(touches) * logMiss)
    let pairMiss = Double.exp(Double(touches) * logPairMiss)
    let mean = pages * (1 - miss)
    let variance = max(
      0, pages * (pages - 1) * pairMiss + pages * miss - (pages * miss) * (pages * miss))
    let drawn = mean + variance.squareRoot() * random.normal()
    let distinct = min(max(Int(drawn.rounded()), 1), min(touches, self.pages))
    let fresh = random.hypergeometric(
      population: self.pages, marked: self.pages - marked(mark), draws: distinct)
    counts[mark.rawValue].scattered += fresh
    return (distinct, fresh)
  }

  /// Marked pages in a run; scattered ones count by their share.
  mutating func count(in range: Range<Int>, _ mark: PageMark) -> Int {
    let known = planes.count(in: range, mark: mark.rawValue)
    let count = counts[mark.rawValue]
    guard count.scattered > 0 else { return known }
    return known + (range.count - known) * count.scattered / max(1, pages - count.known)
  }

  /// Of the pages with a mark, the share that is not modified; those known by number only got both marks at once
  /// where they are as many.
  ///
  /// - Complexity: O(pages / 16).
  func unmodifiedShare(of mark: PageMark) -> Double {
    let (modified, marked) = (counts[0], counts[mark.rawValue])
    let all = marked.known + marked.scattered
    guard all > 0 else { return 0 }
    let hidden = Double(modified.scattered) / Double(max(1, pages - modified.known))
    let known = Double(planes.count(mark: mark.rawValue, without: 0)) * (1 - min(1, hidden))
    return (known + Double(max(0, marked.scattered - modified.scattered))) / Double(all)
  }

  package mutating func clear() { clear(.modified) }

  mutating func clear(_ mark: PageMark) {
    if counts[mark.rawValue].known > 0 { planes.clear(mark: mark.rawValue) }
    counts[mark.rawValue] = Count()
  }
}
