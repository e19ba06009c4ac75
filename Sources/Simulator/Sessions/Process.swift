import EventKernel
import Primitives

/// One session's unit of work inside the model: a transaction of the application, a backfill
/// worker's batch, or a statement that only occupies resources.
struct Process: BitwiseCopyable {
  enum Role: UInt8, BitwiseCopyable {
    case transaction
    case worker
    /// Looks up where the next batch ends.
    case boundary
    /// The serial replay of a replica.
    case replay
    /// Sends and receives a replica's log.
    case ship
    /// Its owner has gone; the answer it waits for finds nobody.
    case detached
  }
  enum Stage: UInt8, BitwiseCopyable {
    case idle, pool, network, compute, storage, lock, flush, acknowledgement
    /// The client has given up; the server is still rolling back.
    case rollback
  }

  var role: Role
  var stage: Stage = .idle
  /// Class of a transaction, number of a worker or a lookup, index of a replica.
  var owner: Int32
  /// Distinguishes the users of a recycled id.
  var serial: UInt32 = 0
  /// Which machine a transaction's attempt runs on: 0 the primary's; a class may move meanwhile.
  var server: Int32 = 0
  /// Index of the next step of the class's script.
  var step: Int32 = 0
  /// The row of the statement that is locked next, where a statement has several.
  var row: Int32 = 0
  /// The ordinal of the only row that the statement under way locks; −1 where it is not looked up.
  var ordinal = -1
  var arrival: UInt64 = 0
  /// Draws used so far, so that each has its own counter.
  var draws: UInt32 = 0
  var attempt: UInt16 = 0
  /// CPU of what its writes did to pages and indexes, until its next computation has it.
  var owed = TimeSpan.zero
  /// Writes since BEGIN: the commit has to be flushed.
  var wrote = false
  /// The outcome is recorded already (timed out); what follows only frees resources.
  var abandoned = false
  /// Model time.
  var intended = Instant.zero
  /// Since when the process waits for its current row; played time.
  var blockedSince = Instant.zero
  /// The current statement's time blocked so far.
  var blocked = TimeSpan.zero
  var resumeToken = EventToken.none
  var lockTimer = EventToken.none
  var deadlockTimer = EventToken.none
  /// The row version that the process commits ends a queue's order.
  var newVersion = false
  var commitPosition: Int64 = 0
}
