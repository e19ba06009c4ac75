import Gates
import Primitives
import Testing

@testable import Measurements

@Suite("A stretch that stands for more than itself")
struct StretchTests {
  private let rules = [
    gate(MetricKey("app.latency.p95"), .value(0.05)),
    gate(MetricKey("app.latency.p50"), .value(0.05), every: 5),
    gate(MetricKey("app.latency.p50"), .value(0.05), every: 20),
    gate(MetricKey("app.unserved_ratio"), .value(0.01), every: 20, take: .median),
    gate(MetricKey("replica.lag.mean"), .value(1), every: 20),
    gate(MetricKey("locks.wait.mean"), .value(1), every: 20),
  ]

  /// Ten seconds that end as they began.
  private func play(_ recorder: inout Recorder, from start: Double) {
    recorder.replicaLag(replica: 0, lag: span(1), bytes: 10, shown: span(1), at: at(start))
    recorder.gauge(.appActive, 2, at: at(start))
    recorder.count(.walBytes, 4_000, at: at(start + 0.5))
    for i in 0..<100 {
      let intended = start + Double(i) / 10
      recorder.transaction(
        intended: intended, latency: i.isMultiple(of: 3) ? 0.08 : 0.01 + Double(i) / 10_000,
        i.isMultiple(of: 10) ? .timedOut : .completed)
    }
    recorder.gauge(.appActive, 6, at: at(start + 4))
    recorder.replicaLag(replica: 0, lag: span(3), bytes: 30, shown: span(4), at: at(start + 5))
    recorder.lockWaitEnded(
      .app, waited: span(0.02), intended: at(start + 5), at: at(start + 5.02))
    recorder.lockWaitEnded(
      .backfill, waited: span(0.001), intended: at(start + 5), at: at(start + 5))
    recorder.poolWaitEnded(pool: 0, waited: span(0.5), rejected: true, at: at(start + 5))
    recorder.batchCommitted(rows: 100, duration: span(9), at: at(start + 9))
    recorder.paused(.pause, from: at(start + 9), to: at(start + 10))
    recorder.count(.cpuBusy, 5_000_000_000, at: at(start + 9))
    recorder.replicaLag(replica: 0, lag: span(1), bytes: 10, shown: span(1), at: at(start + 10))
    recorder.gauge(.appActive, 2, at: at(start + 10))
  }

  private func begun() -> Recorder {
    var recorder = Recorder(plan: plan(gates: rules, rows: 400))
    recorder.begin(.before, at: at(0))
    recorder.begin(.during, at: at(20))
    recorder.endStretch(repeats: 0, skipped: .zero, at: at(20))
    return recorder
  }

  private func ended(_ recorder: Recorder) -> TrialResult {
    var recorder = recorder
    recorder.backfillEnded(at: at(60))
    return recorder.finish(at: at(60), drained: [span(1)])
  }

