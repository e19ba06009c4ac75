import Gates
import Primitives
import Testing

@testable import Measurements

@Suite("A hand-worked recording")
struct RecorderTests {
  /// Warm-up to 10 s, before to 20 s, during to 50 s, after to 60 s.
  private func recorded(
    _ plan: Recorder.Plan = plan(), _ during: (inout Recorder) -> Void = { _ in }
  ) -> TrialResult {
    var recorder = Recorder(plan: plan)
    recorder.begin(.warmup, at: .zero)
    recorder.begin(.before, at: at(10))
    recorder.begin(.during, at: at(20))
    during(&recorder)
    recorder.backfillEnded(at: at(50))
    return recorder.finish(at: at(60), drained: [span(3)])
  }

  @Test("A transaction belongs to the phase of its intended arrival")
  func phases() {
    var recorder = Recorder(plan: plan())
    recorder.begin(.before, at: at(10))
    recorder.arrived(class: 0, intended: at(9))
    recorder.ended(class: 0, intended: at(9), at: at(12), outcome: .completed)
    recorder.arrived(class: 0, intended: at(19.5))
    recorder.begin(.during, at: at(20))
    recorder.ended(class: 0, intended: at(19.5), at: at(21), outcome: .completed)
    recorder.arrived(class: 0, intended: at(49))
    recorder.backfillEnded(at: at(50))
    recorder.arrived(class: 0, intended: at(50.5))
    recorder.ended(class: 0, intended: at(49), at: at(51), outcome: .timedOut)
    recorder.ended(class: 0, intended: at(50.5), at: at(51), outcome: .rejected)
    let result = recorder.finish(at: at(60), drained: [nil])
    let counts = { (name: String, phase: String) in result["app.\(name)", ["phase": phase]] }
    #expect(counts("arrived", "before") == 1)
    #expect(counts("completed", "before") == 1)
    #expect(isClose(counts("latency.max", "before"), 1.5))
    #expect(counts("timeouts", "during") == 1)
    #expect(counts("unserved_ratio", "during") == 1)
    #expect(isClose(counts("latency.max", "during"), 2))
    #expect(counts("rejected", "after") == 1)
    #expect(counts("arrived", "after") == 1)
    #expect(result.value(of: MetricKey("app.latency.p99", ["phase": "warmup"])) == nil)
  }

  @Test(
    "Latencies of 1...1000 ms have the percentiles of their ranks and an exact mean and maximum")
  func percentiles() {
    let result = recorded { recorder in
      for i in 1...1_000 {
        recorder.transaction(intended: 20 + Double(i) / 100, latency: Double(i) / 1_000)
      }
    }
    let latency = { (name: String) in result["app.latency.\(name)", ["class": "checkout"]] }
    #expect(isClose(latency("p50"), 0.5, within: 1e-3))
    #expect(isClose(latency("p95"), 0.95, within: 1e-3))
    #expect(isClose(latency("p99"), 0.99, within: 1e-3))
    #expect(isClose(latency("p999"), 0.999, within: 1e-3))
    #expect(latency("max") == 1)
    #expect(isClose(latency("mean"), 0.5005, within: 1e-12))
    #expect(result.value(of: MetricKey("app.latency.p99"))?.samples == 1_000)
  }

  @Test("Pooled percentiles come from merged histograms, not from an average")
  func pooled() {
    let result = recorded(plan(classes: ["fast", "slow"])) { recorder in
      for i in 0..<990 {
        recorder.transaction(class: 0, intended: 20 + Double(i) / 100, latency: 0.001)
      }
      for i in 0..<10 { recorder.transaction(class: 1, intended: 20 + Double(i), latency: 1) }
    }
    #expect(isClose(result["app.latency.p50"], 0.001, within: 1e-3))
    #expect(isClose(result["app.latency.p99"], 0.001, within: 1e-3))
    #expect(isClose(result["app.latency.p999"], 1, within: 1e-3))
    #expect(isClose(result["app.latency.mean"], 0.01099))
  }

  @Test("Waits under 10 ms are counted apart; 10 ms is a wait")
  func waits() {
    let result = recorded { recorder in
      recorder.lockWaitEnded(.app, waited: .milliseconds(10), intended: at(25), at: at(26))
      recorder.lockWaitEnded(
        .app, waited: .nanoseconds(9_999_999), intended: at(25), at: at(26))
      recorder.lockWaitEnded(.backfill, waited: .milliseconds(30), intended: at(25), at: at(26))
    }
    #expect(result["locks.waits"] == 2)
    #expect(result["locks.waits", ["who": "app"]] == 1)
    #expect(isClose(result["locks.wait_total"], 0.04))
    #expect(isClose(result["locks.wait.mean"], 0.02))
    #expect(isClose(result["locks.wait.max", ["who": "backfill"]], 0.03))
    #expect(result["locks.waits_short"] == 1)
    #expect(result["locks.waits_short", ["who": "backfill"]] == 0)
    #expect(result["locks.wait.mean", ["phase": "after"]] == nil)
  }

