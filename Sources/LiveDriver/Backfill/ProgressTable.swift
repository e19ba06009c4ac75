import Primitives
import Scenarios
import Strategies

/// `rehearse_progress`: one row for each committed batch, written in the batch's own transaction.
///
/// It says what a connection that was lost around COMMIT cannot: whether the batch happened. It is also
/// where an interrupted run goes on. Sessions that write it hold a shared advisory lock on their
/// sitting; whoever goes on with a run ends them and holds that lock alone, so that nothing which a
/// dead process left running can commit after its progress was read.
struct ProgressTable: Sendable {
  static let name = "rehearse_progress"
  /// Stands for a batch in the row that begins a sitting.
  private static let beginning = -1

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

  /// Whether the table is there, and whether the session's role may make it or else write it.
  func access(on connection: Connection) throws(ServerError) -> (isThere: Bool, isPermitted: Bool) {
    let found = try connection.execute(
      """
      SELECT to_regclass($1) IS NOT NULL,
        CASE WHEN to_regclass($1) IS NULL
          THEN has_schema_privilege(coalesce($2, current_schema()), 'CREATE')
          ELSE has_table_privilege($1, 'SELECT') AND has_table_privilege($1, 'INSERT') END
      """, [table.sql, table.schema])
    return (found.boolean(0, 0) ?? false, found.boolean(0, 1) ?? false)
  }

  private var identity: String { "\(Quoting.literal(run)), \(sitting)" }

  /// Ends the batch's transaction: the row, then COMMIT, in one round trip.
  ///
  /// A batch that left out rows in its midst covers several ranges: those after the first have rows of
  /// their own.
  func commit(_ batch: Batch, rows: Int, skipped: [SkippedRows] = []) -> String {
    let covered = batch.range.without(skipped.map(\.range))
    let values = covered.enumerated().map { number, range in
      let bounds = texts(range).map { $0.map(Quoting.literal) ?? "NULL" }
      let id = number == 0 ? batch.id : Self.further(number, of: batch.id)
      return "(\(identity), \(id), \(bounds[0]), \(bounds[1]), \(number == 0 ? rows : 0))"
    }
    return """
      INSERT INTO \(table.sql) (run, sitting, batch, after_key, up_to_key, rows) \
      VALUES \(values.joined(separator: ", ")); COMMIT
      """
  }

  /// Below `beginning`, and another for each batch and number up to a million.
  private static func further(_ number: Int, of batch: Int) -> Int {
    beginning - (batch << 20 + number)
  }

  /// What a batch did if it was committed: the rows that changed, and the ranges that it left out, of
  /// whose rows it is only known that there are some.
  func outcome(
    of batch: Batch, on connection: Connection
  ) throws(ServerError) -> (rows: Int, skipped: [SkippedRows])? {
    let found = try connection.execute(
      """
      SELECT after_key, up_to_key, rows FROM \(table.sql)
      WHERE (run, sitting) = (\(identity)) AND (batch = \(batch.id)
        OR batch BETWEEN \(Self.further(1 << 20 - 1, of: batch.id)) AND \(Self.further(1, of: batch.id)))
      ORDER BY batch DESC
      """)
    guard found.count > 0 else { return nil }
    let covered = (0..<found.count).map { range(found, row: $0) }
    let left = batch.range.without(covered).filter { $0.after != $0.upTo }
    return (found.integer(0, 2) ?? 0, left.map { SkippedRows(range: $0, rows: 1) })
  }

  /// Takes this sitting's lock for a session that will commit batches; false once another process has
  /// taken the run over.
  var claim: String { "SELECT pg_try_advisory_lock_shared(\(lockKey), \(sitting))" }

  /// Names the run among advisory locks, which are a database's own.
  private var lockKey: Int32 { Int32(truncatingIfNeeded: stableHash(of: "\(table.sql) \(run)")) }

