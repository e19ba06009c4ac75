import EventKernel
import Primitives

/// Log that is durable on the primary and not yet replayed on one replica, oldest first.
///
/// One entry for each flush of the primary, so that lag is known exactly. When a replica is far
/// behind, flushes that lie closer together than a thousandth of its lag share an entry.
struct LogBacklog: ~Copyable {
  struct Entry {
    var content: LogContent
    /// When the primary's flush of it ended.
    var flushed: Instant
    /// When all of it had reached the replica; distant until then.
    var received = Instant.distantFuture
  }

  private(set) var bytes: Int64 = 0
  private var entries = OwnedArray<Entry>()
  private var head = 0
  /// Entries before this one have been received wholly.
  private var firstUnreceived = 0
  /// Position in the log behind the last received entry.
  private var receivedEnd: Int64

  init(from position: Int64 = 0) { receivedEnd = position }

  var first: Entry? { head < entries.count ? entries[head] : nil }
  var count: Int { entries.count - head }

  subscript(position: Int) -> Entry { entries[head + position] }

  mutating func append(_ content: LogContent, flushed: Instant) {
    bytes += content.bytes
    let last = entries.count - 1
    // Replay may have begun with the first unreceived entry, never with those behind it.
    if last > firstUnreceived,
      (flushed - entries[last].flushed).nanoseconds
        < (flushed - entries[head].flushed).nanoseconds >> 10
    {
      entries[last].content.append(content)
      return
    }
    if head >= 64 && head * 2 >= entries.count { compact() }
    entries.append(Entry(content: content, flushed: flushed))
  }

  /// Notes the receipt of everything up to `position`.
  mutating func receive(upTo position: Int64, at now: Instant) {
    while firstUnreceived < entries.count {
      let end = receivedEnd + entries[firstUnreceived].content.bytes
      guard end <= position else { return }
      entries[firstUnreceived].received = now
      receivedEnd = end
      firstUnreceived += 1
    }
  }

  /// Takes the first `count` bytes of the first entry, or the whole of it.
  mutating func removeFirst(_ count: Int64) -> LogContent {
    let part = entries[head].content.removeFirst(count)
    bytes -= part.bytes
    if entries[head].content.bytes == 0 {
      if head >= firstUnreceived {
        firstUnreceived = head + 1
        receivedEnd += part.bytes
      }
      head += 1
      if head == entries.count { compact() }
    } else if head >= firstUnreceived {
      receivedEnd += part.bytes
    }
    return part
  }

  /// Makes every entry older by a stretch of time that was not played.
  mutating func age(by span: TimeSpan) {
    for index in entries.indices {
      entries[index].flushed = entries[index].flushed - span
      if entries[index].received != .distantFuture {
        entries[index].received = entries[index].received - span
      }
    }
  }

  private mutating func compact() {
    for index in head..<entries.count { entries[index - head] = entries[index] }
    entries.truncate(to: entries.count - head)
    firstUnreceived -= head
    head = 0
  }
}
