import Foundation
import Gates
import Measurements
import Scenarios

/// Candidates side by side for an 80-column screen, by the work they do: a table, the differences from
/// the first one, what the pairing is worth, and what it means, last.
package struct ComparisonText {
  package var record: ComparisonRecord
  package var emphasis: @Sendable (Verdict, String) -> String

  private static let longestName = 21

  package init(
    _ record: ComparisonRecord,
    emphasis: @escaping @Sendable (Verdict, String) -> String = { $1 }
  ) {
    self.record = record
    self.emphasis = emphasis
  }

  package var text: String {
    var parts = [[heading]]
    for work in works {
      parts.append(table(work))
      parts.append(differences(work))
    }
    parts += [pairing, omissions, conclusion]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  private var works: [String] {
    var seen: [String] = []
    for row in record.rows where !seen.contains(row.work) { seen.append(row.work) }
    return seen
  }

  private var heading: String {
    let counts = Set(record.rows.filter { !$0.isCut && $0.trials != nil }.map(\.run.trials))
    let each =
      counts.count == 1 ? counts.first.map { "  \(RunText.plural($0, "trial")) each" } ?? "" : ""
    return "compare  simulated  seed \(record.seed)\(each)"
  }

  /// The reference first, then by when they finish; what does not finish comes last.
  private func rows(_ work: String) -> [ComparisonRecord.Row] {
    let own = record.rows.filter { $0.work == work }
    guard let first = own.first else { return [] }
    func rank(_ row: ComparisonRecord.Row) -> Double {
      row.isFinished ? row.run.value("backfill.duration") ?? 0 : .infinity
    }
    let others = own.dropFirst().enumerated().sorted {
      (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
    }
    return [first] + others.map(\.element)
  }

  private func table(_ work: String) -> [String] {
    var columns = Columns(
      [.left, .left, .right, .right, .right, .right, .right, .right], indent: 2, gap: 1)
    columns.add(["", "gates", "", "finish", "p99", "app waits", "own waits", "lag"])
    let rows = rows(work)
    for row in rows {
      columns.add(
        [shown(row.name), Self.word(row.run.verdict), "\(row.trialsPassed)/\(row.run.trials)"]
          + [finish(row)] + cells(row))
    }
    var lines = columns.lines
    for (index, row) in rows.enumerated() where row.run.verdict != .none {
      let word = Self.word(row.run.verdict)
      guard let range = lines[index + 1].range(of: " \(word) ") else { continue }
      lines[index + 1].replaceSubrange(range, with: " \(emphasis(row.run.verdict, word)) ")
    }
    let title = work.printable.prefix(1).uppercased() + String(work.printable.dropFirst())
    return title.wrapped(to: RunText.width) + lines + notes(rows)
  }

  private func cells(_ row: ComparisonRecord.Row) -> [String] {
    [
      row.run.metric("app.latency.p99"), row.run.metric("locks.wait_total", ["who": "app"]),
      row.run.metric("locks.wait_total", ["who": "backfill"]), row.run.worstLag,
    ].map { $0?.mean.map { Human.brief($0) } ?? "-" }
  }

  private func finish(_ row: ComparisonRecord.Row) -> String {
    if row.isFinished {
      return row.run.value("backfill.duration").map { Human.brief($0) } ?? "-"
    }
    let done = row.run.value("backfill.completed_ratio").map { Human.percent($0) + " done" }
    return row.isCut ? done ?? "cut" : "never"
  }

  private func notes(_ rows: [ComparisonRecord.Row]) -> [String] {
    var lines: [String] = []
    let pacing = rows.filter(\.isPacingOnly).map { shown($0.name) }
    if !pacing.isEmpty {
      lines += ("  Pacing only, over this engine's own batches: " + list(pacing) + ".")
        .wrappedAfterHead(to: RunText.width, head: 2)
    }
    let cut = rows.filter(\.isCut).map { shown($0.name) }
    if !cut.isEmpty {
      lines += ("  Left before the end, for what it takes to follow them: " + list(cut) + ".")
        .wrappedAfterHead(to: RunText.width, head: 2)
    }
    let open = rows.filter { $0.run.verdict == .inconclusive && $0.trialsPassed == $0.run.trials }
    if !open.isEmpty {
      lines +=
        ("  ????  every trial met every gate, but too few were played to be sure of "
        + "\(Human.wholePercent(open[0].run.header.assurance)): rehearse simulate decides.")
        .wrappedAfterHead(to: RunText.width, head: 8)
    }
    return lines
  }

  private func differences(_ work: String) -> [String] {
    guard let first = record.rows.first(where: { $0.work == work }) else { return [] }
    var columns = Columns([.left, .left, .right, .left], indent: 2)
    for row in rows(work).dropFirst() {
      var name = shown(row.name)
      for (label, metric) in [("finish", "backfill.duration"), ("p99", "app.latency.p99")] {
        guard
          let difference = record.differences.first(where: {
            $0.a == first.name && $0.b == row.name && $0.metric.name == metric
          })
        else { continue }
        columns.add([name, label, Human.signed(difference.found.value), interval(difference)])
        name = ""
      }
    }
    guard !columns.rows.isEmpty else { return [] }
    return ["AGAINST \(shown(first.name)), mean difference and its 95% interval"] + columns.lines
  }

  private func interval(_ difference: ComparisonRecord.Difference) -> String {
    guard let low = difference.found.low, let high = difference.found.high else { return "" }
    let range = "\(Human.signed(low)) .. \(Human.signed(high))"
    if !difference.isPaired { return range + "  unpaired" }
    return difference.found.isSignificant ? range : range + "  none seen"
  }

  private var pairing: [String] {
    guard let factor = record.narrowing, let best = record.narrowings.last else { return [] }
    return
      ("PAIRED  Every trial has the same arrivals, keys and demands for all candidates: the "
      + "intervals are \(Human.digits(factor)) times narrower (median; at best "
      + "\(Human.digits(best)) times) than independent trials would give.").wrappedAfterHead(
        to: RunText.width, head: 8)
  }

  private var omissions: [String] {
    guard !record.leftOut.isEmpty else { return [] }
    var reasons: [String] = []
    for omission in record.leftOut where !reasons.contains(omission.reason) {
      reasons.append(omission.reason)
    }
    return reasons.flatMap { reason in
      let names = record.leftOut.filter { $0.reason == reason }.map { shown($0.name) }
      return ("LEFT OUT  \(list(names)): \(reason.printable)")
        .wrappedAfterHead(to: RunText.width, head: 10)
    }
  }

  private var conclusion: [String] {
    guard !record.sentence.isEmpty else { return [] }
    return "SO  \(record.sentence.printable)".wrappedAfterHead(to: RunText.width, head: 4)
  }

  private func list(_ names: [String]) -> String { names.joined(separator: ", ") }

  private func shown(_ name: String) -> String {
    let name = name.printable
    return name.count > Self.longestName ? String(name.prefix(Self.longestName - 2)) + ".." : name
  }

  private static func word(_ verdict: Verdict) -> String {
    switch verdict {
    case .pass: "PASS"
    case .fail: "FAIL"
    case .inconclusive: "????"
    case .none: "none"
    }
  }
}

extension RunRecord {
  /// Of the replica that is furthest behind.
  var worstLag: RunMetric? {
    metrics.filter { $0.metric.name == "replica.lag.max" }.max {
      ($0.mean ?? -1) < ($1.mean ?? -1)
    }
  }
}

extension Human {
  /// Seconds in at most nine columns.
  static func brief(_ seconds: Double) -> String {
    if seconds.isInfinite { return "never" }
    if seconds < 119.95 { return duration(seconds) }
    let minutes = Int((seconds / 60).rounded())
    if minutes < 120 { return "\(minutes) min" }
    if minutes < 6_000 { return "\(minutes / 60)h \(minutes % 60)min" }
    return seconds > 3.15e9 ? ">100 y" : "\(minutes / 1_440) d"
  }

  /// The same with its sign.
  static func signed(_ seconds: Double) -> String {
    (seconds < 0 ? "-" : "+") + brief(abs(seconds))
  }
}
