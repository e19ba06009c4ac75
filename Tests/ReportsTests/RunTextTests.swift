import Foundation
import Gates
import Measurements
import Reports
import Testing

@Suite("A run as text")
struct RunTextTests {
  @Test("Gates come first, the verdict and the next command last")
  func whole() {
    let text = RunText(
      Sample.run(gates: [Sample.latency, Sample.lag, Sample.deadline]), source: "orders.yaml"
    ).text
    #expect(
      text == """
        orders-status  simulated  seed 7  30 trials
        uncalibrated: the costs are defaults, not measured on this server

        GATES                  measured  limit        95% interval             margin
          PASS  app-p99         31.4 ms  <= 40ms      30.2 ms .. 32.9 ms         +22%
                app.latency.p99 of class checkout, worst of each 1min; 30 of 30 trials
                within
          ????  replica-lag      9.80 s  <= 10s       8.20 s .. 11.9 s            +2%
                replica.lag.max; 27 of 30 trials within
          FAIL  deadline     5 h 52 min  <= deadline  5 h 41 min .. 6 h 3 min    -17%
                backfill.duration; 0 of 30 trials within; first beyond it after 5 h

        BACKFILL  240 M rows in 48,000 batches of 5,000, 2 workers
          duration        5 h 33 min (mean within 5 h 32 min .. 5 h 35 min)
          rate            12,000 rows/s
          one batch       mean 460 ms, longest 1.90 s
          standing still  pause 40 min, throttle 4 h 13 min
          trouble         retries 3
          log             in all 612 GiB
          row versions    dead at most 48.0 M
          replica-a       lag at most 9.10 s, gone after 12.0 s

        APPLICATION                 before   during    after
          checkout   p50           4.00 ms  5.00 ms  6.00 ms
                     p99           12.0 ms  16.0 ms  20.0 ms
                     longest             -        -        -
                     unserved           0%       0%       0%
          row locks  waits               0        7       14
                     mean wait           -        -        -
                     most blocked        -        -        -

        LIMITED BY  the throttle (38% of the workers' time), then its own pauses (6% of
                    the workers' time)

        VERDICT  FAIL: 1 of 3 gates failed: deadline. Undecided: replica-lag.
                 Next: rehearse plan orders.yaml   (which resource binds)

        """)
  }

  private func last(_ run: RunRecord) -> [String] {
    RunText(run, source: "s.yaml").text.split(separator: "\n").suffix(2).map(String.init)
  }

  @Test("A pass names no gate")
  func pass() {
    #expect(last(Sample.run(gates: [Sample.latency]))[0] == "VERDICT  PASS: the gate passed.")
  }

  @Test("An inconclusive run says how many trials would decide")
  func inconclusive() {
    var gate = Sample.lag
    gate.trialsPassed = 29
    let lines = last(Sample.run(gates: [gate]))
    // 68 or more of 70 have a chance of 2.42 % where nine in ten pass.
    #expect(
      lines == [
        "VERDICT  INCONCLUSIVE: undecided: replica-lag. About 70 trials would decide.",
        "         Next: rehearse simulate s.yaml --trials 400",
      ])
  }

  @Test("A share at the assurance itself is too close to call")
  func tooClose() {
    let text = RunText(Sample.run(gates: [Sample.lag])).text
    #expect(text.contains("Too close to call"))
  }

  @Test("A gate without a single value says that nothing was measured")
  func unmeasured() {
    let gate = Sample.gate(
      "g", MetricKey("replica.lag.max"), "<= 10s", .inconclusive, value: nil, low: nil, high: nil,
      limit: 10, passed: 0, of: 0)
    let text = RunText(Sample.run(gates: [gate])).text
    #expect(text.contains("????  g         -  <= 10s"))
    #expect(text.contains("replica.lag.max; nothing was measured"))
    #expect(text.contains("Nothing was measured for it."))
  }

  @Test("A warning does not change the verdict, and is named")
  func warning() {
    let warned = Sample.gate(
      "disk", MetricKey("replica.lag.max"), "<= 10s", .fail, value: 12, low: 11, high: 13,
      limit: 10,
      passed: 0, level: .warn)
    let run = Sample.run(gates: [Sample.latency, warned])
    #expect(last(run)[0] == "VERDICT  PASS: the gate passed. Warnings: disk.")
    #expect(RunText(run).text.contains("warn  disk"))
  }

  @Test("What never ended says so, as a fresh run and as one read back from JSON")
  func infinite() throws {
    var gate = Sample.deadline
    gate.value = .infinity
    gate.high = nil
    let run = Sample.run(gates: [gate])
    let text = RunText(run).text
    #expect(text.contains("not finished  <= deadline"))
    let stored = try JSONDecoder().decode(RunRecord.self, from: Data(jsonText(run).utf8))
    #expect(RunText(stored).text == text)
  }

  @Test("A run that was cut short says so twice")
  func cutShort() {
    var run = Sample.run(gates: [Sample.latency], complete: false)
    run.verdict = .inconclusive
    let text = RunText(run, source: "s.yaml").text
    #expect(text.hasPrefix("orders-status  simulated  seed 7  30 trials  INCOMPLETE\n"))
    #expect(text.contains("VERDICT  INCONCLUSIVE: too few trials were run. The run was cut short."))
  }

  @Test("No line is wider than 80 columns")
  func width() {
    let text = RunText(Sample.run(gates: [Sample.latency, Sample.lag, Sample.deadline])).text
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("Emphasis changes the verdict words and nothing else")
  func emphasis() {
    let run = Sample.run(gates: [Sample.latency, Sample.lag, Sample.deadline])
    let marked = RunText(run) { _, word in "<\(word)>" }.text
    #expect(marked.contains("<PASS>  app-p99"))
    #expect(marked.contains("<????>  replica-lag"))
    #expect(marked.contains("VERDICT  <FAIL>: 1 of 3"))
    let plain = marked.replacingOccurrences(of: "<PASS>", with: "PASS")
      .replacingOccurrences(of: "<FAIL>", with: "FAIL")
      .replacingOccurrences(of: "<????>", with: "????")
    #expect(plain == RunText(run).text)
  }
}
