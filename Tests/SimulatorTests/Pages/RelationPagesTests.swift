import Primitives
import TestSupport
import Testing

@testable import Simulator

@Suite("Marked pages of a relation")
struct RelationPagesTests {
  private func stream(_ seed: UInt64) -> RandomStream {
    RandomStream(RandomKey(seed: seed, trial: 0, entity: 2, purpose: 0))
  }

  @Test(
    "n scattered rows touch P(1 − (1 − 1/P)ⁿ) of P pages on average",
    arguments: [(1_000, 100), (1_000, 1_000), (1_000, 5_000), (50, 40)])
  func distinct(pages: Int, touches: Int) {
    let means = oracleSeeds.map { seed -> Double in
      var random = stream(seed)
      let draws = (0..<50).map { _ -> Double in
        var relation = RelationPages(pages: pages)
        return Double(relation.markScattered(touches: touches, &random).distinct)
      }
      return draws.reduce(0, +) / 50
    }
    var empty = 1.0
    for _ in 0..<touches { empty *= 1 - 1 / Double(pages) }
    let expected = Double(pages) * (1 - empty)
    let interval = ConfidenceInterval(of: means)
    // Rounding and the ends of the range move the mean by less than a tenth of a page.
    #expect(interval.low - 0.1 <= expected && expected <= interval.high + 0.1, "\(interval)")
  }

  @Test("Two scatterings together touch what one of their sum would")
  func fresh() {
    let totals = oracleSeeds.map { seed -> Double in
      var random = stream(seed)
      let draws = (0..<50).map { _ -> Double in
        var relation = RelationPages(pages: 400)
        let first = relation.markScattered(touches: 300, &random).fresh
        return Double(first + relation.markScattered(touches: 300, &random).fresh)
      }
      return draws.reduce(0, +) / 50
    }
    var empty = 1.0
    for _ in 0..<600 { empty *= 1 - 1.0 / 400 }
    let interval = ConfidenceInterval(of: totals)
    let expected = 400 * (1 - empty)
    #expect(interval.low - 0.2 <= expected && expected <= interval.high + 0.2, "\(interval)")
  }

  @Test("What was clear and is marked adds up, whichever way pages are marked")
  func conservation() throws {
    try withEvery("seed", in: oracleSeeds) { seed in
      var random = stream(seed)
      var relation = RelationPages(pages: 700)
      var fresh = 0
      for _ in 0..<300 {
        switch random.below(3) {
        case 0: fresh += relation.markScattered(touches: 1 + random.below(40), &random).fresh
        case 1:
          let lower = random.below(700)
          fresh += relation.mark(lower..<min(700, lower + random.below(30)), .modified, &random)
        default:
          if relation.mark(random.below(700), uniform: random.uniform()) { fresh += 1 }
        }
        try #require(relation.marked == fresh)
        try #require(relation.marked <= 700 && relation.scattered >= 0)
      }
    }
  }

  @Test("Of pages with another mark, those that are not modified")
  func unmodified() {
    var random = stream(1)
    var relation = RelationPages(pages: 100, marks: 3)
    #expect(relation.unmodifiedShare(of: .unvacuumed) == 0)
    _ = relation.mark(0..<40, .unvacuumed, &random)
    _ = relation.mark(30..<100, .modified, &random)
    #expect(relation.unmodifiedShare(of: .unvacuumed) == 0.75)
    relation.clear()
    #expect(relation.unmodifiedShare(of: .unvacuumed) == 1)
    // Half of all pages are modified, nobody knows which.
    while relation.marked < 50 { _ = relation.markAny(uniform: random.uniform()) }
    #expect(relation.unmodifiedShare(of: .unvacuumed) == 0.5)
  }

  @Test("A range over everything finds every scattered page")
  func everything() {
    var random = stream(1)
    var relation = RelationPages(pages: 512)
    let scattered = relation.markScattered(touches: 200, &random).fresh
    #expect(relation.mark(0..<512, .modified, &random) == 512 - scattered)
    #expect(relation.scattered == 0)
    #expect(relation.marked == 512)
    relation.clear()
    #expect(relation.marked == 0)
  }

  @Test("Neighbours are written together, up to the most; pages known only by number rarely are")
  func writes() {
    var random = RandomStream(RandomKey(seed: 3, trial: 0, entity: 0, purpose: 0))
    var relation = RelationPages(pages: 1_000)
    // Three runs, one of them across a word's border: 1, 2 and 64 pages.
    for range in [5..<6, 63..<65, 128..<192] { _ = relation.mark(range, .modified, &random) }
    #expect(relation.writes(ofUpTo: 32) == 3 + 67.0 / 32)
    #expect(relation.writes(ofUpTo: 1) == 67)
    let scattered = Double(relation.markScattered(touches: 100, &random).fresh)
    #expect(
      relation.writes(ofUpTo: 32) == 3 + 67.0 / 32 + scattered * (1 - scattered / 1_000))
  }
}
