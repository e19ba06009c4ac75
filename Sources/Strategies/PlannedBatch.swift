/// A batch together with what only planning knows about it.
struct PlannedBatch: Hashable, Sendable {
  var batch: Batch
  /// The table had all the rows asked for, so the time it takes says what its size costs.
  var isFull: Bool
  /// Its range holds at most the rows asked for, because a lookup counted them.
  var isCounted: Bool
  /// What it turned out to leave to others.
  var skipped: [SkippedRows] = []
}

/// A range that was cut but has no batch yet.
struct Cut: Hashable, Sendable {
  var span: KeySpan
  /// The rows asked for.
  var rows: Int
  /// See `PlannedBatch`.
  var isFull: Bool
  var isCounted: Bool
}
