/// How rows lie on heap pages, and whether an updated row still fits on its own page.
///
/// Sizes are PostgreSQL's: 8,192-byte pages with a 24-byte header, 4-byte line pointers, tuples
/// aligned to 8 bytes (storage.sgml, bufpage.h, htup_details.h).
package struct PageFit: Hashable, Sendable {
  package static let pageBytes = 8_192
  static let pageHeader = 24
  static let linePointer = 4

  /// Rows on a page as the table was loaded, with its fillfactor.
  package var rowsPerPage: Int
  /// Rows on a page filled to the brim.
  package var rowsPerFullPage: Int
  /// Share of a page's rows whose new version fits beside the old ones in one pass.
  package var samePageShare: Double
  /// Bytes of a page image: the page without its hole.
  package var imageBytes: Int
  /// Bytes of a new tuple, aligned.
  package var tupleBytes: Int

  package init(rowWidth: Int, adds: Int, fillfactor: Int) {
    let old = aligned(rowWidth) + Self.linePointer
    let new = aligned(rowWidth + adds) + Self.linePointer
    let usable = Self.pageBytes - Self.pageHeader
    rowsPerFullPage = max(1, usable / old)
    rowsPerPage = max(1, rowsPerFullPage * fillfactor / 100)
    let used = rowsPerPage * old
    samePageShare = min(1, Double(max(0, usable - used) / new) / Double(rowsPerPage))
    imageBytes = min(Self.pageBytes, Self.pageHeader + used)
    tupleBytes = aligned(rowWidth + adds)
  }
}

/// Rounded up to a multiple of 8 bytes (MAXALIGN).
func aligned(_ bytes: Int) -> Int { (bytes + 7) / 8 * 8 }
