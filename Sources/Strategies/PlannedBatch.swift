/// A batch together with what only planning knows about it.
struct PlannedBatch: Hashable, Sendable {
  var batch: Batch
  /// The table had all the rows asked for, so the time it takes says what its size costs.
  var isFull: Bool
}

/// A range that was cut but has no batch yet.
struct Cut: Hashable, Sendable {
  var span: KeySpan
  /// The rows asked for.
  var rows: Int
  var isFull: Bool
}
