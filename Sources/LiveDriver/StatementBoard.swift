import Primitives
import Synchronization

/// What every session is doing, for the one who looks for lock waits: a slot for each connection.
///
/// Only the session's own thread writes its slot.
final class StatementBoard: Sendable {
  private struct Slot: ~Copyable, Sendable {
    /// Nanoseconds of the run at which the running statement was sent; -1 while none runs.
    let since = Atomic<Int64>(-1)
    let backend = Atomic<Int64>(0)
    let isBatch = Atomic<Bool>(false)
  }

  private final class Box: Sendable { let slot = Slot() }
  private let slots: [Box]

  init(sessions: Int) { slots = (0..<sessions).map { _ in Box() } }

  var count: Int { slots.count }

  /// A new connection took the slot.
  func connected(_ session: Int, backend pid: Int, isBatch: Bool) {
    slots[session].slot.backend.store(Int64(pid), ordering: .relaxed)
    slots[session].slot.isBatch.store(isBatch, ordering: .relaxed)
  }

  func begin(_ session: Int, at now: Instant) {
    slots[session].slot.since.store(now.nanoseconds, ordering: .relaxed)
  }

  func end(_ session: Int) { slots[session].slot.since.store(-1, ordering: .relaxed) }

  func since(_ session: Int) -> Instant? {
    let since = slots[session].slot.since.load(ordering: .relaxed)
    return since < 0 ? nil : Instant(nanoseconds: since)
  }

  func backend(_ session: Int) -> Int {
    Int(slots[session].slot.backend.load(ordering: .relaxed))
  }

  func isBatch(_ session: Int) -> Bool { slots[session].slot.isBatch.load(ordering: .relaxed) }

  /// A statement has been running for this long, so that somebody may be waiting.
  func hasStatement(longerThan span: TimeSpan, at now: Instant) -> Bool {
    slots.indices.contains { index in since(index).map { now - $0 >= span } ?? false }
  }
}
