import Testing

@testable import Estimates
@testable import Scenarios

/// Byte counts by pg_waldump of a 100,000-row table of 200-byte rows on PostgreSQL 15.
@Suite("Log bytes of a row")
struct LogVolumeTests {
  static func bytes(fillfactor: Int, secondary: Int, images: Bool) -> Double {
    var table = Sample.table(rows: 100_000, rowWidth: 200, secondary: secondary)
    table.fillfactor = fillfactor
    var settings = Sample.settings
    settings.fullPageWrites = images
    let model = LogModel(
      table: table, backfill: Sample.backfill(adds: 0), settings: settings, inHeapOrder: true)
    return model.perRow(touchesPerCheckpoint: 100_000).bytes
  }

  @Test(
    "Right after a checkpoint, in key order, it is what was measured within 1%",
    arguments: [(0, 615.0), (1, 710), (3, 901)])
  func rightAfterCheckpoint(secondary: Int, measured: Double) {
    let value = Self.bytes(fillfactor: 100, secondary: secondary, images: true)
    #expect(abs(value / measured - 1) < 0.01, "\(value)")
  }

  @Test(
    "Without images it is what the second pass measured, leaf splits aside",
    arguments: [(0, 380.0), (1, 444), (3, 572)])
  func laterPass(secondary: Int, measured: Double) {
    let splits = 3_400 / 366.84 * Double(secondary + 1)
    let value = Self.bytes(fillfactor: 100, secondary: secondary, images: false) - splits
    #expect(abs(value / measured - 1) < 0.01, "\(value)")
  }

  @Test("On a half-full page every update is heap-only: 72 bytes, and no index matters")
  func heapOnly() {
    #expect(abs(Self.bytes(fillfactor: 50, secondary: 0, images: false) - 72 * 1.003) < 1e-9)
    #expect(abs(Self.bytes(fillfactor: 50, secondary: 3, images: false) - 72 * 1.003) < 1e-9)
    let withImages = Self.bytes(fillfactor: 50, secondary: 1, images: true)
    #expect(abs(withImages / 289 - 1) < 0.05, "\(withImages)")
  }

  @Test("40 rows of 200 bytes fill a page to 8,184 bytes; 20 leave an image of 4,104")
  func pageFit() {
    let full = PageFit(rowWidth: 200, adds: 0, fillfactor: 100)
    #expect(full.rowsPerPage == 40)
    #expect(full.imageBytes == 8_184)
    #expect(full.samePageShare == 0)
    let half = PageFit(rowWidth: 200, adds: 0, fillfactor: 50)
    #expect(half.rowsPerPage == 20)
    #expect(half.imageBytes == 4_104)
    #expect(half.samePageShare == 1)
    #expect(PageFit(rowWidth: 203, adds: 0, fillfactor: 100).rowsPerPage == 38)
  }

  @Test("At fillfactor 90 a ninth of the rows stay on their page, at 80 a quarter")
  func partlyHeapOnly() {
    #expect(PageFit(rowWidth: 200, adds: 0, fillfactor: 90).samePageShare == 4.0 / 36)
    #expect(PageFit(rowWidth: 200, adds: 0, fillfactor: 80).samePageShare == 8.0 / 32)
  }

  @Test("Rows in random order image almost a page each")
  func randomOrder() {
    let table = Sample.table(rows: 10_000_000, rowWidth: 200, secondary: 0)
    let model = LogModel(
      table: table, backfill: Sample.backfill(adds: 0), settings: Sample.settings,
      inHeapOrder: false)
    let volume = model.perRow(touchesPerCheckpoint: 1_000)
    #expect(volume.images > 0.99)
    #expect(volume.imageBytes > 8_100)
  }
}
