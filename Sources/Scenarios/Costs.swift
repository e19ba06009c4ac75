import Primitives

/// What things cost on one kind of machine: the values a calibration measures.
///
/// CPU times are those of one core of the reference machine; see docs/model.md for the source of
/// every default.
package struct Costs: Sendable, Hashable {
  /// CPU to receive, bind, plan from cache and answer one prepared statement.
  package var statement: TimeSpan = .microseconds(18)
  /// CPU to parse and plan a statement that is not prepared: the backfill's are not.
  package var plan: TimeSpan = .microseconds(40)
  /// What a transaction's first statement takes longer than later ones, both processes together: they
  /// have slept, the core with them, and its caches hold other things.
  package var cold: TimeSpan = .zero
  package var begin: TimeSpan = .microseconds(6)
  /// CPU of a commit beside its flush.
  package var commit: TimeSpan = .microseconds(9)
  /// CPU of making a commit durable: the calls that write and flush the log, and who is woken.
  package var sync: TimeSpan = .zero
  /// CPU of sending, receiving and writing up to 128 KiB of log for a replica, walsender and walreceiver
  /// together.
  package var ship: TimeSpan = .zero
  /// Find and return one row by an index.
  package var selectRow: TimeSpan = .microseconds(4)
  /// Write one new row version on the same page.
  package var updateRow: TimeSpan = .nanoseconds(2_200)
  /// Each KiB of a new row version: read, put together, copied onto its page and into the log.
  package var rowKibibyte: TimeSpan = .zero
  /// Bring a page into a shared buffer that only the operating system's cache holds.
  package var fetchPage: TimeSpan = .zero
  /// Extend the table by a page, which is then in a shared buffer.
  package var newPage: TimeSpan = .zero
  /// Write a changed page to the operating system's cache, so that another one gets its shared buffer.
  package var writePage: TimeSpan = .zero
  /// Extra for a version that has to go to another page.
  package var moveRow: TimeSpan = .nanoseconds(1_800)
  /// Insert one index entry, on any leaf.
  package var indexEntry: TimeSpan = .nanoseconds(2_000)
  /// Insert one entry of the index in whose order a batch goes: next to the one before.
  package var keyEntry: TimeSpan = .nanoseconds(2_000)
  /// Go over one row pointer of a full leaf, for some to delete or to merge.
  package var leafPass: TimeSpan = .nanoseconds(140)
  /// Step over one index entry in order.
  package var indexStep: TimeSpan = .nanoseconds(80)
  /// Look at one row in a sequential scan.
  package var scanRow: TimeSpan = .nanoseconds(90)
  /// Lock one row (SELECT FOR UPDATE).
  package var lockRow: TimeSpan = .nanoseconds(900)
  /// Evaluate the backfill's expression for one row.
  package var expression: TimeSpan = .nanoseconds(300)
  /// Wake after a row lock wait, find the row's newest version and check the condition again.
  package var recheck: TimeSpan = .microseconds(10)
  /// Build one full-page image (copy and checksum).
  package var pageImage: TimeSpan = .nanoseconds(1_500)
  /// Replay one log record whose page is cached.
  package var replayRecord: TimeSpan = .nanoseconds(600)
  /// Restore one full-page image.
  package var replayImage: TimeSpan = .nanoseconds(2_500)
  /// The driver's CPU per transaction; used where `colocated` puts it on the same cores.
  package var driver: TimeSpan = .microseconds(15)
  /// How long a running process keeps its core while others wait.
  package var timeSlice: TimeSpan = .milliseconds(3)
  /// From a wake-up to running on an idle core.
  package var wakeUp: TimeSpan = .microseconds(5)
  /// Share of wake-ups beside busy cores that take one at once, where others wait for the end of a slice.
  package var preemption = 0.0
  /// Share of wake-ups beside all but one busy core that wait for a slice although that one is idle.
  package var misplacement = 0.0
  /// Share of commits that wait for part of a slice once their flush is over, where all cores are busy.
  package var lateAfterFlush = 0.0
  /// Fixed part of a log flush beside the device's write latency.
  package var flush: TimeSpan = .microseconds(30)
  /// The least time in which a new log file is written full of zeros and flushed, however fast its bytes pass.
  package var logFile: TimeSpan = .zero
  /// CPU of writing such a file's zeros: part of `logFile`.
  package var logFileCPU: TimeSpan = .zero
  /// Share by which a row's cost grows for each further backfill worker (log insertion, leaf latches).
  package var contention = 0.03
  /// Share of the memory beyond shared_buffers that caches database pages.
  package var osCacheShare = 0.7

  package init() {}
}
