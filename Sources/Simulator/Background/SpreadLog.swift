/// Log that a statement or a pass of vacuum writes over a stretch of time.
///
/// It is inserted as far as it is written, whenever somebody looks: a flush takes it along. So it
/// flows as evenly as a server's without an event for each piece.
struct SpreadLog {
  /// What is not inserted yet.
  private(set) var rest = LogContent()
  private var whole: Int64 = 0

  init() {}

  init(_ content: LogContent) {
    rest = content
    whole = content.bytes
  }

  var isEmpty: Bool { rest.bytes == 0 }

  /// What is written up to this share of the whole (0...1) and not taken yet; nil for nothing.
  mutating func take(upTo share: Double) -> LogContent? {
    let due = Int64(Double(whole) * share) - (whole - rest.bytes)
    return due > 0 ? rest.removeFirst(due) : nil
  }
}
