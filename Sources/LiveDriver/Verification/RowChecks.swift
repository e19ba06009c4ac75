import Gates
import Measurements
import Scenarios
import Traffic

/// What the rows of a table came to, as checks.
struct RowChecks {
  private typealias Check = VerifyRecord.Check

  private let scenario: Scenario
  private let comparison: RowComparison
  private let findings: [TableWalk.Finding]
  private let reference: Verifier.Reference

  init(
    _ scenario: Scenario, _ comparison: RowComparison, _ findings: [TableWalk.Finding],
    _ reference: Verifier.Reference
  ) {
    self.scenario = scenario
    self.comparison = comparison
    self.findings = findings
    self.reference = reference
  }

  static func unreadable(_ error: ServerError) -> [VerifyRecord.Check] {
    let help =
      error.sqlState == ServerError.queryCanceled
      ? "Even few rows took longer than 5 s: is there an index on the key?"
      : "Ask as a role that may SELECT from the table."
    return [Check.Name.rows, .checksum, .nullFallbacks, .mismatches].map {
      Check($0, .inconclusive, detail: "The rows cannot be read: \(error.message).", help: help)
    }
  }

  private var rows: Int { findings.reduce(0) { $0 + $1.range.rows } }

  private func traffic(_ kinds: [Statement.Kind]) -> Bool {
    scenario.traffic.contains {
      $0.statements.contains { $0.table == 0 && kinds.contains($0.kind) }
    }
  }

  var count: VerifyRecord.Check {
    if let before = reference.before { return count(against: before) }
    if let wanted = reference.count {
      return judged(rows == wanted ? .pass : .fail, "\(wanted) rows", "As --baseline-count says.")
    }
    if let run = reference.run { return count(against: run.record, run.name) }
    return Check(
      .rows, .none, measured: Double(rows), unit: "rows", detail: "Nothing to hold it against.",
      help:
        "Ask before the backfill too: rehearse verify … --out json=before.json, "
        + "then --before before.json.")
  }

  private func judged(_ verdict: Verdict, _ expected: String, _ detail: String)
    -> VerifyRecord.Check
  {
    Check(
      .rows, verdict, measured: Double(rows), unit: "rows", expected: expected, detail: detail,
      help: verdict == .pass
        ? "" : "An UPDATE makes no rows and deletes none: find out who did before going on.")
  }

  /// Rows above the largest key of that time are new, which is no loss.
  private func count(against before: VerifyRecord) -> VerifyRecord.Check {
    let old = findings.prefix(before.ranges.count).reduce(0) { $0 + $1.range.rows }
    let new = rows - old
    let detail = new > 0 ? "\(new) rows more have keys above the largest one of that time." : ""
    if old == before.rows {
      return judged(.pass, "\(before.rows) rows", detail.isEmpty ? "As before." : detail)
    }
    let difference =
      "\(abs(old - before.rows)) rows \(old < before.rows ? "fewer" : "more") than before."
    let isExpected = traffic([.insert, .delete])
    return judged(
      isExpected ? .inconclusive : .fail, "\(before.rows) rows",
      difference + (detail.isEmpty ? "" : " \(detail)")
        + (isExpected ? " The traffic inserts or deletes, so this may be its doing." : ""))
  }

  /// A run without a filter changes every row once.
  private func count(against run: RunRecord, _ name: String) -> VerifyRecord.Check {
    let changed = run.metric(MetricKey("backfill.rows"))?.value.map { Int($0) }
    guard let changed, run.header.world == .live, scenario.backfill?.filter == nil, run.complete,
      !traffic([.insert, .delete])
    else {
      return Check(
        .rows, .none, measured: Double(rows), unit: "rows",
        detail:
          "Run \(name) does not tell how many rows there were: it has to be live and complete, "
          + "without where, inserts and deletes.")
    }
    return judged(
      rows == changed ? .pass : .fail, "\(changed) rows", "Run \(name) changed that many.")
  }

  var checksum: VerifyRecord.Check {
    guard let before = reference.before else {
      return Check(
        .checksum, .none,
        detail:
          "Sums of the rows' hashes, whatever their order, for each of \(findings.count) ranges: "
          + "in the JSON, to be compared by --before.")
    }
    let differing = zip(findings, before.ranges).enumerated().filter {
      $0.element.0.range.keptSum != $0.element.1.keptSum
    }
    let unit = "count"
    guard let first = differing.first else {
      return Check(
        .checksum, .pass, measured: 0, unit: unit, expected: "0 ranges differ",
        detail: "In all columns that the backfill does not write, in \(before.ranges.count) ranges."
      )
    }
    let after = first.offset == 0 ? "" : "above \(before.ranges[first.offset - 1].upTo) "
    let isExpected = traffic([.insert, .delete, .update])
    return Check(
      .checksum, isExpected ? .none : .fail, measured: Double(differing.count), unit: unit,
      expected: isExpected ? "" : "0 ranges differ",
      detail:
        "Ranges of \(before.ranges.count) in which a column that the backfill does not write "
        + "differs, the first with keys \(after)up to \(before.ranges[first.offset].upTo)."
        + (isExpected ? " The traffic writes the table, so they may differ." : ""),
      help: isExpected ? "" : "Compare that range with a copy from before.")
  }

  private func undecided(_ id: VerifyRecord.Check.Name, _ reason: String) -> VerifyRecord.Check {
    Check(
      id, scenario.backfill == nil ? .none : .inconclusive, unit: "rows",
      detail: reason.prefix(1).uppercased() + reason.dropFirst() + ".",
      help: scenario.backfill == nil
        ? "" : "The run itself counted: see backfill.rows_missed and rows_repeated of its record.")
  }

  /// The backfill is to be done for them again, as far as its filter still finds them.
  private func again(_ open: Int) -> String {
    open > 0
      ? "Run the backfill again: it finds \(open) of them."
      : "Its filter does not find them any more: set them to NULL or by hand, in batches."
  }

  private func example(_ key: String?) -> String {
    key.map { ", the first at \(comparison.table.key.name) = \($0)" } ?? ""
  }

  var nulls: VerifyRecord.Check {
    if let reason = comparison.undecidable { return undecided(.nullFallbacks, reason) }
    let count = findings.reduce(0) { $0 + $1.nulls }
    let first = findings.compactMap(\.firstNull).first
    let open = findings.reduce(0) { $0 + $1.openNulls }
    return Check(
      .nullFallbacks, count == 0 ? .pass : .fail, measured: Double(count), unit: "rows",
      expected: "0 rows",
      detail: count == 0
        ? "None is NULL where the expression has a value."
        : "NULL where the expression has a value\(example(first)).",
      help: count == 0 ? "" : again(open))
  }

  var mismatches: VerifyRecord.Check {
    if let reason = comparison.undecidable { return undecided(.mismatches, reason) }
    let count = findings.reduce(0) { $0 + $1.others }
    let first = findings.compactMap(\.firstOther).first
    let whose =
      comparison.filterIsSpent
      ? " Rows that where leaves out are compared too: who writes both columns has to agree." : ""
    let open = findings.reduce(0) { $0 + $1.openOthers }
    let found =
      count == 0
      ? "None has another value than the expression's."
      : "Another value than the expression's\(example(first)).\(comparison.doubt)"
    return Check(
      .mismatches, count == 0 ? .pass : .fail, measured: Double(count), unit: "rows",
      expected: "0 rows", detail: found + whose,
      help: count == 0 ? "" : "Find who writes the column otherwise. \(again(open))")
  }
}
