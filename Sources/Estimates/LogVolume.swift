import Scenarios

/// Log bytes that the backfill writes for one covered row, records and page images apart.
///
/// Record sizes are PostgreSQL's own: 24 bytes of header, block references and the changed data,
/// padded to 8, and page headers of 0.3 % (xlogrecord.h, heapam_xlog.h). They were compared with
/// `pg_waldump` byte counts of a 200-byte row; the tests hold those numbers.
package struct LogVolume: Hashable, Sendable {
  package var recordBytes: Double
  package var records: Double
  package var imageBytes: Double
  package var images: Double
  /// Pages that a covered row leaves to be written back.
  package var dirtyPages: Double

  package var bytes: Double { recordBytes + imageBytes }

  static let pageHeaders = 1.003
  static let commitBytes = 40.0
}

/// What decides the log volume of one pass over the table.
package struct LogModel: Hashable, Sendable {
  package var fit: PageFit
  package var indexes: [IndexShape]
  /// A column that the backfill sets is indexed: no update can be heap-only.
  package var touchesIndex: Bool
  package var matching: Double
  package var adds: Int
  package var clustered: Bool
  package var heapPages: Double
  package var settings: ServerSettings

  package init(table: Table, backfill: Backfill, settings: ServerSettings, inHeapOrder: Bool) {
    fit = PageFit(rowWidth: table.rowWidth, adds: backfill.adds, fillfactor: table.fillfactor)
    indexes = IndexShape.all(of: table)
    touchesIndex = table.indexes.contains(where: \.touchedByBackfill)
    matching = backfill.rowsMatching
    adds = backfill.adds
    clustered = inHeapOrder
    heapPages = max(1, Double(table.rows) / Double(fit.rowsPerPage))
    self.settings = settings
  }

  /// Share of the updates that write an entry to every index.
  package var indexedShare: Double { touchesIndex ? 1 : 1 - fit.samePageShare }
  package var movedShare: Double { 1 - fit.samePageShare }

  /// The volume where so many rows are updated between two checkpoints.
  package func perRow(touchesPerCheckpoint: Double) -> LogVolume {
    let records = recordsPerUpdate()
    var volume = LogVolume(
      recordBytes: records.bytes * LogVolume.pageHeaders, records: records.count, imageBytes: 0,
      images: 0, dirtyPages: movedShare / Double(fit.rowsPerFullPage))
    let heap = share(
      pages: heapPages, perPage: Double(fit.rowsPerPage), inOrder: clustered,
      touches: touchesPerCheckpoint)
    add(&volume, pages: heap, image: Double(fit.imageBytes), of: .heap)
    for index in indexes {
      let pages =
        indexedShare
        * share(
          pages: index.leafPages, perPage: index.entriesPerLeaf, inOrder: index.inKeyOrder,
          touches: touchesPerCheckpoint * indexedShare)
      add(&volume, pages: pages, image: Double(PageFit.pageBytes), of: .index)
      // A pass that adds an entry to every leaf splits it once: about 3,400 bytes of log.
      volume.recordBytes += indexedShare * 3_400 / index.entriesPerLeaf
    }
    return volume.scaled(by: matching)
  }

  /// Records of one update, without images.
  private func recordsPerUpdate() -> (bytes: Double, count: Double) {
    let entries = indexes.map { Double(aligned(48 + $0.tupleBytes)) }.reduce(0, +)
    let samePage = Double(
      settings.logicalWAL ? aligned(42 + fit.tupleBytes) : aligned(66 + max(adds, 5)))
    // A row that leaves its page is first locked (54 bytes), then written whole.
    let moved = Double(aligned(54) + aligned(50 + fit.tupleBytes))
    let bytes =
      fit.samePageShare * samePage + movedShare * moved + indexedShare * entries
    let count = 1 + movedShare + indexedShare * Double(indexes.count)
    return (bytes, count)
  }

  /// Pages first touched since the checkpoint, per update.
  private func share(pages: Double, perPage: Double, inOrder: Bool, touches: Double) -> Double {
    if inOrder { return 1 / perPage }
    return touches > 0 ? distinctPages(touches: touches, pages: pages) / touches : 1
  }

  private enum PageKind { case heap, index }

  private func add(_ volume: inout LogVolume, pages: Double, image: Double, of kind: PageKind) {
    volume.dirtyPages += pages
    guard settings.fullPageWrites else { return }
    volume.images += pages
    volume.imageBytes += pages * image * compression(kind) * LogVolume.pageHeaders
  }

  /// What `wal_compression` leaves of an image, measured on incompressible text (docs/model.md).
  private func compression(_ kind: PageKind) -> Double {
    switch (settings.walCompression, kind) {
    case (.off, _): 1
    case (.pglz, .heap), (.lz4, .heap): 0.35
    case (.zstd, .heap): 0.24
    case (.pglz, .index): 0.66
    case (.lz4, .index): 0.70
    case (.zstd, .index): 0.51
    }
  }
}

extension LogVolume {
  func scaled(by factor: Double) -> LogVolume {
    LogVolume(
      recordBytes: recordBytes * factor, records: records * factor,
      imageBytes: imageBytes * factor, images: images * factor, dirtyPages: dirtyPages * factor)
  }
}
