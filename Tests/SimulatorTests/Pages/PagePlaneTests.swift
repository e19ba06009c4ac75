import Primitives
import TestSupport
import Testing

@testable import Simulator

@Suite("A bit for each page")
struct PagePlaneTests {
  @Test("Single pages and ranges, set and counted, agree with a set's")
  func twin() throws {
    try withEvery("seed", in: oracleSeeds.prefix(5)) { seed in
      var random = RandomStream(RandomKey(seed: seed, trial: 0, entity: 1, purpose: 0))
      // No multiple of 64, so that the last word is cut.
      let pages = 1_000 + random.below(63)
      var plane = PagePlane(pages: pages)
      var twin = Set<Int>()
      for _ in 0..<2_000 {
        let lower = random.below(pages)
        let upper = min(pages, lower + random.below(200))
        switch random.below(10) {
        case 0..<4:
          try #require(plane.set(lower) == twin.insert(lower).inserted)
        case 4..<6:
          let fresh = Set(lower..<upper).subtracting(twin)
          try #require(plane.set(lower..<upper) == fresh.count)
          twin.formUnion(lower..<upper)
        case 6 where random.below(20) == 0:
          plane.clear()
          twin.removeAll()
        default:
          try #require(plane.count(in: lower..<upper) == twin.filter { lower..<upper ~= $0 }.count)
        }
        try #require(plane.population == twin.count)
        try #require(plane[lower] == twin.contains(lower))
      }
    }
  }

  @Test("Pages that are added are clear, and those before keep their bits")
  func extend() {
    var plane = PagePlane(pages: 65)
    #expect(plane.set(60..<65) == 5)
    plane.extend(to: 200)
    #expect(plane.count(in: 0..<200) == 5)
    #expect(plane.set(64..<200) == 135)
    #expect(plane.population == 140)
  }

  @Test("A whole word, its edges and an empty range")
  func edges() {
    var plane = PagePlane(pages: 192)
    #expect(plane.set(64..<128) == 64)
    #expect(plane.count(in: 63..<129) == 64)
    #expect(plane.set(63..<129) == 2)
    #expect(plane.set(10..<10) == 0)
  }
}
