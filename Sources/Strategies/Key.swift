/// A primary-key value in key order: any 64-bit integer or UUID maps to one without losing order.
///
/// In `statement: ctid` a key is a heap block number.
package struct Key: Hashable, Comparable, Sendable, Codable {
  package var position: UInt128

  package init(position: UInt128) { self.position = position }
  /// An order-preserving image of a signed 64-bit key.
  package init(_ value: Int64) { self.position = UInt128(UInt64(bitPattern: value) ^ (1 << 63)) }

  /// The signed 64-bit key this stands for, if it stands for one.
  package var int64: Int64? {
    position >> 64 == 0
      ? Int64(bitPattern: UInt64(truncatingIfNeeded: position) ^ (1 << 63)) : nil
  }

  package static func < (a: Key, b: Key) -> Bool { a.position < b.position }
}

/// The keys `after < key ≤ upTo`; a missing bound is the table's own end.
package struct KeyRange: Hashable, Sendable, Codable {
  package var after: Key?
  package var upTo: Key?

  package init(after: Key?, upTo: Key?) {
    self.after = after
    self.upTo = upTo
  }
}
