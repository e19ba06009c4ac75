import Foundation
import Gates
import Testing

@testable import Measurements

@Suite("The run's document")
struct RunRecordTests {
  private func trial(_ duration: Double, _ lag: Double?) -> TrialResult {
    TrialResult(
      values: [
        TrialResult.Value(metric: MetricKey("backfill.duration"), value: duration, samples: 1),
        TrialResult.Value(
          metric: MetricKey("replica.lag.max", ["replica": "a"]), value: lag, samples: 1),
      ], gateValues: [duration], traceHash: duration.bitPattern)
  }

  private func record(
    _ trials: [TrialResult], world: RunRecord.World = .simulated
  ) -> RunRecord {
    let header = RunRecord.Header(
      name: "orders/status \"v2\"", world: world, modelVersion: 1, seed: .max,
      versions: ["rehearse": "0.1.0", "swift": "6.3"],
      host: RunRecord.Host(os: "Linux", arch: "x86_64", cpus: 2, memoryBytes: 1 << 34),
      scenario: [
        RunRecord.Setting(path: "strategy.workers", value: "2", origin: "file:3:5"),
        RunRecord.Setting(path: "run.seed", value: "7", origin: "--set"),
      ], assurance: 0.9, warnings: [RunRecord.Warning(code: "RH0001", message: "Näh")])
    let rule = GateRule(
      id: "deadline", metric: MetricKey("backfill.duration"), comparison: .atMost,
      limit: .value(100), expectation: "<= deadline")
    return RunRecord(header, trials: trials, gates: [rule])
  }

  @Test("Without what was added later the bytes are the first release's, and those still read")
  func golden() throws {
    var run = record([trial(10, 0.1), trial(12, nil)])
    run.samples = nil
    #expect(try jsonText(run) == goldenRun)
    let read = try JSONDecoder().decode(RunRecord.self, from: Data(goldenRun.utf8))
    #expect(try jsonText(read) == goldenRun)
  }

  @Test("The samples are those of each trial, endless and unmeasured ones included")
  func samples() throws {
    let run = record([trial(10, 0.1), trial(.infinity, nil)])
    let read = try JSONDecoder().decode(RunRecord.self, from: Data(jsonText(run).utf8))
    for samples in [run.samples, read.samples] {
      #expect(samples?[MetricKey("backfill.duration")] == [10, .infinity])
      #expect(samples?[MetricKey("replica.lag.max", ["replica": "a"])] == [0.1, nil])
      #expect(samples?.gates == ["deadline": [10, .infinity]])
    }
  }

  @Test("What is written reads back as the same record, unknown keys and all")
  func roundTrip() throws {
    let written = record([trial(10, 0.1), trial(12, 1e-7), trial(11, 3)])
    let text = try jsonText(written).replacingOccurrences(
      of: "\"complete\" :", with: "\"added_later\" : {\"x\" : [1]},\n  \"complete\" :")
    let read = try JSONDecoder().decode(RunRecord.self, from: Data(text.utf8))
    #expect(read == written)
    #expect(try jsonText(read) == jsonText(written))
  }

  @Test("Another schema is refused by name")
  func otherSchema() throws {
    let text = try jsonText(record([trial(10, 1)]))
      .replacingOccurrences(of: "rehearse.run/1", with: "rehearse.run/2")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(RunRecord.self, from: Data(text.utf8))
    }
  }

  @Test("A censored trial makes the mean infinite, which JSON leaves null with its n")
  func censored() throws {
    let run = record([trial(10, 1), trial(.infinity, 1)])
    let duration = try #require(run.metric(MetricKey("backfill.duration")))
    #expect(duration.value == .infinity && duration.n == 2)
    #expect(duration.low == nil && duration.predictedHigh == nil)
    let text = try jsonText(run).replacingOccurrences(of: "\"infinite\"", with: "")
    #expect(!text.contains("inf") && !text.contains("nan"))
  }

  @Test("One live run has values and no intervals, and its gates pass or fail")
  func live() throws {
    let run = record([trial(10, 1)], world: .live)
    #expect(run.verdict == .pass)
    #expect(run.traceHash == nil)
    #expect(run.metrics.allSatisfy { $0.low == nil && $0.predictedLow == nil && $0.n == 1 })
    #expect(record([trial(101, 1)], world: .live).verdict == .fail)
    #expect(record([trial(10, 1)]).verdict == .inconclusive)
  }

  @Test("The trace hash depends on the order of the trials")
  func traceHash() {
    let (a, b) = (trial(10, 1), trial(12, 1))
    #expect(record([a, b]).traceHash == record([a, b]).traceHash)
    #expect(record([a, b]).traceHash != record([b, a]).traceHash)
    #expect(record([a, b]).traceHash?.count == 16)
  }

  @Test("Lists of numbers take one line, and nothing inside a string changes")
  func lists() throws {
    struct Document: Encodable {
      var list: [Double?] = [1, nil, -2.5e-7]
      var none: [Double] = []
      var text = ["[1, 2]", "\\\"[\n  3 ]"]
    }
    #expect(
      try jsonText(Document()) == """
        {
          "list" : [1,null,-2.5e-07],
          "none" : [],
          "text" : [
            "[1, 2]",
            "\\\\\\\"[\\n  3 ]"
          ]
        }
        """)
  }

  @Test(
    "A metric's text reads back",
    arguments: ["wal.bytes", "app.latency.p99{class=a b,phase=during}"])
  func metricText(text: String) { #expect(MetricKey(text: text).description == text) }
}
