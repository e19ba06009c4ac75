import Foundation
import Gates
import Testing

@testable import Measurements
@testable import Reports

@Suite("A run for other programs")
struct FormatTests {
  private let input: RunPage.Input = {
    var run = Sample.run(gates: [Sample.latency, Sample.lag, Sample.deadline])
    run.header.scenario += [
      .init(path: "gates.replica-lag.expect", value: "<= 10s", origin: "file:41:12"),
      .init(path: "gates.deadline.expect", value: "<= deadline", origin: "file:42:12"),
    ]
    return RunPage.Input(run, source: "a b.yaml --variant fast")
  }()

  @Test("A failed gate is an error on its line, an open one too; a pass says nothing")
  func annotations() {
    #expect(
      Annotations(input.gateFindings).text == """
        ::error file=a b.yaml,line=41,col=12,title=orders-status%3A gate replica-lag is \
        inconclusive::replica.lag.max is 9.80 s, the gate wants <= 10s (replica.lag.max; 27 of 30 \
        trials within)
        ::error file=a b.yaml,line=42,col=12,title=orders-status%3A gate deadline failed\
        ::backfill.duration is 5 h 52 min, the gate wants <= deadline (backfill.duration; 0 of 30 \
        trials within; first beyond it after 5 h)

        """)
  }

  @Test("Nothing in a finding can begin another command")
  func escaping() {
    let finding = Finding(
      rule: "r", level: .warning, title: "a,b:c\n::error::x", message: "50%\r\n::set-env::y",
      path: "f,1:2.yaml", line: 1, column: 1)
    #expect(
      Annotations([finding]).text == """
        ::warning file=f%2C1%3A2.yaml,line=1,col=1,title=a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ax\
        ::50%25\u{FFFD}%0A::set-env::y

        """)
  }

  @Test("Beyond nine of a kind the rest is counted")
  func cap() {
    let many = (1...30).map {
      Finding(rule: "r", level: .error, title: "t", message: "m", path: "f", line: $0)
    }
    let lines = Annotations(many).text.split(separator: "\n")
    #expect(lines.count == 10 && lines[9] == "::error::and 21 more, see the summary")
  }

  @Test("JUnit has a case for each gate: passed, failed, or an error where it is open")
  func junit() throws {
    let text = JUnitText([input]).text
    #expect(text.contains("tests=\"3\" failures=\"1\" errors=\"1\""))
    #expect(text.contains("<error message=\"9.80 s, wanted &lt;= 10s\" type=\"inconclusive\">"))
    #expect(text.contains("<failure message=\"5 h 52 min, wanted &lt;= deadline\" type=\"gate\">"))
    #expect(text.contains("<property name=\"seed\" value=\"7\"/>"))
  }

  @Test("Code scanning gets the place, a stable fingerprint and a relative, escaped address")
  func sarif() throws {
    let text = try jsonText(SARIFDocument(input.gateFindings, toolVersion: "1"))
    for part in [
      "\"uri\" : \"a%20b.yaml\"", "\"uriBaseId\" : \"%SRCROOT%\"", "\"startLine\" : 42",
      "\"rehearse/v1\" : \"gate-failed orders-status: gate deadline failed\"",
      "\"version\" : \"2.1.0\"",
    ] { #expect(text.contains(part), "\(part)") }
  }

  @Test("OpenMetrics names each family once, with its unit, and ends")
  func openMetrics() {
    let text = OpenMetricsText([input.record, input.record]).text
    let types = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
    #expect(Set(types).count == types.count)
    #expect(text.contains("# UNIT rehearse_backfill_duration_seconds seconds\n"))
    #expect(
      text.contains(
        "rehearse_replica_lag_max_seconds{scenario=\"orders-status\",world=\"simulated\","
          + "replica=\"replica-a\"} 9.1\n"))
    #expect(text.hasSuffix("\n# EOF\n"))
  }

  @Test("CSV rows have the head's columns, quotes where needed, and no formula")
  func csv() {
    var run = input.record
    run.header.name = "=cmd(), \"x\""
    let rows = CSVText([run]).text.components(separatedBy: "\r\n")
    #expect(rows[0].hasPrefix("scenario,world,seed,trials,metric,labels,unit,value"))
    #expect(rows[1].hasPrefix("\"'=cmd(), \"\"x\"\"\",simulated,7,30,"))
    #expect(rows.count == run.metrics.count + 2)
  }

  @Test("Markdown shows every gate, and names are code that nothing gets out of")
  func markdown() {
    var hostile = input
    hostile.record.header.name = "`|<img>\n# @team"
    let text = MarkdownText([hostile]).text
    #expect(text.hasPrefix("### `'\\|<img> # @team`: **FAIL**\n"))
    #expect(text.contains("| **FAIL** | `deadline` | 5 h 52 min | `<= deadline` |"))
    #expect(text.contains("| `checkout` | p99 | 12.0 ms | 16.0 ms | 20.0 ms |"))
  }

  @Test("Markdown of any number of runs fits a comment, and says what was left out")
  func markdownCap() {
    for count in [1, 60, 200, 2_000] {
      let text = MarkdownText(Array(repeating: input, count: count)).text
      #expect(text.utf8.count <= 60_000)
      #expect(text.contains("and ") == (count == 2_000) || count < 2_000)
    }
    #expect(MarkdownText(Array(repeating: input, count: 2_000)).text.hasSuffix(" more\n"))
  }
}
