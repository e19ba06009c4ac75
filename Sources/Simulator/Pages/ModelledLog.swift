import Primitives
import Scenarios

/// The model's own log of batches, for a calibration to hold against a server's.
package struct ModelledLog: ~Copyable {
  private var pages: TablePages
  private var random = RandomStream(RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0x106))

  /// A table that no batch has reached yet.
  package init(_ table: Table, settings: ServerSettings) {
    pages = TablePages(table, addedBytes: 0, settings: settings, seed: 1)
  }

  /// Bytes of a batch that updates the rows of these ranks and touches no index's column.
  package mutating func batch(rows: Range<Int>) -> Double {
    let work = pages.update(
      rows: rows, share: 1, physicalOrder: false, touched: false, pinned: false,
      batchesOf: rows.count, &random)
    return Double(work.totalBytes)
  }

  package mutating func checkpoint() { pages.checkpoint() }

  /// Of one row updated on its page.
  package static var heapOnly: Double {
    Double(RowLayout.hotUpdateRecord) * RowLayout.logOverhead
  }

  /// Of one row updated on a full page, with its commit.
  package static var ofFullPage: Double {
    Double(RowLayout.hotUpdateRecord + RowLayout.pruneRecord + RowLayout.commitRecord)
      * RowLayout.logOverhead
  }
}
