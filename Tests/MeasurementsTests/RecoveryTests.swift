import Gates
import Primitives
import Testing

@testable import Measurements

@Suite("Recovery after the backfill's end")
struct RecoveryTests {
  /// Ten seconds before at 10 to 20 ms, ten during, and from second 20 on what `after` records.
  private func recovery(
    drained: [TimeSpan?] = [], classes: [String] = ["checkout"],
    _ after: (inout Recorder) -> Void = { _ in }
  ) -> Double? {
    var recorder = Recorder(
      plan: plan(classes: classes, replicas: drained.map { _ in "a" }, rows: 1_000))
    recorder.begin(.before, at: at(0))
    if !classes.isEmpty {
      for i in 0..<200 {
        recorder.transaction(intended: Double(i) / 20, latency: 0.01 + Double(i % 100) / 10_000)
      }
    }
    recorder.begin(.during, at: at(10))
    recorder.backfillEnded(at: at(20))
    after(&recorder)
    return recorder.finish(at: at(30), drained: drained).recovery
  }

  private func second(_ start: Double, latency: Double, _ recorder: inout Recorder) {
    for i in 0..<10 { recorder.transaction(intended: start + Double(i) / 10, latency: latency) }
  }

  @Test("Nothing disturbed takes no time, nothing measured has none")
  func undisturbed() {
    #expect(recovery() == 0)
    #expect(recovery { second(20, latency: 0.015, &$0) } == 0)
    #expect(recovery(classes: []) == nil)
  }

  @Test(
    "It lasts to the end of the last second before a calm one whose mean was beyond the old p99")
  func disturbed() {
    let value = recovery {
      second(20, latency: 0.5, &$0)
      second(21, latency: 0.03, &$0)
      second(22, latency: 0.015, &$0)
      // Something else, later.
      second(27, latency: 0.5, &$0)
    }
    #expect(value == 2)
  }

  @Test("One slow transaction in a second is what every second has")
  func single() {
    let value = recovery { recorder in
      for i in 0..<99 { recorder.transaction(intended: 20 + Double(i) / 100, latency: 0.012) }
      recorder.transaction(intended: 20.5, latency: 0.5)
    }
    #expect(value == 0)
  }

  @Test("Whoever was still waiting when the backfill ended counts until served")
  func inFlight() {
    let value = recovery {
      $0.transaction(intended: 18, latency: 2.4)
      second(21, latency: 0.015, &$0)
    }
    #expect(isClose(value, 0.4))
  }

  @Test("The slowest of latency and lags decides; what never came back is infinite")
  func slowest() {
    #expect(recovery(drained: [span(3)]) == 3)
    #expect(recovery(drained: [nil]) == .infinity)
    #expect(recovery(drained: [span(1)]) { second(20, latency: 0.5, &$0) } == .infinity)
  }

  @Test("The worst moment is that of the largest lag, or of the longest latency where lag is small")
  func worstMoment() {
    func moment(lag: Double) -> Double? {
      var recorder = Recorder(plan: plan())
      recorder.begin(.before, at: at(0))
      recorder.begin(.during, at: at(10))
      recorder.transaction(intended: 14.2, latency: 0.3)
      recorder.replicaLag(replica: 0, lag: span(lag), bytes: 0, shown: .zero, at: at(17.5))
      recorder.backfillEnded(at: at(20))
      // Later than the backfill: nothing is left to stop.
      recorder.transaction(intended: 24, latency: 3)
      return recorder.finish(at: at(30), drained: [span(1)]).worstMoment
    }
    #expect(moment(lag: 5) == 7.5)
    #expect(moment(lag: 0.5) == 4.5)
  }

  @Test("Taken over, it is the metric and what its gate judges")
  func taken() {
    let rule = gate(TrialResult.recoveryMetric, .value(30))
    var recorder = Recorder(plan: plan(gates: [rule]))
    recorder.begin(.during, at: at(10))
    recorder.backfillEnded(at: at(20))
    var result = recorder.finish(at: at(30), drained: [span(1)])
    #expect(result["abort.recovery"] == nil)
    #expect(result.gateValues == [nil])
    var stopped = result
    stopped.recovery = 12
    result.takeRecovery(from: stopped, gates: [rule])
    #expect(result["abort.recovery"] == 12)
    #expect(result.gateValues == [12])
  }
}
