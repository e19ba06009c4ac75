import Gates
import Measurements

/// Gates as test cases, in the XML that CI servers read: a suite for each run.
package struct JUnitText {
  package var runs: [RunPage.Input]
  /// What a comparison with a baseline found; further cases.
  package var regressions: [String: [BaselineCheck.Row]]

  package init(_ runs: [RunPage.Input], regressions: [String: [BaselineCheck.Row]] = [:]) {
    self.runs = runs
    self.regressions = regressions
  }

  package var text: String {
    let suites = runs.map(suite)
    let page: HTML = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites>
      \(suites)</testsuites>

      """
    return page.text
  }

  private func suite(_ input: RunPage.Input) -> HTML {
    let run = input.record
    let name = run.header.name
    var cases = run.gates.map { gateCase($0, run) }
    cases += (regressions[name] ?? []).map { regressionCase($0, name) }
    let failures = cases.count { $0.kind == .failure }
    let errors = cases.count { $0.kind == .error }
    let properties: [(String, String)] =
      [
        ("world", run.header.world.rawValue), ("seed", "\(run.header.seed)"),
        ("trials", "\(run.trials)"), ("model_version", "\(run.header.modelVersion)"),
        ("verdict", run.verdict.rawValue), ("complete", "\(run.complete)"),
      ] + run.header.versions.sorted { $0.key < $1.key }.map { ("version.\($0.key)", $0.value) }
    return """
      <testsuite name="\(name)" tests="\(cases.count)" failures="\(failures)" errors="\(errors)" \
      skipped="0" time="0">
      <properties>
      \(properties.map { key, value -> HTML in "<property name=\"\(key)\" value=\"\(value)\"/>\n" })\
      </properties>
      \(cases.map(\.element))</testsuite>

      """
  }

  private struct Case {
    enum Kind { case pass, failure, error }
    var kind: Kind
    var element: HTML
  }

  private func gateCase(_ gate: GateResult, _ run: RunRecord) -> Case {
    let words = GateWords(gate: gate, run: run)
    let value = gate.value.map { Human.text($0, unit: words.unit) } ?? "nothing measured"
    let message = "\(value), wanted \(gate.expectation)"
    let kind: Case.Kind =
      switch (gate.verdict, gate.level) {
      case (.fail, .error): .failure
      case (.inconclusive, .error): .error
      default: .pass
      }
    let inner: HTML =
      switch kind {
      case .failure: "<failure message=\"\(message)\" type=\"gate\">\(words.text)</failure>"
      case .error: "<error message=\"\(message)\" type=\"inconclusive\">\(words.text)</error>"
      case .pass: "<system-out>\(gate.word): \(message); \(words.text)</system-out>"
      }
    return Case(
      kind: kind, element: element("\(gate.id): \(gate.expectation)", run.header.name, inner))
  }

  private func regressionCase(_ row: BaselineCheck.Row, _ name: String) -> Case {
    let inner: HTML =
      row.isWorse
      ? "<failure message=\"\(row.words)\" type=\"regression\">\(row.words)</failure>"
      : "<system-out>\(row.words)</system-out>"
    return Case(
      kind: row.isWorse ? .failure : .pass,
      element: element("baseline: \(row.name)", name, inner))
  }

  private func element(_ name: String, _ run: String, _ inner: HTML) -> HTML {
    """
    <testcase classname="rehearse.\(run)" name="\(name)" time="0">\(inner)</testcase>

    """
  }
}
