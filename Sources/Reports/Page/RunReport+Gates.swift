import Gates
import Measurements

extension RunReport {
  var gates: PageSection {
    guard !run.gates.isEmpty else { return PageSection(title: "Gates") }
    let rows = run.gates.map { gate -> HTML in
      let words = GateWords(gate: gate, run: run)
      func text(_ value: Double?) -> String {
        value.map { Human.text($0, unit: words.unit) } ?? "-"
      }
      let known = gate.value ?? (gate.n > 0 ? .infinity : nil)
      let verdict = HTML(trusted: gate.verdict.rawValue)
      return """
        <tr><th scope="row"><b class="\(verdict)">\(gate.word)</b> \(gate.id)</th>
        <td>\(text(known))</td><td>\(gate.expectation)</td><td>\(gate.interval(text))</td>
        <td>\(bar(gate))</td><td class="words">\(words.text)</td></tr>

        """
    }
    let head = ["gate", "measured", "limit", "95% interval", "of the limit", "what it looks at"]
      .map { name -> HTML in "<th scope=\"col\">\(name)</th>" }
    return PageSection(
      title: "Gates",
      lead: """
        <p class="note">Measured is the value that \(Human.share(run.header.assurance)) of the trials
        stay within; the bar is how much of the limit it uses.</p>

        """,
      body: """
        <div class="scroll"><table class="gates"><thead><tr>\(head)</tr></thead>
        <tbody>\(rows)</tbody></table></div>

        """)
  }

  private func bar(_ gate: GateResult) -> HTML {
    guard let value = gate.value, value.isFinite, gate.limit > 0 else { return "-" }
    let share = gate.largerIsWorse ? value / gate.limit : gate.limit / max(value, 1e-300)
    let width = Int((min(1, max(0, share)) * 100).rounded())
    return """
      \(Human.margin(share)) <span class="bar \(HTML(trusted: gate.verdict.rawValue))">\
      <i style="width:\(width)%"></i></span>
      """
  }

  /// The limit of a gate on this metric as a line across its chart; multiples of before need `before`.
  func limits(on name: String, class: String? = nil, before: Double? = nil) -> [TimeChart.Limit] {
    run.gates.compactMap { gate in
      guard gate.metric.name == name, gate.limit.isFinite else { return nil }
      if let wanted = gate.metric["class"], let shown = `class`, wanted != shown { return nil }
      let isMultiple = gate.expectation.hasSuffix("before")
      guard !isMultiple || before != nil else { return nil }
      return TimeChart.Limit(
        label: "\(gate.id): \(gate.expectation)", value: gate.limit * (isMultiple ? before ?? 1 : 1)
      )
    }
  }
}

extension GateResult {
  /// Its verdict for a list.
  var word: String {
    switch (verdict, level) {
    case (.pass, _), (.none, _): "PASS"
    case (.fail, .warn): "warn"
    case (.fail, _): "FAIL"
    case (.inconclusive, _): "????"
    }
  }

  /// The interval of its value, each end as `text` says it; empty where there is none.
  func interval(_ text: (Double?) -> String) -> String {
    guard let low, low.isFinite else { return "" }
    guard let high, high.isFinite else { return "\(text(low)) or more" }
    return "\(text(low)) .. \(text(high))"
  }
}
