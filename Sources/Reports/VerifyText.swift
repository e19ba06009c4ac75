import Gates
import Measurements

/// The checks of a table for an 80-column screen, each with what to do, and the verdict last.
package struct VerifyText {
  package var record: VerifyRecord
  /// How the verdict words are set off.
  package var emphasis: @Sendable (Verdict, String) -> String

  package init(
    _ record: VerifyRecord, emphasis: @escaping @Sendable (Verdict, String) -> String = { $1 }
  ) {
    self.record = record
    self.emphasis = emphasis
  }

  package var text: String {
    ([heading, checks, verdict].map { $0.joined(separator: "\n") }).joined(separator: "\n\n") + "\n"
  }

  private var heading: [String] {
    let what = "\(record.name)  verify  \(record.table)  PostgreSQL \(record.serverVersion)"
    let rows = RunText.plural(record.rows, "row")
    return [what]
      + "\(rows) read from \(record.read), \(record.target)"
      .wrapped(to: RunText.width, indent: "  ")
  }

  private var checks: [String] {
    var columns = Columns([.left, .left, .right, .left], indent: 2)
    columns.add(["", "", "measured", "expected"])
    for check in record.checks {
      let measured = check.measured.map { Human.text($0, unit: check.unit) } ?? "-"
      columns.add([Self.word(check.verdict), check.id.rawValue, measured, check.expected])
    }
    let rows = columns.lines
    var lines = ["CHECKS" + rows[0].dropFirst(6)]
    for (check, row) in zip(record.checks, rows.dropFirst()) {
      let word = Self.word(check.verdict)
      lines.append(row.prefix(2) + emphasis(check.verdict, word) + row.dropFirst(2 + word.count))
      lines += paragraph(check.detail)
      if !check.help.isEmpty { lines += paragraph("Do: \(check.help)") }
    }
    return lines
  }

  private func paragraph(_ text: String) -> [String] {
    text.wrapped(to: RunText.width - 8).map { "        " + $0 }
  }

  private static func word(_ verdict: Verdict) -> String {
    switch verdict {
    case .pass: "PASS"
    case .fail: "FAIL"
    case .inconclusive: "????"
    case .none: "-"
    }
  }

  private var verdict: [String] {
    func named(_ verdict: Verdict) -> String {
      record.checks.filter { $0.verdict == verdict }.map(\.id.rawValue).joined(separator: ", ")
    }
    let (word, sentence) =
      switch record.verdict {
      case .pass: ("PASS", "every check that could be judged passed.")
      case .fail: ("FAIL", "failed: \(named(.fail)).")
      case .inconclusive: ("INCONCLUSIVE", "could not be decided: \(named(.inconclusive)).")
      case .none: ("NONE", "there was nothing to judge by.")
      }
    let open = named(.none)
    let more = open.isEmpty ? "" : " Not judged: \(open)."
    var lines = "VERDICT  \(word): \(sentence)\(more)".wrappedAfterHead(to: RunText.width, head: 9)
    lines[0] = "VERDICT  " + emphasis(record.verdict, word) + lines[0].dropFirst(9 + word.count)
    return lines
  }
}
