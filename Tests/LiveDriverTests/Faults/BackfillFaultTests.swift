import Gates
import Measurements
import Primitives
import Scenarios
import Strategies
import Testing

@testable import LiveDriver

extension OnAServer {
  /// `n = n + 1` tells a row that was changed twice, or never, from one that was changed once.
  @Suite("A live backfill under faults changes every row exactly once")
  struct BackfillFaultTests {
    /// Runs `action`, an expression or statement of PL/pgSQL, at every first try of what `trigger`
    /// names: sequences do not roll back, so odd numbers are first tries.
    private static func sabotage(
      _ session: Connection, _ live: LiveScenario, _ trigger: String, _ action: String
    ) throws {
      let name = live.schema
      try session.execute("CREATE SEQUENCE \(name).tries")
      try session.execute(
        """
        CREATE FUNCTION \(name).sabotage() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('\(name).tries') % 2 = 1 THEN \(action); END IF;
          RETURN NULL;
        END $$
        """)
      try session.execute("\(trigger) EXECUTE FUNCTION \(name).sabotage()")
    }

    private static func onUpdate(_ live: LiveScenario) -> String {
      "CREATE TRIGGER sabotage AFTER UPDATE ON \(live.table) FOR EACH STATEMENT"
    }

    /// Runs when COMMIT has reached the server, before it is durable.
    private static func onCommit(_ session: Connection, _ live: LiveScenario) throws -> String {
      try session.execute(live.progressTable.creation)
      return """
        CREATE CONSTRAINT TRIGGER sabotage AFTER INSERT ON \(live.progress)
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.batch >= 0)
        """
    }

    private static func fast(_ schema: String) -> LiveScenario {
      var live = LiveScenario(schema)
      live.strategy = "{batch: {rows: 500}, retry: {max: 3, backoff: 1ms}}"
      return live
    }

    @Test(
      "Every batch fails once, and is tried again",
      arguments: [("55P03", "lock_timeouts"), ("40P01", "deadlocks"), ("40001", "retries")])
    func failsOnce(state: String, counter: String) async throws {
      try await rehearseLive(
        Self.fast("fails_\(counter)"),
        prepare: { session, live in
          let raise = "RAISE EXCEPTION 'sabotage' USING ERRCODE = '\(state)'"
          try Self.sabotage(session, live, Self.onUpdate(live), raise)
        },
        { result, session, live in
          #expect(result.end == .finished)
          let failures = result.trial.value(of: MetricKey("backfill.\(counter)", [:]))?.value
          #expect(failures == 4)
          let wrong = try live.wrongRows(session)
          #expect(wrong == 0)
        })
    }

    @Test(
      "The connection of every batch is lost once, before COMMIT or in it",
      arguments: ["before", "inside"])
    func lostOnce(place: String) async throws {
      try await rehearseLive(
        Self.fast("lost_\(place)"),
        prepare: { session, live in
          let trigger =
            place == "before" ? Self.onUpdate(live) : try Self.onCommit(session, live)
          try Self.sabotage(
            session, live, trigger, "PERFORM pg_terminate_backend(pg_backend_pid())")
        },
        { result, session, live in
          #expect(result.end == .finished)
          let wrong = try live.wrongRows(session)
          #expect(wrong == 0)
          let batches = result.trial.value(of: MetricKey("backfill.batches", [:]))?.value
          #expect(batches == 4)
          #expect(result.decisions?.replay() == nil)
        })
    }

    @Test("A statement that someone cancels on the server ends the run, which can go on")
    func cancelled() async throws {
      let live = Self.fast("cancelled")
      try await rehearseLive(
        live,
        prepare: { session, live in
          try Self.sabotage(
            session, live, Self.onUpdate(live), "PERFORM pg_cancel_backend(pg_backend_pid())")
        },
        { result, session, live in
          guard case .gaveUp(let reason) = result.end else {
            Issue.record("it ended with \(result.end)")
            return
          }
          #expect(reason.contains("canceling statement due to user request"))
          let changed = try live.wrongRows(session)
          #expect(changed == 2_000)
          try session.execute("DROP TRIGGER sabotage ON \(live.table)")
        })
      try await rehearseLive(live, resumes: true) { result, session, live in
        #expect(result.end == .finished)
        let wrong = try live.wrongRows(session)
        #expect(wrong == 0)
      }
    }

