import Primitives

/// One set of rows that is worked on in one transaction.
package struct Batch: Hashable, Sendable, Codable {
  /// Counts from 0 in the order in which the batches were planned.
  package var id: Int
  package var range: KeyRange
  /// The rows asked for when the range was cut; the table may hold fewer.
  package var rows: Int
  /// 0 for the first try.
  package var attempt: Int
  package var operation: Operation
  package var statement: StatementKind

  package init(
    id: Int, range: KeyRange, rows: Int, attempt: Int = 0, operation: Operation = .updateInPlace,
    statement: StatementKind = .range
  ) {
    self.id = id
    self.range = range
    self.rows = rows
    self.attempt = attempt
    self.operation = operation
    self.statement = statement
  }

  /// What a batch does with its rows.
  ///
  /// Only `updateInPlace` is built; the others are reserved for
  /// shadow-table and archiving runners.
  package enum Operation: String, Hashable, Sendable, Codable, CaseIterable {
    case updateInPlace, copyRows, applyChanges, deleteRows, cutover
  }
}

/// The order and time in which a batch locks its rows.
package enum StatementKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// `UPDATE … WHERE id > $1 AND id <= $2`: rows lock one by one as the statement reaches them.
  case range
  /// `UPDATE … WHERE id = ANY($1)`: the same, found by key.
  case keys
  /// `SELECT … FOR UPDATE` over the range, then the update: every row locks before the first write.
  case lockThenUpdate = "lock_then_update"
  /// One `UPDATE … WHERE id = $1` and one round trip a row, inside the batch's transaction.
  case perRow = "per_row"
  /// `UPDATE … WHERE ctid >= $1 AND ctid < $2`: physical order, keys are heap blocks.
  case ctid
}

/// How long a batch may wait for one row lock.
package enum LockTimeout: Hashable, Sendable, Codable {
  /// The server's own setting.
  case server
  /// The server's own setting, lengthened.
  case serverPlus(TimeSpan)
  case after(TimeSpan)
  case nowait
  /// `FOR UPDATE SKIP LOCKED`: rows that others hold are left out, and come back later.
  case skipLocked
}

/// Rows of a batch that were left out because other transactions held them.
package struct SkippedRows: Hashable, Sendable, Codable {
  /// Holds no other row that the batch was to change.
  package var range: KeyRange
  package var rows: Int

  package init(range: KeyRange, rows: Int) {
    self.range = range
    self.rows = rows
  }
}