  @Test("Gauges are averaged over time and cut at phases")
  func gauges() {
    let result = recorded { recorder in
      recorder.gauge(.appActive, 4, at: at(20))
      recorder.gauge(.appActive, 10, at: at(30))
      recorder.gauge(.appActive, 1, at: at(35))
      recorder.gauge(.lockWaiting, 3, at: at(35))
      recorder.gauge(.appBlocked, 1, at: at(35))
      recorder.gauge(.backfillBlocked, 2, at: at(35))
      recorder.gauge(.storageQueue, 2, at: at(40))
      recorder.gauge(.freeSpace, 100, at: at(20))
      recorder.gauge(.freeSpace, 60, at: at(45))
    }
    // (4 · 10 + 10 · 5 + 1 · 15) / 30
    #expect(isClose(result["app.active.mean"], 3.5))
    #expect(result["app.active.max"] == 10)
    #expect(result["app.active.mean", ["phase": "after"]] == 1)
    #expect(isClose(result["locks.waiting.mean"], 1.5))
    #expect(result["locks.waiting.max", ["phase": "after"]] == 3)
    #expect(isClose(result["locks.waiting.mean", ["who": "app"]], 0.5))
    #expect(isClose(result["locks.waiting.mean", ["who": "backfill"]], 1))
    #expect(result["locks.waiting.max", ["who": "backfill"]] == 2)
    #expect(isClose(result["storage.queue.mean"], 1))
    #expect(result["storage.free.min"] == 60)
    #expect(result["mvcc.dead_rows.max"] == nil)
  }

  @Test("Retries count for their class, in the phase of the intended arrival")
  func retries() {
    let result = recorded(plan(classes: ["checkout", "report"])) { recorder in
      recorder.retried(class: 0, intended: at(25))
      recorder.retried(class: 0, intended: at(15))
      recorder.retried(class: 1, intended: at(26))
      recorder.retried(class: 1, intended: at(27))
    }
    #expect(result["app.retries", ["class": "checkout"]] == 1)
    #expect(result["app.retries", ["class": "report"]] == 2)
    #expect(result["app.retries"] == 3)
    #expect(result["app.retries", ["phase": "before"]] == 1)
  }

  @Test("Lag is linear between readings: mean, maximum and its time are exact")
  func lag() {
    let result = recorded { recorder in
      let readings: [(Double, Double)] = [(20, 0), (40, 10), (60, 0)]
      for (time, lag) in readings.dropLast() {
        recorder.replicaLag(
          replica: 0, lag: span(lag), bytes: Int64(lag * 100), shown: span(lag + 1), at: at(time))
      }
    }
    // Up to 10 in 20 s, then held for 20 s: (100 + 200) / 40.
    #expect(isClose(result["replica.lag.mean", ["replica": "a"]], 7.5))
    #expect(result["replica.lag.max"] == 10)
    #expect(result["replica.lag.max_at"] == 20)
    #expect(isClose(result["replica.lag.p95"], 10, within: 1e-3))
    #expect(result["replica.lag_bytes.max"] == 1_000)
    #expect(result["replica.shown_lag.max"] == 11)
    #expect(result["replica.drain"] == 3)
  }

  @Test("A lag that stays level within 1 % was largest when it first came there")
  func levelLag() {
    var recorder = Recorder(plan: plan())
    recorder.begin(.during, at: at(0))
    for (time, lag) in [(0.0, 0.0), (10, 6), (20, 6.02), (30, 6.01), (40, 6.05), (50, 0), (60, 5)] {
      recorder.replicaLag(replica: 0, lag: span(lag), bytes: 0, shown: .zero, at: at(time))
    }
    recorder.backfillEnded(at: at(60))
    let result = recorder.finish(at: at(60), drained: [nil])
    #expect(result["replica.lag.max"] == 6.05)
    #expect(result["replica.lag.max_at"] == 10)
  }

  @Test("The time-weighted p95 of a lag that rises evenly from 0 to 10 s is 9.5 s")
  func lagQuantile() {
    var recorder = Recorder(plan: plan())
    recorder.begin(.during, at: at(0))
    recorder.replicaLag(replica: 0, lag: .zero, bytes: 0, shown: .zero, at: at(0))
    recorder.replicaLag(replica: 0, lag: span(10), bytes: 0, shown: .zero, at: at(100))
    recorder.backfillEnded(at: at(100))
    let result = recorder.finish(at: at(100), drained: [nil])
    #expect(isClose(result["replica.lag.p95"], 9.5, within: 0.02))
    #expect(isClose(result["replica.lag.mean"], 5))
    #expect(result["replica.drain"] == .infinity)
  }

