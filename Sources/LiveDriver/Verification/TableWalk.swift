import Measurements
import Primitives

/// Reads a table range by range in key order, so that no statement is long, with pauses, so that
/// others come first.
struct TableWalk {
  /// What one range came to.
  struct Finding: Hashable, Sendable {
    var range: VerifyRecord.Range
    var nulls = 0
    var others = 0
    /// Of each, those that the filter still finds.
    var openNulls = 0
    var openOthers = 0
    var firstNull: String?
    var firstOther: String?
  }

  enum Failure: Error {
    case stopped
    /// The rows cannot be read, in the server's words.
    case unreadable(ServerError)
    case lost(ServerError)
  }

  private let session: Connection
  private(set) var comparison: RowComparison
  /// Ends of ranges to keep to before any others.
  private let ends: [String]
  private let clock = LiveClock()
  /// Rows of the next range.
  private var size = 2_000

  /// What a range may take: far below the session's 5 s, and short beside other statements.
  private static let wanted = TimeSpan.milliseconds(250)
  private static let sizes = 50...5_000_000
  /// The pause after a range, in its own time.
  private static let rest = 0.5

  init(_ session: Connection, _ comparison: RowComparison, ends: [String] = []) {
    self.session = session
    self.comparison = comparison
    self.ends = ends
  }

  /// `report` is told the rows so far.
  mutating func walk(
    shouldStop: () -> Bool, report: (Int) -> Void
  ) throws(Failure) -> [Finding] {
    var findings: [Finding] = []
    var after: String?
    var rows = 0
    func note(_ finding: Finding) {
      findings.append(finding)
      rows += finding.range.rows
      report(rows)
      after = finding.range.upTo
    }
    for end in ends { note(try range(after, end, shouldStop)) }
    let last = try ask(shouldStop) { () throws(ServerError) in
      try transaction(comparison.largestKey, []).scalar
    }
    while let last, after != last {
      let begun = clock.now
      let finding = try nextRange(after, last, shouldStop)
      note(finding)
      adapt(to: clock.now - begun)
    }
    return findings
  }

  private mutating func nextRange(
    _ after: String?, _ last: String, _ shouldStop: () -> Bool
  ) throws(Failure) -> Finding {
    while true {
      do {
        let rows = size
        let end = try ask(shouldStop, smaller: true) { () throws(ServerError) in
          try transaction(
            comparison.boundary(rows: rows, isFirst: after == nil), bounds(after, last)
          ).scalar
        }
        return try range(after, end ?? last, shouldStop, smaller: true)
      } catch {
        guard case .unreadable(let reason) = error, reason.sqlState == ServerError.queryCanceled,
          size > Self.sizes.lowerBound
        else { throw error }
        size = max(Self.sizes.lowerBound, size / 4)
      }
    }
  }

  private mutating func adapt(to took: TimeSpan) {
    let factor = Self.wanted.seconds / max(took.seconds, 0.001)
    let next = Double(size) * min(2, max(0.5, factor))
    size = min(Self.sizes.upperBound, max(Self.sizes.lowerBound, Int(next)))
    clock.sleep(until: clock.now + took * Self.rest)
  }

  private func bounds(_ after: String?, _ end: String) -> [String?] {
    [end] + (after.map { [$0] } ?? [])
  }

  private mutating func range(
    _ after: String?, _ end: String, _ shouldStop: () -> Bool, smaller: Bool = false
  ) throws(Failure) -> Finding {
    while true {
      do {
        let rows = try ask(shouldStop, smaller: smaller) { () throws(ServerError) in
          try transaction(comparison.sql(isFirst: after == nil), bounds(after, end))
        }
        return finding(rows, upTo: end)
      } catch {
        // An expression that fails must not cost the count and the sums.
        guard case .unreadable(let reason) = error, comparison.undecidable == nil,
          !Self.isOfTheRows(reason)
        else { throw error }
        comparison.undecidable = "the server cannot compare the values: \(reason.message)"
      }
    }
  }

  /// Without the comparison it would fail as well.
  private static func isOfTheRows(_ error: ServerError) -> Bool {
    [ServerError.queryCanceled, ServerError.lockNotAvailable].contains(error.sqlState)
  }

  private func finding(_ rows: Rows, upTo end: String) -> Finding {
    Finding(
      range: .init(
        upTo: end, rows: rows.integer(0, 0) ?? 0, rowsSum: rows.text(0, 6) ?? "0",
        keptSum: rows.text(0, 7) ?? "0"),
      nulls: rows.integer(0, 1) ?? 0, others: rows.integer(0, 2) ?? 0,
      openNulls: rows.integer(0, 3) ?? 0, openOthers: rows.integer(0, 8) ?? 0,
      firstNull: rows.text(0, 4), firstOther: rows.text(0, 5))
  }

  /// One statement, which cannot write whatever the expression does to the session's settings.
  private func transaction(_ sql: String, _ parameters: [String?]) throws(ServerError) -> Rows {
    try session.execute("BEGIN READ ONLY")
    do {
      let rows = try session.execute(sql, parameters)
      try session.execute("COMMIT")
      return rows
    } catch {
      if !error.isConnectionLost { try session.execute("ROLLBACK") }
      throw error
    }
  }

  /// Tries again what a lock or a replica's replay was in the way of, or what took too long on a
  /// server that was busy; with `smaller` the latter is left to who can ask for less.
  private func ask<Value>(
    _ shouldStop: () -> Bool, smaller: Bool = false,
    _ body: () throws(ServerError) -> Value
  ) throws(Failure) -> Value {
    var tries = 0
    while true {
      if shouldStop() { throw .stopped }
      do { return try body() } catch {
        if error.isConnectionLost { throw .lost(error) }
        tries += 1
        let isBusy = error.sqlState == ServerError.queryCanceled && !smaller
        guard isBusy || Self.passing.contains(error.sqlState), tries < 5 else {
          throw .unreadable(error)
        }
        clock.sleep(until: clock.now + .seconds(1))
      }
    }
  }

  /// A lock, or a conflict with recovery on a replica.
  private static let passing = [ServerError.lockNotAvailable, "40001"]
}