  @Test("Folded four times it equals the same recorded four times")
  func repeated() {
    var folded = begun()
    play(&folded, from: 20)
    folded.endStretch(repeats: 3, skipped: span(30), at: at(30))
    folded.replicaLag(replica: 0, lag: span(1), bytes: 10, shown: span(1), at: at(60))
    var played = begun()
    for start in [20.0, 30, 40, 50] {
      play(&played, from: start)
      played.endStretch(repeats: 0, skipped: .zero, at: at(start + 10))
    }
    let (short, long) = (ended(folded), ended(played))
    #expect(short.values.map(\.metric) == long.values.map(\.metric))
    for (a, b) in zip(short.values, long.values) {
      #expect(a.samples == b.samples, "\(a.metric)")
      #expect((a.value == nil) == (b.value == nil), "\(a.metric)")
      if let x = a.value, let y = b.value { #expect(isClose(x, y, within: 1e-9), "\(a.metric)") }
    }
    #expect(long["app.arrived"] == 400)
    for (index, (a, b)) in zip(short.gateValues, long.gateValues).enumerated() {
      #expect(a != nil && isClose(a, b ?? -1, within: 1e-3), "\(rules[index].id)")
    }
    #expect(short.firstBreaches == long.firstBreaches)
    let sums = [short, long].map { result in
      result.series?.columns.filter { $0.name == "wal.bytes" || $0.name == "backfill.rows" }
        .map { $0.values.reduce(0) { $0 + ($1 ?? 0) } } ?? []
    }
    #expect(isClose(sums[0][0], 400) && isClose(sums[1][0], 400))
    #expect(isClose(sums[0][1], 16_000) && isClose(sums[1][1], 16_000))
  }

  @Test("Lag that drifts over a skip keeps its exact mean")
  func drift() {
    var recorder = Recorder(plan: plan())
    recorder.begin(.during, at: at(0))
    recorder.replicaLag(replica: 0, lag: .zero, bytes: 0, shown: .zero, at: at(0))
    recorder.replicaLag(replica: 0, lag: span(1), bytes: 0, shown: .zero, at: at(10))
    recorder.endStretch(repeats: 9, skipped: span(90), at: at(10))
    recorder.replicaLag(replica: 0, lag: span(10), bytes: 0, shown: .zero, at: at(100))
    recorder.backfillEnded(at: at(100))
    let result = recorder.finish(at: at(100), drained: [nil])
    #expect(isClose(result["replica.lag.mean"], 5))
    #expect(result["replica.lag.max"] == 10)
    #expect(result["replica.lag.max_at"] == 100)
    #expect(isClose(result["replica.lag.p95"], 9.5, within: 0.1))
  }

  @Test("Lag that falls over a skip is never counted as less than nothing")
  func falling() {
    var recorder = Recorder(plan: plan())
    recorder.begin(.during, at: at(0))
    // Nothing for nine seconds and then a peak, from which the skip falls to nothing.
    recorder.replicaLag(replica: 0, lag: .zero, bytes: 0, shown: .zero, at: at(0))
    recorder.replicaLag(replica: 0, lag: .zero, bytes: 0, shown: .zero, at: at(9))
    recorder.replicaLag(replica: 0, lag: span(8), bytes: 0, shown: .zero, at: at(10))
    recorder.endStretch(repeats: 1, skipped: span(10), at: at(10))
    recorder.replicaLag(replica: 0, lag: .zero, bytes: 0, shown: .zero, at: at(20))
    recorder.backfillEnded(at: at(20))
    let result = recorder.finish(at: at(20), drained: [nil])
    // 4 s² of the peak that was played; its repeat lies 8 s lower, below zero throughout.
    #expect(isClose(result["replica.lag.mean"], 0.2))
  }

  @Test("A transaction in flight over a skip counts where it was played")
  func inFlight() {
    let rule = gate(MetricKey("app.latency.max"), .value(0.3), every: 20)
    var recorder = Recorder(plan: plan(gates: [rule]))
    recorder.begin(.during, at: at(0))
    for i in 0..<10 { recorder.transaction(intended: Double(i), latency: 0.1) }
    recorder.arrived(class: 0, intended: at(9.5))
    recorder.endStretch(repeats: 3, skipped: span(30), at: at(10))
    // The clock moved by 30 s, and the intended arrival with it.
    recorder.ended(class: 0, intended: at(39.5), at: at(40), outcome: .completed)
    recorder.backfillEnded(at: at(40))
    let result = recorder.finish(at: at(40), drained: [nil])
    #expect(isClose(result["app.latency.max"], 0.5))
    #expect(result["app.completed"] == 41)
    #expect(result["app.arrived"] == 44)
    #expect(isClose(result.gateValues[0], 0.5))
    // The second from 9 to 10 was played once and stands for four.
    #expect(result["app.over_limit"] == 4)
  }

  @Test("A correction changes the sum and no rate")
  func correction() {
    var recorder = Recorder(plan: plan())
    recorder.begin(.during, at: at(0))
    recorder.count(.walBytes, 1_000, at: at(0.5))
    recorder.endStretch(repeats: 9, skipped: span(9), at: at(1))
    recorder.correct(.walBytes, by: -2_500)
    recorder.endStretch(repeats: 4, skipped: span(4), at: at(11))
    recorder.backfillEnded(at: at(15))
    let result = recorder.finish(at: at(15), drained: [nil])
    #expect(result["wal.bytes"] == 7_500)
    #expect(result["wal.rate.max"] == 1_000)
  }

  @Test("A day in steps never takes more than 1,200 of them and keeps its sums")
  func course() throws {
    var recorder = Recorder(plan: plan())
    recorder.begin(.during, at: at(0))
    for hour in 0..<24 {
      recorder.batchCommitted(rows: 3_600, duration: span(1), at: at(Double(hour) * 3_600 + 1))
    }
    recorder.backfillEnded(at: at(86_400))
    let series = try #require(recorder.finish(at: at(86_400), drained: [nil]).series)
    let rows = try #require(series.columns.first { $0.name == "backfill.rows" })
    #expect(series.step == 128)
    #expect(rows.values.count <= 1_200)
    #expect(isClose(rows.values.reduce(0) { $0 + ($1 ?? 0) } * series.step, 86_400))
  }
}
