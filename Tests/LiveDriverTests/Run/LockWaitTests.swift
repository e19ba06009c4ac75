import Gates
import Measurements
import Primitives
import Scenarios
import Testing

@testable import LiveDriver

extension OnAServer {
  @Suite("Waits for row locks")
  struct LockWaitTests {
    @Test("Sessions behind a row that is held are counted exactly, and their time within 5 %")
    func heldRow() async throws {
      try await withCluster { cluster in
        let bench = try LockBench(cluster, schema: "held_row")
        // Each session updates its own row; all rows are held together and freed together.
        try bench.hold("id <= 5")
        var atLeast = TimeSpan.zero
        let timed = try bench.run((1...5).map { "UPDATE held_row.t SET n = 0 WHERE id = \($0)" }) {
          let allWait = try bench.awaitWaiters(5)
          bench.pause(.milliseconds(500))
          atLeast = bench.now - allWait
          try bench.release()
        }
        let waits = bench.waits().filter { $0.waited >= Recorder.shortestWait }
        #expect(waits.count == 5)
        // What really happened lies between these two, however slow this machine is.
        let total = waits.reduce(0.0) { $0 + $1.waited.seconds }
        let most = timed.reduce(0.0) { $0 + $1.seconds }
        #expect(total > 0.95 * 5 * atLeast.seconds)
        #expect(total < 1.05 * most)
      }
    }

    @Test("A batch that waits on its way through a range is charged its wait, not its work")
    func batchInTheMiddle() async throws {
      try await withCluster { cluster in
        let bench = try LockBench(cluster, schema: "in_the_middle")
        try bench.hold("id = 500")
        let slow = "n = (SELECT count(*) FROM generate_series(1, 300))"
        let timed = try bench.run(["UPDATE in_the_middle.t SET \(slow)"]) {
          bench.pause(.milliseconds(400))
          try bench.release()
        }
        let waits = bench.waits().filter { $0.waited >= Recorder.shortestWait }
        let wait = try #require(waits.first)
        #expect(waits.count == 1)
        // It reached row 500 some time after it began, and was held until the release.
        let held = bench.held
        #expect(wait.waited < held && wait.waited < timed[0])
        #expect(wait.ended >= bench.releasedAt - .milliseconds(100))
        #expect(wait.ended <= bench.releasedAt + .seconds(1))
      }
    }

    @Test("Transactions whose lock timeout ends behind a held row: as many waits, each that long")
    func lockTimeouts() async throws {
      var live = LiveScenario("lock_timeouts")
      live.rows = 1
      live.backfill = "none"
      live.pools = "{app: {size: 8, wait_timeout: 60s}}"
      live.settings = "{lock_timeout: 200ms}"
      live.traffic = """
        [{name: pay, rate: 4/s, arrivals: constant, \
        statements: [{kind: update, rows: 1, set: [note]}]}]
        """
      live.run = "{warmup: 0s, before: 1500ms, after: 2s}"
      try await withCluster { [live] cluster in
        let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        try live.fill(session)
        try session.execute("BEGIN; UPDATE lock_timeouts.t SET n = 0")
        let result = try LiveRun(
          try live.scenario, on: LiveTarget(cluster), name: live.schema
        ).run()
        try session.execute("ROLLBACK")
        for phase in ["before", "during"] {
          func value(_ name: String, _ more: [String: String] = [:]) -> Double? {
            let labels = more.merging(["phase": phase]) { $1 }
            return result.trial.value(of: MetricKey(name, labels))?.value
          }
          let errors = try #require(value("app.errors"))
          #expect((5...7).contains(errors))
          #expect(value("locks.waits", ["who": "app"]) == errors)
          let mean = try #require(value("locks.wait.mean", ["who": "app"]))
          // The server's timer decides when it is over, a busy machine when that is seen.
          #expect(mean > 0.95 * 0.2 && mean < 10 * 0.2, "\(mean) s")
        }
      }
    }

