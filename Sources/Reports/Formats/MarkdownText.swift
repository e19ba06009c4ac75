import Gates
import Measurements

/// Runs as Markdown for a step summary or a comment.
package struct MarkdownText {
  package var runs: [RunPage.Input]
  package var checks: [String: BaselineCheck]
  /// Bytes: a comment on GitHub takes 64 KiB, a step summary 1 MiB.
  package static let largest = 60_000

  package init(_ runs: [RunPage.Input], checks: [String: BaselineCheck] = [:]) {
    self.runs = runs
    self.checks = checks
  }

  /// As much as fits: all, else without the details, else the verdicts of the first runs.
  package var text: String {
    for detail in [Detail.all, .gates, .verdicts] {
      let text = runs.map { part($0, detail) }.joined(separator: "\n")
      if text.utf8.count <= Self.largest { return text }
    }
    var text = ""
    for (index, run) in runs.enumerated() {
      let more = part(run, .verdicts)
      guard text.utf8.count + more.utf8.count < Self.largest - 100 else {
        return text + "\nand \(runs.count - index) more\n"
      }
      text += more
    }
    return text
  }

  private enum Detail { case all, gates, verdicts }

  private func part(_ input: RunPage.Input, _ detail: Detail) -> String {
    let run = input.record
    let word = run.verdict == .none ? "NO GATES" : run.verdict.rawValue.uppercased()
    let kind =
      run.header.world == .live
      ? "live" : "\(RunText.plural(run.trials, "simulated trial")), seed \(run.header.seed)"
    var blocks = [
      "### \(Self.code(run.header.name)): **\(word)**\n",
      "\(Self.plain(VerdictWords(run: run).sentence)) (\(kind))\n",
    ]
    if let check = checks[run.header.name] { blocks.append(check.markdown) }
    if detail != .verdicts { blocks.append(gates(run)) }
    if detail == .all {
      blocks.append(application(run))
      blocks.append(work(input))
    }
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func gates(_ run: RunRecord) -> String {
    guard !run.gates.isEmpty else { return "" }
    var table = MarkdownTable(["", "gate", "measured", "limit", "95% interval", "trials within"])
    for gate in run.gates {
      let words = GateWords(gate: gate, run: run)
      func text(_ value: Double?) -> String {
        value.map { Human.text($0, unit: words.unit) } ?? "-"
      }
      table.add([
        gate.verdict == .pass ? gate.word : "**\(gate.word)**", Self.code(gate.id),
        text(gate.value), Self.code(gate.expectation), gate.interval(text),
        "\(gate.trialsPassed) of \(gate.n)",
      ])
    }
    return table.text
  }

  private func application(_ run: RunRecord) -> String {
    var table = MarkdownTable(["application", "", "before", "during", "after"])
    for name in run.labels("class", of: "app.latency.p99") {
      for (title, metric) in [
        ("p50", "app.latency.p50"), ("p99", "app.latency.p99"),
        ("not served", "app.unserved_ratio"),
      ] {
        let cells = ["before", "during", "after"].map {
          run.metric(metric, ["class": name, "phase": $0])?.text ?? "-"
        }
        table.add([Self.code(name), title] + cells)
      }
    }
    return table.rows.isEmpty ? "" : table.text
  }

  private func work(_ input: RunPage.Input) -> String {
    let run = input.record
    let lines = WorkLines(run: run).lines + LimitLines(run: run).lines
    let report = RunReport([input])
    let text = lines.joined(separator: "\n") + "\n\n" + report.command
    return "<details><summary>The backfill, and how to reproduce it</summary>\n\n"
      + Self.block(text) + "\n</details>\n"
  }

  /// A name as code: nothing in it is Markdown, HTML or a mention.
  static func code(_ text: String) -> String {
    let bare = text.shown.replacing(["\n": " ", "\t": " ", "`": "'", "|": "\\|"])
    return bare.isEmpty ? "" : "`\(bare)`"
  }

  /// Words of ours with names in them.
  static func plain(_ text: String) -> String {
    var escapes: [Unicode.Scalar: String] = ["\n": " "]
    for mark in "\\`*_[]<>|~@#&".unicodeScalars { escapes[mark] = "\\\(mark)" }
    return text.shown.replacing(escapes)
  }

  /// Indented, so that no line of it can end the block.
  private static func block(_ text: String) -> String {
    text.shown.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "\n" : "    \($0)\n" }.joined()
  }
}

struct MarkdownTable {
  var head: [String]
  private(set) var rows: [[String]] = []

  init(_ head: [String]) { self.head = head }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  var text: String {
    let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |\n" }
    return line(head) + line(head.map { _ in "---" }) + rows.map(line).joined()
  }
}
