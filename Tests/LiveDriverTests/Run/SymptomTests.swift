import Gates
import Measurements
import Primitives
import Scenarios
import Testing

@testable import LiveDriver

extension OnAServer {
  /// The monolithic scenario in small.
  ///
  /// Each row takes a millisecond of sleep, so that the statement's
  /// length D is a matter of the rows and not of the machine; everything is held against that length.
  @Suite("The guide's symptoms")
  struct SymptomTests {
    @Test("One unbounded UPDATE with connections to spare: who meets a locked row waits D/3")
    func collisionsOnly() async throws {
      try await monolithic("symptom_collisions", pool: 170) { seen in
        let expected = BlockedLatency(length: seen.length, rate: Self.rate, pool: 170)
        #expect(abs(expected.mean / (seen.length / 3) - 1) < 0.05)
        #expect(abs(seen.meanBlocked / expected.mean - 1) < 0.15, "\(seen) \(expected)")
      }
    }

    @Test("With a small pool it fills with waiters, all that follow wait as well: towards D/2")
    func saturated() async throws {
      try await monolithic("symptom_saturated", pool: 4) { seen in
        let expected = BlockedLatency(length: seen.length, rate: Self.rate, pool: 4)
        #expect(expected.mean > 1.2 * seen.length / 3 && expected.mean < seen.length / 2)
        #expect(abs(seen.meanBlocked / expected.mean - 1) < 0.15, "\(seen) \(expected)")
        #expect(seen.mostWaiting == 4)
      }
    }

    @Test("In batches with a pause it shows neither: no latency near a third, no pool of waiters")
    func resolved() async throws {
      try await rehearse(
        "symptom_resolved", pool: 4, strategy: "{batch: {rows: 20}, pause: 20ms}"
      ) { seen in
        #expect(seen.worst < seen.length / 10, "\(seen)")
        #expect(seen.mostWaiting < 4)
      }
    }

    private static let rate = 80.0

    private func monolithic(
      _ schema: String, pool: Int, _ check: @escaping @Sendable (Seen) throws -> Void
    ) async throws {
      try await rehearse(schema, pool: pool, strategy: "{preset: monolithic}", check)
    }

    private func rehearse(
      _ schema: String, pool: Int, strategy: String,
      _ check: @escaping @Sendable (Seen) throws -> Void
    ) async throws {
      var live = LiveScenario(schema)
      live.rows = 3_000
      // Asked for each row, since it is volatile.
      live.backfill = "{set: {v: \"note || pg_sleep(0.001)::text\"}}"
      live.strategy = strategy
      live.pools = "{app: {size: \(pool), wait_timeout: 600s}}"
      live.traffic = """
        [{name: pay, rate: \(Int(Self.rate))/s, arrivals: constant, \
        statements: [{kind: update, rows: 1, set: [\"n\"]}]}]
        """
      live.run = "{seed: 2, warmup: 0s, before: 500ms, after: 1s, horizon: 600s}"
      try await withCluster { [live] cluster in
        let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        try live.fill(session)
        let result = try LiveRun(
          try live.scenario, on: LiveTarget(cluster), name: live.schema, keepsTransactions: true
        ).run()
        let seen = try Seen(result)
        #expect(
          try session.execute("SELECT count(*) FROM \(live.table) WHERE v IS NULL").scalar == "0")
        try check(seen)
      }
    }
  }
}

/// What a run came to; seconds.
private struct Seen {
  /// From the backfill's first BEGIN to its last COMMIT.
  var length: Double
  /// Of the transactions that stood still for a noticeable part of it.
  var meanBlocked: Double
  var worst: Double
  var mostWaiting: Double

  init(_ result: LiveResult) throws {
    func value(_ name: String, _ labels: [String: String] = [:]) throws -> Double {
      try #require(result.trial.value(of: MetricKey(name, labels))?.value)
    }
    let length = try value("backfill.duration")
    let latencies = result.transactions.map { ($0.ended - $0.due).seconds }
    let blocked = latencies.filter { $0 >= BlockedLatency.noticeable * length }
    self.length = length
    meanBlocked = blocked.reduce(0, +) / Double(max(1, blocked.count))
    worst = latencies.max() ?? 0
    mostWaiting = try value("locks.waiting.max", ["who": "app"])
  }
}

/// The latency of writes that one statement of length D blocks, which locks its rows at a constant pace
/// and frees all at its end; writes come at a constant rate over all rows, one row each.
///
/// Before the pool is full a write that comes at t meets a locked row with probability t/D and waits
/// D − t: by themselves these wait D/3 on average. They hold their connections, so that after
/// √(2 D c / rate) all c are taken, and from then on everyone waits D − t: D/2 if it were from the start.
/// Source: the row-lock process of a one-pass batch (docs/model.md), the pool filling as its integral.
private struct BlockedLatency {
  /// Shorter waits, as a share of D, are not told from ordinary latency.
  static let noticeable = 0.02

  /// Seconds.
  var mean: Double

  init(length: Double, rate: Double, pool: Int) {
    let full = min(1, (2 * Double(pool) / (rate * length)).squareRoot())
    var (count, total) = (0.0, 0.0)
    let steps = 10_000
    for step in 0..<steps {
      let t = (Double(step) + 0.5) / Double(steps)
      guard 1 - t >= Self.noticeable else { break }
      let share = t < full ? t : 1
      count += share
      total += share * (1 - t)
    }
    mean = length * total / count
  }
}
