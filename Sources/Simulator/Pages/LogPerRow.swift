import Scenarios

/// The model's own log bytes of one updated row, for a calibration to hold against a server's.
package enum LogPerRow {
  /// On the same page.
  package static var heapOnly: Double {
    Double(RowLayout.hotUpdateRecord) * RowLayout.logOverhead
  }

  /// To another page of a table of such rows, with entries of at most 8 bytes in that many indexes; no
  /// page images.
  package static func moved(_ table: Table, indexes: Int) -> Double {
    var bare = table
    bare.indexes = []
    bare.primaryKey.type = .bigint
    let layout = RowLayout(bare)
    return Double(layout.movedBytes + indexes * layout.indexBytes) * RowLayout.logOverhead
  }
}
