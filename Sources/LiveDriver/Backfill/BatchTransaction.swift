import Primitives
import Strategies

/// One batch as one transaction: its rows and, where there may be one, its progress row, or neither.
struct BatchTransaction {
  let text: BackfillText
  /// Nil where the target forbids it.
  let progress: ProgressTable?
  let connection: Connection
  /// Asked between statements.
  let isCancelled: () -> Bool
  /// Told before and after each statement that may wait for a row.
  let statement: (_ begins: Bool) -> Void
  /// COMMIT is on its way: from here on only the server knows the outcome.
  private(set) var isCommitting = false
  /// Rows that others held and that it leaves to them.
  private(set) var skipped: [SkippedRows] = []

  init(
    _ text: BackfillText, _ progress: ProgressTable?, on connection: Connection,
    isCancelled: @escaping () -> Bool, statement: @escaping (_ begins: Bool) -> Void
  ) {
    self.text = text
    self.progress = progress
    self.connection = connection
    self.isCancelled = isCancelled
    self.statement = statement
  }

  /// Returns the rows that changed.
  mutating func run(_ batch: Batch, lockTimeout: LockTimeout) throws(ServerError) -> Int {
    let setting = lockTimeout.setting
    let local = setting.map { "; SELECT set_config('lock_timeout', \($0), true)" } ?? ""
    try connection.execute("BEGIN" + local)
    let rows =
      lockTimeout == .skipLocked
      ? try changeFreeRows(batch) : try change(batch, nowait: lockTimeout == .nowait)
    try stopIfCancelled()
    isCommitting = true
    try connection.execute(
      progress?.commit(batch, rows: rows, skipped: skipped) ?? "COMMIT")
    return rows
  }

  /// Changes what nobody else holds, and notes what is left.
  private mutating func changeFreeRows(_ batch: Batch) throws(ServerError) -> Int {
    try stopIfCancelled()
    let locking = text.lockFree(batch.range)
    let keys = try connection.execute(locking.sql, locking.parameters).scalar ?? "{}"
    let looking = text.left(batch.range, besides: keys)
    let left = try connection.execute(looking.sql, looking.parameters)
    skipped = (0..<left.count).compactMap { row in
      guard let first = left.text(row, 0).flatMap({ text.key.key($0) }),
        let last = left.text(row, 1).flatMap({ text.key.key($0) })
      else { return nil }
      let after = first.position == 0 ? nil : Key(position: first.position - 1)
      return SkippedRows(
        range: KeyRange(after: after, upTo: last), rows: left.integer(row, 2) ?? 1)
    }
    return try execute(text.update(keys: keys))
  }

  private func change(_ batch: Batch, nowait: Bool) throws(ServerError) -> Int {
    switch batch.statement {
    case .range, .ctid:
      return try execute(text.update(batch.range))
    case .lockThenUpdate:
      _ = try execute(text.lock(batch.range, nowait: nowait))
      return try execute(text.update(batch.range))
    case .keys:
      guard let keys = try keys(of: batch) else { return 0 }
      return try execute(text.update(keys: keys))
    case .perRow:
      guard let keys = try keys(of: batch) else { return 0 }
      try connection.execute("DEALLOCATE ALL")
      try connection.prepare("row", text.updateOfOneRow)
      var rows = 0
      for key in keys.dropFirst().dropLast().split(separator: ",") {
        try stopIfCancelled()
        statement(true)
        defer { statement(false) }
        rows += try connection.execute(prepared: "row", [String(key)]).affected
      }
      return rows
    }
  }

  /// As the server's own array, `{1,2,3}`.
  private func keys(of batch: Batch) throws(ServerError) -> String? {
    try stopIfCancelled()
    let bound = text.keys(batch.range)
    return try connection.execute(bound.sql, bound.parameters).scalar
  }

  private func execute(_ bound: BackfillText.Bound) throws(ServerError) -> Int {
    try stopIfCancelled()
    statement(true)
    defer { statement(false) }
    return try connection.execute(bound.sql, bound.parameters).affected
  }

  private func stopIfCancelled() throws(ServerError) {
    guard isCancelled() else { return }
    throw ServerError(sqlState: ServerError.queryCanceled, message: "cancelled between statements")
  }
}

extension LockTimeout {
  /// The setting's text, as SQL; nil leaves the server's own.
  fileprivate var setting: String? {
    switch self {
    case .server, .skipLocked: nil
    // 0 means for ever, so the shortest wait there is stands for none.
    case .nowait: "'1'"
    case .after(let span): "'\(Self.milliseconds(span))'"
    case .serverPlus(let span):
      """
      (SELECT CASE WHEN setting::bigint = 0 THEN '0' \
      ELSE (setting::bigint + \(Self.milliseconds(span)))::text END \
      FROM pg_settings WHERE name = 'lock_timeout')
      """
    }
  }

  private static func milliseconds(_ span: TimeSpan) -> Int64 {
    max(1, (span.nanoseconds + 500_000) / 1_000_000)
  }
}
