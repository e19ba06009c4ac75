import Foundation
import Gates
import Scenarios
import Testing

@testable import Measurements
@testable import Reports
@testable import Tuning

@Suite("What tuning came to, as a page")
struct TunePageTests {
  private static let rows = "strategy.batch.rows"

  private func candidate(_ size: Double, workers: Int) -> Candidate {
    Candidate(
      values: [
        TunedValue(path: Self.rows, text: "\(Int(size))"),
        TunedValue(path: "strategy.workers", text: "\(workers)"),
      ], size: size)
  }

  /// Two workers are met up to 2,000 rows, one up to 8,000.
  private func result(gate id: String = "p99", limit: Double = 0.05) -> TuneResult {
    let rule = GateRule(
      id: id, metric: MetricKey("app.latency.p99"), comparison: .atMost, limit: .value(limit),
      expectation: "<= \(Human.duration(limit))")
    var result = TuneResult(
      name: "orders", seed: 7,
      settings: TuneSettings(
        objective: .minDuration,
        axes: [
          TuneAxis(
            path: Self.rows,
            values: .range(
              TuneRange(low: 200, high: 50_000, scale: .log, dimension: .count))),
          TuneAxis(path: "strategy.workers", values: .list(["1", "2"])),
        ]),
      constraints: [Constraint(index: 0, rule: rule, limit: limit)])
    for workers in [1, 2] {
      for size in [8_000.0, 500, 2_000, 32_000] {
        let latency = size * Double(workers) * 6e-6 * Double(workers)
        let sample = Tuning.Sample(
          gateValues: [latency], duration: 4e6 / size / Double(workers), latency: latency)
        result.evaluations.append(
          Evaluation(candidate: candidate(size, workers: workers), samples: [sample]))
      }
    }
    return result
  }

  private func recommending() -> TuneResult {
    var result = result()
    let own = result.evaluations[6]
    result.recommended = .init(
      candidate: own.candidate, share: 1, boundary: own, evaluation: own, confirmation: nil,
      record: Sample.wholeRun(), equals: [])
    result.binding = .gate(id: "p99")
    result.sensitivity = [
      Sensitivity(
        path: "database.costs.update_row", isWritten: false, duration: 0.31, margin: 0.12,
        breaks: "p99"),
      Sensitivity(
        path: "table.rows", isWritten: true, duration: 0.4, margin: 0, breaks: nil),
    ]
    return result
  }

  private func words(_ result: TuneResult) -> String {
    TunePage(result, source: "s.yaml").text.replacing(/<script[\s\S]*?<\/script>/, with: "")
  }

  private func row(_ cells: String...) -> String {
    "<tr><th scope=\"row\">\(cells[0])</th>"
      + cells.dropFirst().map { "<td>\($0)</td>" }.joined() + "</tr>"
  }

  @Test("The safe stretch of each combination is a line of the chart and a row of its numbers")
  func safeRegion() throws {
    let result = recommending()
    let text = words(result)
    #expect(text.contains(row("workers 1", "8,000", "8 min 20 s", "32,000", "p99")), "\(text)")
    #expect(text.contains(row("workers 2", "2,000", "16 min 40 s", "8,000", "p99")))
    let chart = try #require(SearchChart(result)).spec.json
    #expect(chart.components(separatedBy: "\"verdict\":\"recommended\"").count == 2)
    #expect(chart.contains("{\"line\":\"workers 1\",\"size\":500,\"high\":8000}"))
    #expect(chart.contains("{\"line\":\"workers 2\",\"size\":500,\"high\":2000}"))
    #expect(text.contains("Bound by gate p99"))
    #expect(text.contains("<pre>rehearse tune s.yaml --sensitivity</pre>"))
  }

  @Test("What the result depends on is there with its direction, and where the number is from")
  func sensitivity() {
    let text = words(recommending())
    #expect(
      text.contains(row("database.costs.update_row", "+31.0%", "+12.0%", "a default", "misses p99"))
    )
    #expect(text.contains(row("table.rows", "+40.0%", "0%", "the scenario", "")))
  }

  @Test("Where nothing is feasible it says what keeps out what, and draws nothing of a setting")
  func infeasible() {
    var result = result(limit: 1e-9)
    let nearest = result.evaluations[1]
    let reading = Constraint.Reading(
      constraint: result.constraints[0], value: 0.003, missed: 1, of: 1)
    result.exclusions = [
      .init(constraint: result.constraints[0], points: 8, nearest: nearest, reading: reading)
    ]
    let text = words(result)
    #expect(text.contains("NOTHING FEASIBLE"))
    #expect(text.contains("What keeps every setting out"))
    #expect(text.contains("<td>8 of 0</td><td>3.00 ms</td>"))
    #expect(!text.contains("What the result depends on"))
    #expect(!text.contains("How to reproduce it"))
  }

  @Test("A name from a scenario becomes text and nothing else")
  func hostile() {
    let name = "</script><img src=x onerror=alert(1)>\u{1B}[31m"
    var result = result(gate: name)
    result.name = name
    let text = TunePage(result, source: name).text.replacing(ChartLibrary.script ?? "", with: "")
    #expect(!text.contains("<img") && !text.contains("\u{1B}"))
    let plain = TunePage(self.result(), source: "s.yaml").text
      .replacing(ChartLibrary.script ?? "", with: "")
    #expect(
      text.components(separatedBy: "<script").count
        == plain.components(separatedBy: "<script").count)
  }
}