    @Test("A backfill that gave up goes on from where it was, and only there")
    func resumes() async throws {
      var live = LiveScenario("resumes")
      live.strategy = "{batch: {rows: 250}, workers: 2, order: random}"
      try await rehearseLive(
        live,
        prepare: { session, live in
          try session.execute(
            """
            CREATE FUNCTION resumes.fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'no more'; END $$;
            CREATE TRIGGER fail BEFORE UPDATE ON \(live.table) FOR EACH ROW
            WHEN (OLD.id = 1000) EXECUTE FUNCTION resumes.fail()
            """)
        },
        { result, session, _ in
          guard case .gaveUp(let reason) = result.end else {
            Issue.record("it ended with \(result.end)")
            return
          }
          #expect(reason.contains("no more"))
          try session.execute("DROP TRIGGER fail ON resumes.t")
        })
      try await expectResumed(live)
    }

    @Test("Rows that somebody holds are left, outlive a stop, and are changed once they are free")
    func skipsLocked() async throws {
      var live = LiveScenario("skips_locked")
      live.gaps = "20%"
      live.strategy = """
        {preset: skip-locked-queue, batch: {rows: 500}, pause: 0ms, \
        retry: {backoff: 10ms, max_backoff: 10ms}}
        """
      let cluster = try #require(OneCluster.running)
      let holders = Results<Connection>()
      try await rehearseLive(
        live,
        prepare: { _, live in
          let holder = try Connection(cluster.primary.session, applicationName: "rehearse-test")
          holders.add(holder)
          try holder.execute("BEGIN")
          // The first and the last row, and two neighbours.
          try holder.execute(
            """
            SELECT FROM \(live.table) WHERE id IN (
              SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM \(live.table)) AS all_rows
              WHERE place IN (1, 700, 701, 2000)) FOR UPDATE
            """)
        }, stopAfter: 1_996
      ) { result, session, live in
        #expect(result.end == .interrupted)
        let wrong = try live.wrongRows(session)
        #expect(wrong == 4)
        let waits = result.trial.value(of: MetricKey("locks.waits", ["who": "backfill"]))?.value
        #expect(waits == 0)
        #expect(result.decisions?.replay() == nil)
        for holder in holders.all { try holder.execute("COMMIT") }
      }
      try await expectResumed(live)
    }

    /// Goes on where the run before stopped, to the end: every row is right and counted once.
    private func expectResumed(_ live: LiveScenario) async throws {
      try await rehearseLive(live, resumes: true) { result, session, live in
        #expect(result.end == .finished)
        let wrong = try live.wrongRows(session)
        #expect(wrong == 0)
        let sum = try session.execute("SELECT sum(rows) FROM \(live.progress)").scalar
        #expect(sum == "2000")
      }
    }

    @Test("Someone who stops the run loses nothing: whole batches are kept, and it can go on")
    func stopped() async throws {
      var live = LiveScenario("stopped")
      live.strategy = "{batch: {rows: 100}, pause: 20ms}"
      try await rehearseLive(
        live, stopAfter: 300,
        { result, session, live in
          #expect(result.end == .interrupted)
          #expect(!result.trial.complete)
          let done = try session.execute("SELECT coalesce(sum(rows), 0) FROM \(live.progress)")
          let changed = try session.execute("SELECT count(*) FROM \(live.table) WHERE n = id + 1")
          #expect(done.scalar == changed.scalar)
        })
      try await rehearseLive(live, resumes: true) { result, session, live in
        #expect(result.end == .finished)
        let wrong = try live.wrongRows(session)
        #expect(wrong == 0)
      }
    }
  }

  @Suite("Where COMMIT was durable but its answer was lost")
  struct LostAnswerTests {
    @Test("The progress row says so, and the batch is not run again")
    func answered() async throws {
      try await ThrowawayCluster.with(ClusterPlan(sessions: 20)) { cluster in
        try await onOwnThread { () throws(any Error) in try Self.run(on: cluster) }
      }
    }

    @Test("Where no such row may be written, it is run again, and the table is the same")
    func unanswered() async throws {
      try await ThrowawayCluster.with(ClusterPlan(sessions: 20)) { cluster in
        try await onOwnThread { () throws(any Error) in try Self.runWithoutRows(on: cluster) }
      }
    }

