import Gates
import Primitives
import Testing

@testable import Measurements

@Suite("The value that a gate judges")
struct GateValueTests {
  private func value(
    _ rule: GateRule, classes: [String] = ["checkout"], end: Double? = 100,
    completed: Bool = true, _ record: (inout Recorder) -> Void
  ) -> (value: Double?, firstBreach: Double?) {
    var recorder = Recorder(plan: plan(classes: classes, gates: [rule]))
    recorder.begin(.before, at: at(0))
    for i in 0..<1_000 { recorder.transaction(intended: Double(i) / 1_000, latency: 0.01) }
    recorder.begin(.during, at: at(10))
    record(&recorder)
    if let end { recorder.backfillEnded(at: at(end), completed: completed) }
    let result = recorder.finish(at: at(110), drained: [nil])
    return (result.gateValues[0], result.firstBreaches[0])
  }
  private let p99 = MetricKey("app.latency.p99", ["class": "checkout"])

  @Test("A quantile needs ten samples beyond it")
  func samples() {
    for (count, measured) in [(999, false), (1_000, true)] {
      let judged = value(gate(p99, .value(1))) { recorder in
        for i in 0..<count {
          recorder.transaction(intended: 10 + Double(i) / 100, latency: 0.02)
        }
      }
      #expect((judged.value != nil) == measured)
    }
  }

  @Test("A multiple of before is that trial's ratio")
  func timesBefore() {
    let judged = value(gate(p99, .timesBefore(1.8))) { recorder in
      for i in 0..<1_000 {
        recorder.transaction(intended: 10 + Double(i) / 100, latency: 0.03)
      }
    }
    #expect(isClose(judged.value, 3, within: 1e-3))
    #expect(judged.firstBreach == 0)
  }

  /// 100 transactions a second, slow in the second minute only.
  private func slowSecondMinute(_ recorder: inout Recorder) {
    for i in 0..<18_000 {
      let intended = 10 + Double(i) / 100
      recorder.transaction(intended: intended, latency: (70..<130).contains(intended) ? 0.05 : 0.02)
    }
  }

  @Test("The worst window is found, and the median one is not")
  func windows() {
    var recorder = Recorder(
      plan: plan(gates: [
        gate(p99, .value(0.04), every: 60),
        gate(p99, .value(0.04), every: 60, take: .median),
        gate(p99, .value(0.04)),
      ]))
    recorder.begin(.during, at: at(10))
    slowSecondMinute(&recorder)
    recorder.backfillEnded(at: at(190))
    let result = recorder.finish(at: at(200), drained: [nil])
    #expect(isClose(result.gateValues[0], 0.05, within: 1e-3))
    #expect(isClose(result.gateValues[1], 0.02, within: 1e-3))
    #expect(isClose(result.gateValues[2], 0.05, within: 1e-3))
    #expect(result.firstBreaches == [60, nil, 60])
    // The second minute, as seconds beyond the class's gates.
    #expect(result["app.over_limit", ["class": "checkout"]] == 60)
  }

  @Test("A window that the phase cuts, or with too few samples, does not count")
  func cutWindow() {
    let rule = gate(p99, .value(1), every: 60)
    let cut = value(rule, end: 69) { recorder in
      for i in 0..<5_000 { recorder.transaction(intended: 10 + Double(i) / 100, latency: 0.02) }
    }
    #expect(cut.value == nil)
    let thin = value(rule, end: 100) { recorder in
      for i in 0..<90 { recorder.transaction(intended: 10 + Double(i), latency: 0.02) }
    }
    #expect(thin.value == nil)
  }

  @Test("A transaction counts in the window it was meant for, however late it ends")
  func lateEnd() {
    let rule = gate(MetricKey("app.latency.max"), .value(1), every: 10)
    let judged = value(rule, end: 80) { recorder in
      recorder.arrived(class: 0, intended: at(12))
      for i in 0..<120 { recorder.transaction(intended: 12.5 + Double(i) / 2, latency: 0.1) }
      recorder.ended(class: 0, intended: at(12), at: at(75), outcome: .timedOut)
    }
    #expect(judged.value == 63)
    #expect(judged.firstBreach == 0)
  }

  @Test("What never ended is infinite")
  func censored() {
    let duration = gate(MetricKey("backfill.duration"), .value(3_600))
    #expect(value(duration, end: nil) { _ in }.value == .infinity)
    #expect(value(duration, completed: false) { _ in }.value == .infinity)
    #expect(value(duration) { _ in }.value == 90)
    let drain = gate(MetricKey("replica.drain"), .value(60))
    #expect(value(drain) { _ in }.value == .infinity)
  }

  @Test("Nobody waited is zero where there was traffic, and nothing where there was none")
  func noWaits() {
    let rule = gate(MetricKey("locks.wait.mean"), .value(0.05))
    #expect(value(rule) { _ in }.value == nil)
    #expect(value(rule) { $0.transaction(intended: 20, latency: 0.01) }.value == 0)
  }

  @Test("A gate on something unknown has no value")
  func unknown() {
    let missing = gate(MetricKey("app.latency.p99", ["class": "nobody"]), .value(1))
    #expect(value(missing) { $0.transaction(intended: 20, latency: 0.01) }.value == nil)
  }

  @Test("The worst replica is meant where none is named; the breach is where lag crosses the limit")
  func worstReplica() {
    let rules = [
      gate(MetricKey("replica.lag.max"), .value(5)),
      gate(MetricKey("replica.lag.max", ["replica": "a"]), .value(5)),
      gate(MetricKey("replica.lag.max"), .value(5), every: 20),
    ]
    var recorder = Recorder(plan: plan(replicas: ["a", "b"], gates: rules))
    recorder.begin(.during, at: at(10))
    for (replica, lag) in [(0, 2.0), (1, 10.0)] {
      recorder.replicaLag(replica: replica, lag: .zero, bytes: 0, shown: .zero, at: at(10))
      recorder.replicaLag(replica: replica, lag: span(lag), bytes: 0, shown: .zero, at: at(50))
    }
    recorder.backfillEnded(at: at(50))
    let result = recorder.finish(at: at(50), drained: [span(1), nil])
    #expect(result.gateValues == [10, 2, 10])
    #expect(result.firstBreaches == [20, nil, 20])
    #expect(result["replica.drain", ["replica": "a"]] == 1)
    #expect(result["replica.drain"] == .infinity)
  }
}
