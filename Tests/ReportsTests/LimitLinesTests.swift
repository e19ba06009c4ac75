import Reports
import Testing

@testable import Measurements

@Suite("What limited a backfill")
struct LimitLinesTests {
  /// 100 s with two workers: 200 s of their time.
  private func line(_ metrics: [RunMetric]) -> String {
    let text = RunText(
      Sample.run(gates: [], metrics: [Sample.metric("backfill.duration", "s", 100)] + metrics)
    ).text
    let lines = text.split(separator: "\n")
    let start = lines.firstIndex { $0.hasPrefix("LIMITED BY") } ?? lines.endIndex
    return lines[start...].prefix { !$0.hasPrefix("VERDICT") }.joined(separator: "\n")
  }

  private func batches(_ count: Double, of seconds: Double) -> [RunMetric] {
    [
      Sample.metric("backfill.batches", "1", count),
      Sample.metric("backfill.batch.duration.mean", "s", seconds),
    ]
  }

  @Test("Workers that always work are limited by their batches")
  func work() {
    #expect(line(batches(400, of: 0.5)) == "LIMITED BY  the time its own batches take")
  }

  @Test("Half the time in pauses is said, a hundredth is not")
  func pauses() {
    let paused = [
      Sample.metric("backfill.paused", "s", 98, ["reason": "pause"]),
      Sample.metric("backfill.paused", "s", 2, ["reason": "backoff"]),
    ]
    #expect(
      line(batches(200, of: 0.5) + paused)
        == "LIMITED BY  its own pauses (49% of the workers' time)")
  }

  @Test("Time that is neither work nor pause goes into finding the next range")
  func searching() {
    #expect(
      line(batches(80, of: 0.5))
        == "LIMITED BY  workers without a batch to run (80% of the workers' time)")
  }

  @Test("A busy resource comes first")
  func resource() {
    #expect(
      line(batches(400, of: 0.5) + [Sample.metric("storage.utilization", "ratio", 0.97)])
        == "LIMITED BY  storage (97% busy)")
  }
}