    private static func runWithoutRows(on cluster: ThrowawayCluster) throws {
      var live = LiveScenario("answers")
      live.backfill = "{set: {v: \"upper(note)\"}}"
      let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
      try session.execute("SET synchronous_commit = local")
      try live.fill(session)
      let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
      try root.execute(
        """
        CREATE ROLE guest LOGIN; GRANT USAGE ON SCHEMA answers TO guest;
        GRANT SELECT, UPDATE ON \(live.table) TO guest
        """)
      try root.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
      try root.execute("SELECT pg_reload_conf()")
      let killer = Killer(cluster, atMost: 2)
      let guest = LiveTarget.Server(
        session: cluster.primary.session.with("user", "guest"),
        observation: cluster.primary.administration)
      let result = try LiveRun(
        try live.scenario, on: LiveTarget(primary: guest, replicas: [], isThrowaway: true),
        name: live.schema
      ).run()
      #expect(killer.stop() >= 2)
      #expect(result.end == .finished)
      #expect(
        result.warnings.contains { $0.contains("a batch whose COMMIT is lost is done twice") })
      let retries = result.trial.value(of: MetricKey("backfill.retries", [:]))?.value
      #expect(retries ?? 0 >= 1)
      #expect(result.trial.value(of: MetricKey("backfill.rows", [:]))?.value == 2_000)
      let wrong = try session.execute(
        "SELECT count(*) FROM \(live.table) WHERE v IS DISTINCT FROM upper(note)")
      #expect(wrong.scalar == "0")
      #expect(try session.execute("SELECT to_regclass('\(live.progress)')").scalar == nil)
    }

    /// A primary that waits for a replica which does not exist never answers a COMMIT, though it is
    /// durable: whoever ends the session then makes exactly this case.
    private static func run(on cluster: ThrowawayCluster) throws {
      let live = LiveScenario("answers")
      let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
      try session.execute("SET synchronous_commit = local")
      try live.fill(session)
      try session.execute(live.progressTable.creation)
      let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
      try root.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
      try root.execute("SELECT pg_reload_conf()")
      let killer = Killer(cluster)
      let result = try LiveRun(
        try live.scenario, on: LiveTarget(cluster), name: live.schema
      ).run()
      #expect(killer.stop() >= 4)
      #expect(result.end == .finished)
      let retries = result.trial.value(of: MetricKey("backfill.retries", [:]))?.value
      #expect(retries == 0)
      let wrong = try live.wrongRows(session)
      #expect(wrong == 0)
    }
  }
}

extension LiveScenario {
  var progressTable: ProgressTable {
    ProgressTable(beside: TableName(table), run: schema, key: KeyText(type: "bigint"))
  }
}

/// Ends every session of the backfill that waits for a replica to confirm its COMMIT, until so many
/// have ended; then no commit waits for one any more.
private final class Killer: Sendable {
  private let isOver = Flag()
  private let killed = Results<Int>()
  private let thread: WorkingThread

  init(_ cluster: ThrowawayCluster, atMost most: Int = .max) {
    let (isOver, killed) = (isOver, killed)
    thread = WorkingThread {
      let clock = LiveClock()
      do {
        let root = try Connection(
          cluster.primary.administration, applicationName: "rehearse-test")
        var count = 0
        while !isOver.isRaised, count < most {
          // What begins the run need not wait, and is let go.
          try root.execute(
            """
            SELECT pg_cancel_backend(pid) FROM pg_stat_activity
            WHERE wait_event = 'SyncRep' AND query NOT LIKE '%COMMIT'
            """)
          let ended = try root.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE wait_event = 'SyncRep' AND application_name = 'rehearse backfill'
              AND query LIKE '%COMMIT'
            """)
          if ended.count > 0 { killed.add(ended.count) }
          count += ended.count
          clock.sleep(until: clock.now + .milliseconds(10))
        }
        try root.execute("ALTER SYSTEM RESET synchronous_standby_names")
        try root.execute("SELECT pg_reload_conf()")
      } catch {
        Issue.record("\(error)")
      }
    }
  }

  func stop() -> Int {
    isOver.raise()
    thread.join()
    return killed.all.reduce(0, +)
  }
}
