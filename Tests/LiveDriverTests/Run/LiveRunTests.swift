import Foundation
import Gates
import LiveDriver
import Measurements
import Scenarios
import Simulator
import Strategies
import Testing

extension OnAServer {
  @Suite("A live run")
  struct LiveRunTests {
    private static let retry = "{max: 1, backoff: 1ms}"
    private static let traffic = """
      [{name: pay, rate: 200/s, statements: [{kind: select, rows: 1}, \
      {kind: update, rows: 1, set: [note]}]}]
      """

    @Test("Live and simulated runs give the same metrics, row for row")
    func sameMetrics() async throws {
      var live = LiveScenario("same_metrics")
      live.traffic = Self.traffic
      live.replicas = "[{name: replica-a}]"
      live.run = "{warmup: 500ms, before: 500ms, after: 1s, horizon: 60s}"
      let scenario = try live.scenario
      let simulated = simulateTrial(scenario, trial: 0, seed: 1, exact: false)
      try await rehearseLive(live, replicas: true) { result, session, live in
        #expect(result.trial.values.map(\.metric) == simulated.values.map(\.metric))
        #expect(result.end == .finished)
        #expect(result.warnings.isEmpty, "\(result.warnings)")
        let trial = result.trial
        #expect(trial.value(of: MetricKey("backfill.rows", [:]))?.value == 2_000)
        #expect(trial.value(of: MetricKey("backfill.batches", [:]))?.value == 4)
        #expect((trial.value(of: MetricKey("wal.bytes", [:]))?.value ?? 0) > 2_000 * 100)
        #expect(trial.value(of: MetricKey("replica.lag.max", [:]))?.value != nil)
        let arrived = trial.value(of: MetricKey("app.arrived", ["phase": "before"]))?.value ?? 0
        #expect((60...140).contains(arrived), "200 a second for half a second, not \(arrived)")
        let unserved = trial.value(of: MetricKey("app.unserved_ratio", [:]))?.value
        #expect(unserved == 0)
        let wrong = try live.wrongRows(session)
        #expect(wrong == 0)
      }
    }

    @Test(
      "Without contention the live run visits the ranges that the simulated one does, in order",
      arguments: [
        ("keyset", "{batch: {rows: 300}}"),
        ("descending", "{batch: {rows: 300}, order: descending}"),
        ("random", "{batch: {rows: 300}, order: random}"),
        ("offsets", "{preset: offset, batch: {rows: 300}}"),
        ("monolithic", "{preset: monolithic}"),
        ("keys", "{batch: {rows: 300}, statement: keys}"),
        ("locking", "{batch: {rows: 300}, statement: lock_then_update}"),
        ("row_by_row", "{batch: {rows: 300}, statement: per_row}"),
        ("keys_at_random", "{batch: {rows: 300}, statement: keys, order: random}"),
        ("offsets_locked", "{preset: offset, batch: {rows: 300}, statement: lock_then_update}"),
        ("whole_by_row", "{preset: monolithic, statement: per_row}"),
        ("queue", "{preset: skip-locked-queue, batch: {rows: 300}, workers: 1, pause: 10ms}"),
      ])
    func sameRanges(name: String, strategy: String) async throws {
      var live = LiveScenario("ranges_\(name)")
      live.gaps = "20%"
      live.strategy = strategy
      try await Self.compare(live) { try $0.wrongRows($1) }
    }

    @Test(
      "Without contention the live run visits the heap's blocks that the simulated one does",
      arguments: ["ascending", "descending", "random"])
    func sameBlocks(order: String) async throws {
      var live = LiveScenario("blocks_\(order)")
      live.isBuilt = true
      live.backfill = "{set: {v: \"upper(note)\"}, where: v IS NULL}"
      live.strategy = "{batch: {rows: 300}, statement: ctid, order: \(order)}"
      try await Self.compare(live) {
        try $1.execute("SELECT count(*) FROM \($0.table) WHERE v IS DISTINCT FROM upper(note)")
          .integer(0, 0)
      }
    }

    private static func compare(
      _ live: LiveScenario,
      _ wrongRows: @escaping @Sendable (LiveScenario, Connection) throws -> Int?
    ) async throws {
      let scenario = try live.scenario
      let simulated = simulateTrial(
        scenario, trial: 0, seed: scenario.run.seed, exact: true,
        extras: TrialExtras(decisions: true)
      ).decisions
      try await rehearseLive(live) { result, session, live in
        let decisions = try #require(result.decisions)
        #expect(decisions.executed == simulated?.executed)
        #expect(decisions.executed.isEmpty == false)
        #expect(decisions.replay() == nil)
        let wrong = try wrongRows(live, session)
        #expect(wrong == 0)
      }
    }

    @Test(
      "A live run's events, fed back in, give its actions exactly",
      arguments: [
        ("adaptive", "{batch: {target_time: 20ms, min_rows: 50, max_rows: 400}, workers: 2}"),
        ("by_filter", "{batch: {rows: 300}, pause: {ratio: 0.5}}"),
        (
          "throttled",
          """
          {batch: {rows: 200}, workers: 3, throttle: [{pause_when: app.active > 1, every: 10ms}, \
          {abort_when: mvcc.dead_rows > 1G, for: 5s}]}
          """
        ),
        ("skipped", "{batch: {rows: 200}, workers: 2, retry: \(retry), give_up: skip}"),
        ("queue", "{preset: skip-locked-queue, batch: {rows: 200}, pause: 20ms}"),
        ("split", "{batch: {rows: 200}, statement: keys, retry: \(retry), give_up: split}"),
      ])
    func replays(name: String, strategy: String) async throws {
      var live = LiveScenario("replays_\(name)")
      live.strategy = strategy
      live.traffic = Self.traffic
      if name == "by_filter" {
        live.backfill = "{set: {n: \"n + 1\", v: \"'done'\"}, where: v IS NULL}"
      }
      // A row that nobody can change.
      let stubborn: [String: Int] = ["skipped": 200, "split": 1]
      let prepare = { @Sendable (session: Connection, live: LiveScenario) throws in
        guard stubborn[name] != nil else { return }
        try session.execute(
          """
          CREATE FUNCTION \(live.schema).fail() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN RAISE EXCEPTION 'no more' USING ERRCODE = '55P03'; END $$;
          CREATE TRIGGER fail BEFORE UPDATE ON \(live.table) FOR EACH ROW
          WHEN (OLD.id = 1000 AND NEW.n <> OLD.n) EXECUTE FUNCTION \(live.schema).fail()
          """)
      }
      try await rehearseLive(live, prepare: prepare) { result, session, live in
        let decisions = try #require(result.decisions)
        #expect(decisions.replay() == nil)
        let kept = try JSONEncoder().encode(decisions)
        let read = try JSONDecoder().decode(DecisionLog.self, from: kept)
        #expect(read == decisions)
        #expect(result.end == .finished)
        let wrong = try live.wrongRows(session)
        #expect(wrong == stubborn[name] ?? 0)
        let missed = result.trial.value(of: MetricKey("backfill.rows_missed", [:]))?.value
        #expect(missed == Double(stubborn[name] ?? 0))
      }
    }
  }
}

extension DecisionLog {
  /// The batches as they were handed out.
  var executed: [Batch] {
    entries.flatMap(\.actions).compactMap { action in
      if case .execute(let batch, _, _) = action { batch } else { nil }
    }
  }
}
