/// At least one key: the positions `first ... last`.
///
/// `KeyRange` excludes its lower end, as SQL does, and may be open or empty. Planning needs
/// neither, so it works on closed spans, where no end can overflow.
struct KeySpan: Hashable, Sendable {
  var first: UInt128
  var last: UInt128

  /// Nil if `first` lies behind `last`.
  init?(first: UInt128, last: UInt128) {
    guard first <= last else { return nil }
    self.first = first
    self.last = last
  }

  /// Nil if the range holds no key.
  init?(_ range: KeyRange) {
    let last = range.upTo?.position ?? .max
    guard let after = range.after?.position else {
      self.init(first: 0, last: last)
      return
    }
    guard after < last else { return nil }
    self.init(first: after + 1, last: last)
  }

  var range: KeyRange {
    KeyRange(after: first == 0 ? nil : Key(position: first - 1), upTo: Key(position: last))
  }

  func intersection(_ other: KeySpan) -> KeySpan? {
    KeySpan(first: max(first, other.first), last: min(last, other.last))
  }

  /// What `covered` leaves of this span, in key order.
  ///
  /// - Complexity: O(n log n) for n covered spans, which may touch, overlap and come in any order.
  func subtracting(_ covered: [KeySpan]) -> [KeySpan] {
    var left: [KeySpan] = []
    var next = first
    for hole in covered.sorted(by: { ($0.first, $0.last) < ($1.first, $1.last) }) {
      guard hole.last >= next else { continue }
      guard hole.first <= last else { break }
      if hole.first > next, let gap = KeySpan(first: next, last: hole.first - 1) {
        left.append(gap)
      }
      guard hole.last < last else { return left }
      next = hole.last + 1
    }
    if let rest = KeySpan(first: next, last: last) { left.append(rest) }
    return left
  }
}