    @Test("A client that gives up cancels its statement, and its connection serves the next one")
    func timeouts() async throws {
      var live = LiveScenario("gives_up")
      live.rows = 1
      live.backfill = "none"
      live.pools = "{app: {size: 2, wait_timeout: 60s}}"
      live.traffic = """
        [{name: pay, rate: 5/s, arrivals: constant, timeout: 100ms, \
        statements: [{kind: select, rows: 1}, {kind: update, rows: 1, set: [note]}]}]
        """
      live.run = "{warmup: 0s, before: 1s, after: 1s}"
      try await withCluster { [live] cluster in
        let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        try live.fill(session)
        try session.execute("BEGIN; UPDATE gives_up.t SET n = 0")
        let result = try LiveRun(
          try live.scenario, on: LiveTarget(cluster), name: live.schema
        ).run()
        let left = try session.execute(
          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%gives_up%' AND state = 'active'"
        )
        try session.execute("ROLLBACK")
        #expect(left.scalar == "1", "only the one that asks")
        for name in ["app.timeouts", "app.arrived"] {
          let value = result.trial.value(of: MetricKey(name, ["phase": "before"]))?.value
          #expect((4...6).contains(value ?? 0), "\(name)")
        }
        let errors = result.trial.value(of: MetricKey("app.errors", ["phase": "before"]))?.value
        #expect(errors == 0)
      }
    }
  }
}

/// Sessions that run statements behind a lock, and the watch that looks at them.
private final class LockBench: @unchecked Sendable {
  private let cluster: ThrowawayCluster
  private let clock = LiveClock()
  private let board = StatementBoard(sessions: 8)
  private let holder: Connection
  private let watch: LockWatch
  private var statements: [LongStatement] = []
  private var heldAt = Instant.zero
  private(set) var releasedAt = Instant.zero

  init(_ cluster: ThrowawayCluster, schema: String) throws {
    self.cluster = cluster
    holder = try Connection(cluster.primary.session, applicationName: "rehearse-test")
    let live = LiveScenario(schema)
    try live.fill(holder)
    let meter = SignalMeterBox(watchesLatency: false)
    watch = try LockWatch(
      cluster.primary.administration, board: board,
      sensors: Sensors(replicas: 0, pools: [], meter: meter), meter: meter, clock: clock)
    table = live.table
  }

  private let table: String
  var held: TimeSpan { releasedAt - heldAt }

  func hold(_ rows: String) throws {
    try holder.execute("BEGIN; UPDATE \(table) SET n = 0 WHERE \(rows)")
    heldAt = clock.now
  }

  func release() throws {
    try holder.execute("ROLLBACK")
    releasedAt = clock.now
  }

  var now: Instant { clock.now }

  /// When at least so many sessions were seen to wait.
  func awaitWaiters(_ count: Int) throws -> Instant {
    let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
    while true {
      let waiting = try root.execute(
        """
        SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
        AND query LIKE '%\(table)%'
        """)
      if waiting.integer(0, 0) ?? 0 >= count { return clock.now }
      pause(.milliseconds(2))
    }
  }

  func pause(_ span: TimeSpan) { clock.sleep(until: clock.now + span) }

  /// Runs each statement on a session of its own, and `meanwhile` here; how long each took.
  func run(_ texts: [String], meanwhile: () throws -> Void) throws -> [TimeSpan] {
    let isOver = Flag()
    let (watch, clock, board) = (Handed(watch), clock, board)
    let watching = WorkingThread { watch.value.work { isOver.isRaised } }
    let done = Results<LongStatement>()
    let threads = try texts.enumerated().map { number, text in
      let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
      board.connected(number, backend: session.backendPID, isBatch: false)
      return WorkingThread {
        let from = clock.now
        board.begin(number, at: from)
        do { try session.execute(text) } catch { Issue.record("\(error)") }
        board.end(number)
        done.add(
          LongStatement(session: Int32(number), from: from, to: clock.now, intended: from))
      }
    }
    try meanwhile()
    for thread in threads { thread.join() }
    pause(.milliseconds(20))
    isOver.raise()
    watching.join()
    statements = done.all.sorted { $0.session < $1.session }
    return statements.map { $0.to - $0.from }
  }

  func waits() -> [LockWait] {
    assembleWaits(watch.seen, statements: statements, end: clock.now)
  }
}
