import Primitives

/// The pages of a heap or an index that carry a mark, such as "modified since the checkpoint".
///
/// Ranges and single pages are marked exactly, one bit a page. A batch whose rows lie scattered
/// marks a *number* of pages: which ones is never drawn, only how many of them were clear
/// (hypergeometric), and a later touch of a single page finds out whether it was among them.
package struct RelationPages {
  private var plane: PagePlane
  /// Marked pages whose numbers are not known; all are outside the plane.
  private(set) var scattered = 0

  package init(pages: Int) { plane = PagePlane(pages: max(1, pages)) }

  var pages: Int { plane.pages }
  package var marked: Int { plane.population + scattered }

  /// Marks one page, true if it was clear; `uniform`, drawn where it is needed, is in 0 ..< 1.
  package mutating func mark(_ page: Int, uniform: @autoclosure () -> Double) -> Bool {
    guard plane.set(page) else { return false }
    guard scattered > 0 else { return true }
    let unknown = plane.pages - plane.population + 1
    guard uniform() * Double(unknown) < Double(scattered) else { return true }
    scattered -= 1
    return false
  }

  /// Marks a run of pages; returns how many were clear.
  mutating func mark(_ range: Range<Int>, _ random: inout RandomStream) -> Int {
    let unknown = plane.pages - plane.population
    let fresh = plane.set(range)
    guard scattered > 0, fresh > 0 else { return fresh }
    let hidden = random.hypergeometric(population: unknown, marked: scattered, draws: fresh)
    scattered -= hidden
    return fresh - hidden
  }

  /// Marks the distinct pages that `touches` uniformly scattered rows lie on.
  ///
  /// - Returns: `distinct` pages touched, `fresh` of which were clear. The mean of `distinct` is
  ///   `P(1 − (1 − 1/P)^touches)`; its spread is that of the occupancy problem (Feller, vol. 1, II.5).
  package mutating func markScattered(
    touches: Int, _ random: inout RandomStream
  ) -> (distinct: Int, fresh: Int) {
    let pages = Double(plane.pages)
    let miss = Double.exp(Double(touches) * Double.log1p(-1 / max(pages, 1.000_001)))
    let pairMiss = Double.exp(Double(touches) * Double.log1p(-2 / max(pages, 2.000_001)))
    let mean = pages * (1 - miss)
    let variance = max(
      0, pages * (pages - 1) * pairMiss + pages * miss - (pages * miss) * (pages * miss))
    let drawn = mean + variance.squareRoot() * random.normal()
    let distinct = min(max(Int(drawn.rounded()), 1), min(touches, plane.pages))
    let clear = plane.pages - marked
    let fresh = random.hypergeometric(population: plane.pages, marked: clear, draws: distinct)
    scattered += fresh
    return (distinct, fresh)
  }

  /// Marked pages in a run; scattered ones count by their share.
  mutating func count(in range: Range<Int>) -> Int {
    let known = plane.count(in: range)
    guard scattered > 0 else { return known }
    let unknown = plane.pages - plane.population
    return known + (range.count - known) * scattered / max(1, unknown)
  }

  package mutating func clear() {
    plane.clear()
    scattered = 0
  }

  mutating func extend(to pages: Int) { plane.extend(to: pages) }
}
