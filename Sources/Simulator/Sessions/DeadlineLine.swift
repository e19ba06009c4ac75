import EventKernel
import Primitives

/// Deadlines of one class in the order in which they pass.
///
/// The first one alone has an event, however many transactions run, instead of one each that is
/// nearly always cancelled. Entries of transactions that ended in time stay until that event comes.
struct DeadlineLine: ~Copyable {
  struct Entry: BitwiseCopyable, Hashable, Sendable {
    var deadline: Instant
    var process: Int32
    var serial: UInt32
  }
  private(set) var entries = WaitingLine<Entry>()
  /// The event that is scheduled for the first entry.
  var alarm = EventToken.none
  /// When that event comes.
  var due = Instant.distantFuture

  var first: Entry? { entries.first }
  mutating func popFirst() { _ = entries.popFirst() }

  /// Adds a deadline, nearly always the latest one; behind it only while a timeout that was
  /// shortened still has old ones.
  mutating func insert(_ entry: Entry) {
    entries.append(entry)
    guard entries.count > 1, entries[entries.count - 2].deadline > entry.deadline else { return }
    var all = (0..<entries.count - 1).map { entries[$0] }
    let place = all.firstIndex { $0.deadline > entry.deadline } ?? all.endIndex
    all.insert(entry, at: place)
    entries.removeAll()
    for entry in all { entries.append(entry) }
  }
}
