import Primitives
import Testing

@testable import Simulator

@Suite struct LeafPassesTests {
  /// Single leaves with their bytes, into which entries come at random.
  private struct PlayedIndex {
    struct Leaf {
      var rows: Double
      var free: Double
      var sinceLast = 0.0
    }
    let size = 20.0
    let saved: Double
    var leaves: [Leaf]
    var pointers = 0.0

    init(leaves count: Int, rows: Double, saved: Double) {
      self.saved = saved
      leaves = (0..<count).map { _ in Leaf(rows: rows, free: (8_152 - 20) * 0.1) }
    }

    mutating func insert(into index: Int) {
      if leaves[index].free < size {
        leaves[index].free += leaves[index].sinceLast * saved
        leaves[index].sinceLast = 0
        pointers += leaves[index].rows
        if leaves[index].free < size {
          // The other half's inserts are not played: none of the two is full before a third of the rows came.
          leaves[index].rows /= 2
          leaves[index].free = (8_152 - 20) / 2
        }
      }
      leaves[index].rows += 1
      leaves[index].free -= size
      leaves[index].sinceLast += 1
    }
  }

  @Test("Leaves played one by one are gone over as often")
  func played() {
    let rows = 366.0
    let count = 2_000
    let all = Int(rows) * count
    let passes = LeafPasses(entry: 16, rows: all, repeats: 0)
    #expect(LeafPasses.rowsPerLeaf(entry: 16, repeats: 0) == 366)
    var random = RandomStream(RandomKey(seed: 7, trial: 0, entity: 1, purpose: 2))
    var index = PlayedIndex(leaves: count, rows: rows, saved: 4)
    var inserted = 0
    for share in [0.05, 0.1, 0.12, 0.14, 0.25] {
      while inserted < Int(share * Double(all)) {
        index.insert(into: min(count - 1, Int(random.uniform() * Double(count))))
        inserted += 1
      }
      let expected = passes.pointers(inserted: inserted)
      let tolerance = 0.02 * passes.pointers(inserted: all / 4)
      #expect(
        (index.pointers - expected).magnitude < tolerance,
        "\(share): \(index.pointers), \(expected)")
    }
  }

  @Test("Few keys of many rows are merged a dozen times before their leaves are split")
  func repeats() {
    let rows = 2_000_000
    let passes = LeafPasses(entry: 16, rows: rows, repeats: 40)
    let unique = LeafPasses(entry: 16, rows: rows, repeats: 0)
    // By the first wave, pointers for each row that was inserted until then.
    #expect(passes.pointers(inserted: rows / 4) > 2.5 * unique.pointers(inserted: rows / 4))
    // Measured on a server: slow from 4 to 16 % of the rows, and not between 20 and 40 %.
    let (start, wave) = (passes.pointers(inserted: rows / 40), passes.pointers(inserted: rows / 5))
    #expect(start < 0.02 * wave)
    #expect(passes.pointers(inserted: rows * 2 / 5) < 1.001 * wave)
  }
}
