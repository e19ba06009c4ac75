import EventKernel
import Primitives

/// Deadlines of equal length in the order in which they were set: one pending event however many
/// transactions run, instead of one each that is nearly always cancelled.
struct DeadlineLine {
  struct Entry: BitwiseCopyable, Hashable, Sendable {
    var deadline: Instant
    var process: Int32
    var serial: UInt32
  }
  var entries = WaitingLine<Entry>()
  /// An event is scheduled for the first entry.
  var armed = false
}
