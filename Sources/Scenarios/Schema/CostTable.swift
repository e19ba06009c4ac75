import Primitives

/// The costs by the names that a scenario or a calibration gives them.
enum CostTable {
  struct Entry {
    var key: String
    var path: WritableKeyPath<Costs, TimeSpan>
    var doc: String
    var reason = "an uncalibrated current server core; docs/model.md"
    /// Seconds; a slice of no length would never let anybody run.
    var least = 0.0
    var value: TimeSpan { Costs()[keyPath: path] }
  }
  struct Share {
    var key: String
    var path: WritableKeyPath<Costs, Double>
    var doc: String
    var reason = "an uncalibrated server; docs/model.md"
    var value: Double { Costs()[keyPath: path] }
  }

  static var entries: [Entry] {
    [
      Entry(
        key: "statement", path: \.statement, doc: "Receive, bind and answer one prepared statement."
      ),
      Entry(
        key: "plan", path: \.plan,
        doc: "Parse and plan a statement that is not prepared, as the backfill's."),
      Entry(
        key: "cold", path: \.cold,
        doc: "Extra for a transaction's first statement: its processes and their core have slept.",
        reason: "measured by a calibration only"),
      Entry(key: "begin", path: \.begin, doc: "Start a transaction."),
      Entry(key: "commit", path: \.commit, doc: "Commit, beside the flush of the log."),
      Entry(
        key: "sync", path: \.sync,
        doc: "CPU of the calls that make a commit durable, beside the flush itself.",
        reason: "measured by a calibration only"),
      Entry(
        key: "ship", path: \.ship,
        doc: "CPU of sending, receiving and writing up to 128 KiB of log for a replica.",
        reason: "measured by a calibration only"),
      Entry(key: "select_row", path: \.selectRow, doc: "Find and return one row by an index."),
      Entry(key: "update_row", path: \.updateRow, doc: "Write a row version on the same page."),
      Entry(
        key: "row_kibibyte", path: \.rowKibibyte, doc: "Each KiB of a row version that is written.",
        reason: "measured by a calibration only"),
      Entry(
        key: "fetch_page", path: \.fetchPage,
        doc: "Bring a page into a shared buffer that only the operating system's cache holds.",
        reason: "measured by a calibration only"),
      Entry(
        key: "new_page", path: \.newPage, doc: "Extend the table by a page.",
        reason: "measured by a calibration only"),
      Entry(
        key: "write_page", path: \.writePage,
        doc: "Write a changed page out of the shared buffers, to make room for another one.",
        reason: "measured by a calibration only"),
      Entry(
        key: "move_row", path: \.moveRow, doc: "Extra for a version that goes to another page."),
      Entry(key: "index_entry", path: \.indexEntry, doc: "Insert one index entry, on any leaf."),
      Entry(
        key: "key_entry", path: \.keyEntry,
        doc: "Insert one entry of the index in whose order a batch goes."),
      Entry(
        key: "leaf_pass", path: \.leafPass,
        doc: "Go over one row pointer of a full leaf, for some to delete or to merge."),
      Entry(key: "index_step", path: \.indexStep, doc: "Step over one index entry in order."),
      Entry(key: "scan_row", path: \.scanRow, doc: "Look at one row in a sequential scan."),
      Entry(key: "lock_row", path: \.lockRow, doc: "Lock one row (SELECT FOR UPDATE)."),
      Entry(
        key: "expression", path: \.expression, doc: "Evaluate the backfill's expression for a row."),
      Entry(
        key: "recheck", path: \.recheck,
        doc: "Wake after a row lock wait, find the newest version and check the condition again."),
      Entry(key: "page_image", path: \.pageImage, doc: "Build one full-page image."),
      Entry(
        key: "replay_record", path: \.replayRecord, doc: "Replay one log record on a cached page."),
      Entry(key: "replay_image", path: \.replayImage, doc: "Restore one full-page image."),
      Entry(
        key: "driver", path: \.driver, doc: "The driver's CPU per transaction, where colocated."),
      Entry(
        key: "time_slice", path: \.timeSlice, doc: "How long a process keeps a core others want.",
        least: 1e-6),
      Entry(key: "wake_up", path: \.wakeUp, doc: "From a wake-up to running on an idle core."),
      Entry(
        key: "flush", path: \.flush, doc: "Fixed part of a log flush beside the write latency."),
      Entry(
        key: "log_file", path: \.logFile,
        doc: "At least so long a new log file is written full of zeros and flushed.",
        reason: "measured by a calibration only"),
      Entry(
        key: "log_file_cpu", path: \.logFileCPU, doc: "CPU of that, part of it.",
        reason: "measured by a calibration only"),
    ]
  }

  static var shares: [Share] {
    [
      Share(
        key: "contention", path: \.contention,
        doc: "Growth of a row's cost for each further backfill worker."),
      Share(
        key: "preemption", path: \.preemption,
        doc: "Share of wake-ups beside busy cores that take one at once.",
        reason: "measured by a calibration only"),
      Share(
        key: "misplacement", path: \.misplacement,
        doc: "Share of wake-ups beside all but one busy core that wait although that one is idle.",
        reason: "measured by a calibration only"),
      Share(
        key: "late_after_flush", path: \.lateAfterFlush,
        doc: "Share of commits that wait for a slice after their flush, where all cores are busy.",
        reason: "measured by a calibration only"),
      Share(
        key: "os_cache_share", path: \.osCacheShare,
        doc: "Share of the memory beyond shared_buffers that caches pages."),
    ]
  }
}
