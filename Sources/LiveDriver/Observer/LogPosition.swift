/// A position in PostgreSQL's log, as bytes since its beginning.
struct LogPosition: Hashable, Comparable, Sendable, BitwiseCopyable {
  var bytes: Int64

  init(bytes: Int64) { self.bytes = bytes }

  /// From the server's `16/B374D848`.
  init?(_ text: String) {
    let parts = text.split(separator: "/")
    guard parts.count == 2, let high = Int64(parts[0], radix: 16),
      let low = Int64(parts[1], radix: 16)
    else { return nil }
    bytes = high << 32 | low
  }

  static func < (a: LogPosition, b: LogPosition) -> Bool { a.bytes < b.bytes }
}
