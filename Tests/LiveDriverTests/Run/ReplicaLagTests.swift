import Measurements
import Primitives
import Scenarios
import Testing

@testable import LiveDriver

@Suite("A replica's lag by the log's own clock")
struct ReplicaLagTests {
  /// What keeps a replica from replaying, and what is then written that it cannot replay.
  enum Stall: Sendable, CaseIterable {
    case paused, conflict

    func begin(on replica: Connection) throws {
      switch self {
      case .paused: try replica.execute("SELECT pg_wal_replay_pause()")
      case .conflict:
        try replica.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t")
      }
    }

    func write(on primary: Connection) throws {
      switch self {
      case .paused: try primary.execute("INSERT INTO t VALUES (1)")
      case .conflict:
        // What the query still sees is taken away; the first time somebody may have looked on.
        for _ in 0..<2 { try primary.execute("VACUUM t") }
      }
    }

    func end(on replica: Connection) throws {
      try replica.execute(self == .paused ? "SELECT pg_wal_replay_resume()" : "ROLLBACK")
    }
  }

  @Test(
    "Zero on an idle primary; with replay stalled for 5 s it grows from the first write not replayed",
    arguments: Stall.allCases)
  func stalledReplay(stall: Stall) async throws {
    let plan = ClusterPlan(replicas: [.init(name: "a")], sessions: 20)
    try await ThrowawayCluster.with(plan) { cluster in
      try await onOwnThread { () throws(any Error) in try Self.run(on: cluster, stall) }
    }
  }

  private static func run(on cluster: ThrowawayCluster, _ stall: Stall) throws {
    let primary = try Connection(cluster.primary.session, applicationName: "rehearse-test")
    let follower = try #require(cluster.replicas.first)
    let replica = try Connection(follower.administration, applicationName: "rehearse-test")
    try primary.execute("CREATE TABLE t AS SELECT n::bigint FROM generate_series(1, 100) AS n")
    try follower.catchUp(with: cluster.primary)
    let clock = LiveClock()
    let meter = SignalMeterBox(watchesLatency: false)
    let watch = try ServerWatch(
      primary: cluster.primary.administration, replicas: [follower.administration], tables: [],
      watchesCPU: false, sensors: Sensors(replicas: 1, pools: [], meter: meter), clock: clock)
    let isOver = Flag()
    let handed = Handed(watch)
    let watching = WorkingThread { handed.value.work { isOver.isRaised } }

    clock.sleep(until: clock.now + .milliseconds(400))
    let idleUntil = clock.now
    try stall.begin(on: replica)
    if stall == .conflict {
      try primary.execute("DELETE FROM t")
      try follower.catchUp(with: cluster.primary)
    }
    let written = clock.now
    try stall.write(on: primary)
    let flushed = clock.now
    clock.sleep(until: clock.now + .seconds(5))
    let resumed = clock.now
    try stall.end(on: replica)
    let replayed = clock.now
    try follower.catchUp(with: cluster.primary)
    clock.sleep(until: clock.now + .milliseconds(300))
    isOver.raise()
    watching.join()

    let lags = watch.readings.compactMap { entry -> (at: Instant, lag: TimeSpan)? in
      if case .lag(_, let lag, _, _) = entry.reading { (entry.at, lag) } else { nil }
    }
    #expect(lags.filter { $0.at <= idleUntil }.allSatisfy { $0.lag == .zero })
    #expect(lags.contains { $0.at <= idleUntil })
    let peak = try #require(lags.map(\.lag).max())
    // What really happened lies between these two, however slow this machine is.
    #expect(peak.seconds > 0.95 * (resumed - flushed).seconds)
    #expect(peak.seconds < 1.05 * (replayed - written).seconds)
    #expect(lags.last?.lag == .zero)
  }
}
