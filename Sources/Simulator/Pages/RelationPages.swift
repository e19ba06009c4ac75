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

/// The pages of a heap or an index, and which of them carry a mark.
///
/// Ranges and single pages are marked exactly, one bit a page. A batch whose rows lie scattered
/// marks a *number* of pages: which ones is never drawn, only how many of them were clear
/// (hypergeometric), and a later touch of a single page finds out whether it was among them.
package struct RelationPages {
  private var planes: PagePlanes
  private var counts: [Count]

  /// Pages with one mark.
  private struct Count {
    /// Set in the plane.
    var known = 0
    /// Not known by number; all are outside the plane.
    var scattered = 0
  }

  package init(pages: Int) { self.init(pages: pages, marks: 1) }

  /// `marks`: how many of the cases of `PageMark` are kept.
  init(pages: Int, marks: Int) {
    planes = PagePlanes(pages: max(1, pages), marks: marks)
    counts = Array(repeating: Count(), count: marks)
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
    let runs = Double(planes.runs(mark: 0)) + known / Double(most)
    let clear = max(1 / Double(most), 1 - scattered / Double(pages))
    return min(known, runs) + scattered * clear
  }

  /// Marks one page, true if it was clear; `uniform`, drawn where it is needed, is in 0 ..< 1.
  package mutating func mark(_ page: Int, uniform: @autoclosure () -> Double) -> Bool {
    mark(page, .modified, uniform: uniform())
  }

  mutating func mark(_ page: Int, _ mark: PageMark, uniform: @autoclosure () -> Double) -> Bool {
    let mark = mark.rawValue
    guard planes.set(page, mark: mark) else { return false }
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
    let miss = Double.exp(Double(touches) * Double.log1p(-1 / max(pages, 1.000_001)))
    let pairMiss = Double.exp(Double(touches) * Double.log1p(-2 / max(pages, 2.000_001)))
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

  package mutating func clear() { clear(.modified) }

  mutating func clear(_ mark: PageMark) {
    if counts[mark.rawValue].known > 0 { planes.clear(mark: mark.rawValue) }
    counts[mark.rawValue] = Count()
  }
}
