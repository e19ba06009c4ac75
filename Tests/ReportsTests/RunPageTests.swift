import Foundation
import Gates
import Testing

@testable import Measurements
@testable import Reports

@Suite("A run as a page")
struct RunPageTests {
  private func page(_ runs: RunRecord...) -> String {
    RunPage(runs.map { RunPage.Input($0, source: "orders.yaml") }).text
  }

  @Test("A mark with an accent on it is still that mark, to a shell, to HTML and to Markdown")
  func accents() {
    #expect(HTML.escaped("<\u{301}b\r\n") == "&lt;\u{301}b\u{FFFD}\n")
    #expect(Shell.quoted("a'\u{301}; rm") == "'a'\\''\u{301}; rm'")
    #expect(MarkdownText.code("`\u{301}<b>") == "`'\u{301}<b>`")
  }

  private func count(_ part: String, in text: String) -> Int {
    text.components(separatedBy: part).count - 1
  }

  /// Without scripts: the library's own text is none of ours.
  private func words(_ page: String) -> String {
    page.replacing(/<script[\s\S]*?<\/script>/, with: "")
  }

  @Test("It answers how long, how much worse, what binds, when to abort, how sure, how to repeat")
  func answers() {
    let text = words(page(Sample.wholeRun()))
    for answer in [
      "How long does it take?</dt><dd><strong>5 h 33 min",
      "How much worse for the application?</dt><dd><strong>1.33x the p99",
      "Which limit binds?</dt><dd><strong>deadline", "17% beyond its limit", "When to abort?",
      "How sure is this?</dt><dd><strong>30 simulated executions", "rehearse simulate orders.yaml",
      "seed 7",
    ] { #expect(text.contains(answer), "\(answer)") }
  }

  @Test("A name from a scenario becomes text and nothing else, in the page and in its charts")
  func hostile() {
    let name = "</script><img src=x onerror=alert(1)>\u{1B}[31m\u{202E}'\"&"
    var run = Sample.wholeRun()
    run.header.name = name
    run.header.scenario.append(.init(path: "name", value: name, origin: "--set"))
    run.header.warnings = [.init(code: "RH0001", message: name)]
    run.gates[0].id = name
    run.metrics.append(
      Sample.metric("app.latency.p99", "s", 1, ["class": name, "phase": "during"]))
    let column = RunCourse.Column(
      name: "app.latency.p99{class=\(name)}", unit: "s", middle: [1, 2], low: nil, high: nil)
    run.course?.columns.append(column)
    let text = page(run)
    // The library has an image tag of its own, for tooltips that ask for one.
    let own = text.replacing(ChartLibrary.script ?? "", with: "")
    #expect(!own.contains("<img"))
    #expect(!own.contains("\u{1B}") && !own.contains("\u{202E}"))
    let plain = page(Sample.wholeRun())
    for tag in ["<script", "</script", "onerror=\""] {
      #expect(count(tag, in: text) == count(tag, in: plain), "\(tag)")
    }
    #expect(words(text).contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"))
  }

  @Test("Nothing is fetched: no address but the licence's, and a policy that forbids it")
  func selfContained() {
    let text = words(page(Sample.wholeRun()))
    #expect(text.contains("default-src 'none'"))
    for part in ["http://", "https://", " src=", "<link", "@import", "url("] {
      #expect(!text.contains(part), "\(part)")
    }
    #expect(page(Sample.wholeRun(), Sample.wholeRun()).utf8.count < 2 << 20)
  }

  @Test("Resolved values stand as code, and no tag of ours is to be read anywhere")
  func values() {
    let text = words(page(Sample.wholeRun()))
    #expect(text.contains("<code>strategy.workers</code></th><td><code>2</code></td>"))
    #expect(!text.contains("&lt;code"))
  }

  @Test("What stopping loses depends on whether it is one transaction, whatever preset made it so")
  func stopping() {
    var run = Sample.wholeRun()
    #expect(words(page(run)).contains("Each batch is a transaction of its own"))
    run.header.scenario += [
      .init(path: "strategy.preset", value: "django", origin: "file:2:2"),
      .init(path: "strategy.planner", value: "monolithic", origin: "preset django"),
    ]
    #expect(words(page(run)).contains("It is one transaction: stopping undoes everything"))
  }

  @Test("A run without a course, replicas or locks draws no chart of nothing")
  func bare() {
    var run = Sample.run(gates: [Sample.latency], metrics: [])
    run.samples = nil
    let text = page(run)
    #expect(!text.contains("data-chart=\"") && !text.contains("Replication lag</h2>"))
    #expect(text.contains("Gates</h2>"))
  }

  @Test("Each chart has its numbers as a table, so that it reads without scripts")
  func numbers() {
    let text = words(page(Sample.wholeRun()))
    let charts = count("data-chart=\"", in: text)
    #expect(charts == 8)
    #expect(count("<details class=\"numbers\" open>", in: text) == charts)
    #expect(count("<summary>Numbers</summary>\n<div class=\"scroll\"><table>", in: text) == charts)
  }

  @Test("A simulated and a live run of one scenario share a report; another scenario has its own")
  func overlay() {
    var live = Sample.wholeRun()
    live.header.world = .live
    live.trials = 1
    let both = words(page(live, Sample.wholeRun()))
    #expect(count("<article>", in: both) == 1)
    #expect(both.contains("Simulated and live</h2>"))
    #expect(both.contains("<p class=\"strip\">simulated"))
    var other = Sample.wholeRun()
    other.header.name = "other"
    #expect(count("<article>", in: page(Sample.wholeRun(), other)) == 2)
  }

  @Test("A chart's JSON reads back and cannot end the script that holds it")
  func json() throws {
    let spec: Spec = ["a": ["</script>\u{2028}&\"\\", 1.5, nil, true, -3], "b": ["c": "ä"]]
    #expect(!spec.json.contains("<") && !spec.json.contains("&"))
    let read = try JSONSerialization.jsonObject(with: Data(spec.json.utf8)) as? [String: Any]
    let list = try #require(read?["a"] as? [Any])
    #expect(list[0] as? String == "</script>\u{2028}&\"\\")
    #expect(list[1] as? Double == 1.5 && list[2] is NSNull && list[4] as? Int == -3)
  }
}