  /// Ends the sessions of the sittings before this one, and keeps their processes from making new ones
  /// for as long as `connection` lives; false if one of them has not ended `within` that span.
  func takeOver(
    on connection: Connection, _ clock: LiveClock, within patience: TimeSpan
  ) throws(ServerError) -> Bool {
    let deadline = clock.now + patience
    let key = UInt32(bitPattern: lockKey)
    for earlier in 0..<sitting {
      while try connection.execute("SELECT pg_try_advisory_lock(\(lockKey), \(earlier))")
        .boolean(0, 0) != true
      {
        guard clock.now < deadline else { return false }
        try connection.execute(
          """
          SELECT pg_terminate_backend(pid) FROM pg_locks
          WHERE (locktype, classid, objid, objsubid) = ('advisory', \(key), \(earlier), 2)
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          """)
        clock.sleep(until: clock.now + .milliseconds(20))
      }
    }
    return true
  }

  /// Whether a run of this name has begun.
  func isKnown(on connection: Connection) throws(ServerError) -> Bool {
    try connection.execute("SELECT FROM \(table.sql) WHERE run = $1 LIMIT 1", [run]).count > 0
  }

  /// Begins the next sitting with a row of its own; the first one's says what there is to do.
  mutating func begin(_ bounds: KeyRange?, on connection: Connection) throws(ServerError) {
    let begun = try connection.execute(
      """
      INSERT INTO \(table.sql) (run, sitting, batch, after_key, up_to_key, rows)
      SELECT $1, coalesce(max(sitting), -1) + 1, \(Self.beginning), $2, $3, 0
      FROM \(table.sql) WHERE run = $1 RETURNING sitting
      """, [run] + texts(bounds ?? KeyRange(after: nil, upTo: nil)))
    sitting = begun.integer(0, 0) ?? 0
  }

  /// What there was to do when the run began: rows that came later are none of its.
  func firstBounds(on connection: Connection) throws(ServerError) -> KeyRange {
    let found = try connection.execute(
      """
      SELECT after_key, up_to_key FROM \(table.sql)
      WHERE run = $1 AND batch = \(Self.beginning) ORDER BY sitting LIMIT 1
      """, [run])
    return found.count > 0 ? range(found, row: 0) : KeyRange(after: nil, upTo: nil)
  }

  private func texts(_ range: KeyRange) -> [String?] {
    [range.after, range.upTo].map { bound in bound.flatMap { key.bound($0) } }
  }

  /// Of a row that begins with both bounds.
  private func range(_ rows: Rows, row: Int) -> KeyRange {
    KeyRange(
      after: rows.text(row, 0).flatMap { key.key($0) },
      upTo: rows.text(row, 1).flatMap { key.key($0) })
  }

  /// How many batches of this sitting are there.
  func committedBatches(on connection: Connection) throws(ServerError) -> Int {
    try connection.execute(
      """
      SELECT count(*) FROM \(table.sql)
      WHERE (run, sitting) = (\(identity)) AND batch > \(Self.beginning)
      """
    ).integer(0, 0) ?? 0
  }

  /// What all sittings have committed.
  func resumePoint(on connection: Connection) throws(ServerError) -> ResumePoint {
    let rows = try connection.execute(
      """
      SELECT after_key, up_to_key, rows FROM \(table.sql)
      WHERE run = $1 AND batch <> \(Self.beginning)
      """, [run])
    var ranges: [KeyRange] = []
    var total = 0
    for row in 0..<rows.count {
      ranges.append(range(rows, row: row))
      total += rows.integer(row, 2) ?? 0
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

extension KeyRange {
  /// What these ranges, in key order, leave of this one; a range that holds no key where they leave
  /// nothing.
  func without(_ holes: [KeyRange]) -> [KeyRange] {
    var left: [KeyRange] = []
    var after = after
    for hole in holes {
      if hole.after != after { left.append(KeyRange(after: after, upTo: hole.after)) }
      after = hole.upTo
    }
    if after != upTo || left.isEmpty { left.append(KeyRange(after: after, upTo: upTo)) }
    return left
  }
}