  @Test("A lag piece across a phase boundary is cut there")
  func lagAcrossPhases() {
    let rule = gate(MetricKey("replica.lag.mean"), .timesBefore(10))
    var recorder = Recorder(plan: plan(gates: [rule]))
    recorder.begin(.before, at: at(0))
    recorder.replicaLag(replica: 0, lag: .zero, bytes: 0, shown: .zero, at: at(0))
    recorder.begin(.during, at: at(10))
    recorder.replicaLag(replica: 0, lag: span(20), bytes: 0, shown: .zero, at: at(20))
    recorder.backfillEnded(at: at(20))
    let result = recorder.finish(at: at(20), drained: [nil])
    // Before: 0 to 10, mean 5. During: 10 to 20, mean 15.
    #expect(isClose(result["replica.lag.mean"], 15))
    #expect(isClose(result.gateValues[0], 3))
  }

  @Test("Rates, ratios and sums of the server")
  func server() {
    let result = recorded { recorder in
      recorder.count(.walBytes, 300, at: at(20.1))
      recorder.count(.walBytes, 400, at: at(20.9))
      recorder.count(.walBytes, 500, at: at(21))
      recorder.count(.cpuBusy, 60_000_000_000, at: at(30))
      recorder.count(.storageBusy, 10_000_000_000, at: at(30))
      recorder.count(.cacheReads, 200, at: at(30))
      recorder.count(.cacheMisses, 10, at: at(30))
      recorder.count(.heapOnlyUpdates, 3, at: at(30))
      recorder.count(.movedUpdates, 1, at: at(30))
      recorder.poolInUse(pool: 0, 7, at: at(30))
      recorder.poolInUse(pool: 0, 5, at: at(31))
      recorder.poolWaitEnded(pool: 0, waited: span(0.1), rejected: true, at: at(31))
    }
    #expect(result["wal.bytes"] == 1_200)
    #expect(result["wal.rate.max"] == 700)
    // 60 core-seconds of 4 cores over the 30 s of the during phase.
    #expect(isClose(result["cpu.utilization"], 0.5))
    // 10 s of the 40 s of during and after.
    #expect(isClose(result["storage.utilization"], 0.25))
    #expect(result["cache.miss_ratio"] == 0.05)
    #expect(result["mvcc.hot_ratio"] == 0.75)
    #expect(result["pool.in_use.max", ["pool": "app"]] == 7)
    #expect(isClose(result["pool.wait.p99"], 0.1, within: 1e-3))
    #expect(result["pool.rejected"] == 1)
  }

  @Test("The backfill's numbers")
  func backfill() {
    let result = recorded(plan(rows: 2_000)) { recorder in
      recorder.batchCommitted(rows: 500, duration: span(2), at: at(25))
      recorder.batchCommitted(rows: 1_000, duration: span(4), at: at(50))
      recorder.paused(.pause, from: at(25), to: at(26))
      recorder.paused(.throttle, from: at(26), to: at(30))
      recorder.count(.rowsCovered, 1_500, at: at(50))
      recorder.count(.rowsTouched, 1_600, at: at(50))
      recorder.count(.rowsMissed, 7, at: at(50))
      recorder.count(.rowsRolledBack, 300, at: at(50))
      recorder.count(.backfillRetries, 2, at: at(50))
    }
    #expect(result["backfill.duration"] == 30)
    #expect(result["backfill.rows"] == 1_500)
    #expect(result["backfill.rate"] == 50)
    #expect(result["backfill.batches"] == 2)
    #expect(result["backfill.batch.rows.mean"] == 750)
    #expect(result["backfill.batch.rows.max"] == 1_000)
    #expect(isClose(result["backfill.batch.duration.mean"], 3))
    #expect(result["backfill.paused"] == 5)
    #expect(result["backfill.paused", ["reason": "throttle"]] == 4)
    #expect(result["backfill.completed_ratio"] == 0.75)
    #expect(result["backfill.rows_repeated"] == 100)
    #expect(result["backfill.rows_rolled_back"] == 300)
    #expect(result["backfill.rows_missed"] == 7)
    #expect(result["backfill.retries"] == 2)
  }

  @Test("Values are sorted and each metric appears once")
  func sorted() {
    let keys = recorded().values.map(\.metric)
    #expect(keys == keys.sorted())
    #expect(Set(keys).count == keys.count)
  }
}
