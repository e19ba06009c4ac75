import Scenarios
import Strategies

/// `rehearse_progress`: one row for each committed batch, written in the batch's own transaction.
///
/// It says what a connection that was lost around COMMIT cannot: whether the batch happened. It is also
/// where an interrupted run goes on.
struct ProgressTable: Sendable {
  static let name = "rehearse_progress"

  /// Beside the table that is backfilled.
  let table: TableName
  let run: String
  /// Counts the processes that worked at this run: each numbers its batches from 0.
  var sitting = 0
  let key: KeyText

  init(beside name: TableName, run: String, key: KeyText) {
    var table = name
    table.name = Self.name
    self.table = table
    self.run = run
    self.key = key
  }

  var creation: String {
    """
    CREATE TABLE IF NOT EXISTS \(table.sql) (
      run text NOT NULL, sitting integer NOT NULL, batch bigint NOT NULL,
      after_key text, up_to_key text, rows bigint NOT NULL,
      committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (run, sitting, batch))
    """
  }

  private var identity: String { "\(Quoting.literal(run)), \(sitting)" }

  /// Ends the batch's transaction: the row, then COMMIT, in one round trip.
  func commit(_ batch: Batch, rows: Int) -> String {
    let bounds = [batch.range.after, batch.range.upTo].map { bound in
      bound.flatMap { key.bound($0) }.map { Quoting.literal($0) } ?? "NULL"
    }
    return """
      INSERT INTO \(table.sql) (run, sitting, batch, after_key, up_to_key, rows) \
      VALUES (\(identity), \(batch.id), \(bounds[0]), \(bounds[1]), \(rows)); COMMIT
      """
  }

  /// The rows of a batch if it was committed.
  func committedRows(of batch: Int) -> String {
    """
    SELECT rows FROM \(table.sql) \
    WHERE (run, sitting) = (\(identity)) AND batch = \(batch)
    """
  }

  /// What the sittings before this one committed; nil if there was none.
  ///
  /// Sets `sitting` to the next number.
  mutating func resume(on connection: Connection) throws(ServerError) -> ResumePoint? {
    let rows = try connection.execute(
      "SELECT sitting, after_key, up_to_key, rows FROM \(table.sql) WHERE run = $1", [run])
    guard rows.count > 0 else { return nil }
    var ranges: [KeyRange] = []
    var total = 0
    for row in 0..<rows.count {
      sitting = max(sitting, (rows.integer(row, 0) ?? 0) + 1)
      ranges.append(
        KeyRange(
          after: rows.text(row, 1).flatMap { key.key($0) },
          upTo: rows.text(row, 2).flatMap { key.key($0) }))
      total += rows.integer(row, 3) ?? 0
    }
    return ResumePoint(watermark: nil, committedAbove: Self.merged(ranges), rows: total)
  }

  /// Touching ranges as one, in key order.
  static func merged(_ ranges: [KeyRange]) -> [KeyRange] {
    var all: [KeyRange] = []
    let sorted = ranges.sorted { a, b in
      guard let second = b.after else { return false }
      guard let first = a.after else { return true }
      return first < second
    }
    for range in sorted {
      guard let last = all.last, let end = last.upTo, let start = range.after, start > end else {
        if all.isEmpty {
          all.append(range)
        } else if let end = all[all.count - 1].upTo {
          all[all.count - 1].upTo = range.upTo.map { max($0, end) }
        }
        continue
      }
      all.append(range)
    }
    return all
  }
}
