import Gates
import Measurements

/// The gates of a run, two lines each: the numbers, then the metric in words.
struct GateLines {
  var run: RunRecord
  var emphasis: @Sendable (Verdict, String) -> String

  var lines: [String] {
    guard !run.gates.isEmpty else { return [] }
    var columns = Columns([.left, .left, .right, .left, .left, .right], indent: 2)
    columns.add(["", "", "measured", "limit", "95% interval", "margin"])
    for gate in run.gates { columns.add(cells(gate)) }
    let rows = columns.lines
    var lines = ["GATES" + rows[0].dropFirst(5)]
    for (gate, row) in zip(run.gates, rows.dropFirst()) {
      let word = gate.word
      lines.append(row.prefix(2) + emphasis(gate.verdict, word) + row.dropFirst(2 + word.count))
      lines += GateWords(gate: gate, run: run).text.wrapped(to: RunText.width - 8)
        .map { "        " + $0 }
    }
    return lines
  }

  private func cells(_ gate: GateResult) -> [String] {
    let unit = GateWords(gate: gate, run: run).unit
    func text(_ value: Double?) -> String { value.map { Human.text($0, unit: unit) } ?? "-" }
    let known = gate.value ?? (gate.n > 0 ? .infinity : nil)
    var margin = ""
    if let far = gate.margin, far.isFinite, gate.limit != 0 {
      let share = far / abs(gate.limit)
      margin = (share >= 0 ? "+" : "") + Human.margin(share)
    }
    return [gate.word, gate.id, text(known), gate.expectation, gate.interval(text), margin]
  }
}
