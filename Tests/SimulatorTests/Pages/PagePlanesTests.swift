import Primitives
import TestSupport
import Testing

@testable import Simulator

@Suite("A bit for each page and mark")
struct PagePlanesTests {
  @Test("Single pages and ranges of three marks, set, counted and cleared, agree with three sets'")
  func twin() throws {
    try withEvery("seed", in: oracleSeeds.prefix(5)) { seed in
      var random = RandomStream(RandomKey(seed: seed, trial: 0, entity: 1, purpose: 0))
      // No multiple of 64, so that the last word is cut.
      let pages = 3_000 + random.below(63)
      var planes = PagePlanes(pages: pages, marks: 3)
      var twins = Array(repeating: Set<Int>(), count: 3)
      for _ in 0..<2_000 {
        let lower = random.below(pages)
        let upper = min(pages, lower + random.below(200))
        let mark = random.below(3)
        switch random.below(10) {
        case 0..<4:
          let clear = twins[mark].insert(lower).inserted
          try #require(planes.set(lower, marks: 1 << UInt64(mark)) == (clear ? 1 << mark : 0))
        case 4..<6:
          let fresh = Set(lower..<upper).subtracting(twins[mark])
          try #require(planes.set(lower..<upper, mark: mark) == fresh.count)
          twins[mark].formUnion(lower..<upper)
        case 6 where random.below(20) == 0:
          planes.clear(mark: mark)
          twins[mark].removeAll()
        default:
          let expected = twins[mark].filter { lower..<upper ~= $0 }.count
          try #require(planes.count(in: lower..<upper, mark: mark) == expected)
        }
        try #require(planes.count(in: 0..<pages, mark: mark) == twins[mark].count)
        try #require(planes.runs() == twins[0].filter { !twins[0].contains($0 - 1) }.count)
      }
    }
  }

  @Test("A whole word, its edges and an empty range")
  func edges() {
    var planes = PagePlanes(pages: 192, marks: 1)
    #expect(planes.set(64..<128, mark: 0) == 64)
    #expect(planes.count(in: 63..<129, mark: 0) == 64)
    #expect(planes.set(63..<129, mark: 0) == 2)
    #expect(planes.set(10..<10, mark: 0) == 0)
  }
}
