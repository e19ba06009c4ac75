import Primitives
import Scenarios
import Testing

@testable import Simulator

@Suite("What single pages get into the log")
struct TablePagesTests {
  private func pages() throws -> TablePages {
    let scenario = try SmallScenario.load(
      table: "{name: t, rows: 100k, row_width: 200B}",
      database: "{settings: {full_page_writes: true}}")
    return TablePages(
      scenario.tables[0], addedBytes: 0, settings: scenario.database.settings, seed: 1)
  }

  @Test(
    "The image of a pruned page leaves out the room of its dead rows", arguments: [0.0, 0.5, 1])
  func prunedImage(dead share: Double) throws {
    var pages = try pages()
    var random = RandomStream(RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0))
    let work = pages.prune(
      pages: 200, unmodified: 1, deadRows: share * Double(pages.layout.rowsPerPage), &random)
    #expect(work.images > 150)
    let perImage = Double(work.imageBytes) / Double(work.images)
    // 8 KiB with nothing dead, and little beside the header with nothing else.
    let expected = min(8_192, 8_192 * (1 - share) + 40)
    #expect(abs(perImage - expected) <= 1, "\(perImage)")
  }

  @Test("Of pruned pages only those that nobody has changed since the checkpoint have images")
  func unmodifiedImages() throws {
    var pages = try pages()
    var random = RandomStream(RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0))
    #expect(pages.prune(pages: 200, unmodified: 0, deadRows: 1, &random).images == 0)
    let some = pages.prune(pages: 200, unmodified: 0.25, deadRows: 1, &random).images
    #expect((30...70).contains(some), "\(some)")
  }

  @Test("A leaf that entries come to for the first time is counted once")
  func firstLeaves() throws {
    let scenario = try SmallScenario.load(
      table:
        "{name: t, rows: 100k, row_width: 200B, columns: [{name: a, type: bigint, width: 8B}], "
        + "indexes: [{name: t_a, columns: [a]}]}")
    var pages = TablePages(
      scenario.tables[0], addedBytes: 0, settings: scenario.database.settings, seed: 1)
    var random = RandomStream(RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0))
    var sum = 0.0
    for row in 0..<5_000 {
      sum += pages.update(row: row, touched: true, pinned: false, &random).firstLeaves
    }
    // P leaves, n entries at random: P (1 − e^(−n/P)).
    let leaves = Double(pages.layout.leafPages[1])
    #expect(abs(sum / (leaves * (1 - Double.exp(-5_000 / leaves))) - 1) < 0.001)
  }
}
