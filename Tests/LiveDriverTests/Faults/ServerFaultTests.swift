import Foundation
import Gates
import Measurements
import Primitives
import Scenarios
import Strategies
import Synchronization
import Testing

@testable import LiveDriver

/// Servers that go away and come back under a run; each test has a cluster of its own.
@Suite("A server that goes away")
struct ServerFaultTests {
  private static func scenario(_ schema: String) -> LiveScenario {
    var live = LiveScenario(schema)
    live.backfill = "{set: {n: \"n + 1\", v: \"upper(note)\"}}"
    live.strategy = "{batch: {rows: 200}, workers: 2, retry: {max: 5, backoff: 10ms}}"
    live.traffic = "[{name: read, rate: 50/s, statements: [{kind: select, rows: 1}]}]"
    return live
  }

  @Test(
    "A primary that is shut down, or crashes, in mid-run is awaited, and nothing is done twice",
    arguments: [ThrowawayCluster.Stop.fast, .immediate])
  func restarts(stop: ThrowawayCluster.Stop) async throws {
    try await ThrowawayCluster.with(ClusterPlan(sessions: 30)) { cluster in
      let work = try await Work(Self.scenario("restarts"), on: cluster)
      async let result = work.run()
      try await work.awaitBlockedBatch()
      // It takes the holder's session along, so that the batch that waited can go on afterwards.
      try await cluster.stop(cluster.primary, stop)
      try await cluster.start(cluster.primary)
      let end = try await result
      #expect(end.end == .finished)
      #expect(end.trial.complete)
      #expect(end.decisions?.replay() == nil)
      let retries = end.trial.value(of: MetricKey("backfill.retries", [:]))?.value ?? 0
      #expect(retries >= 1)
      try await work.expectEachRowOnce()
    }
  }

  @Test("One that stays away ends the run with what it has, and the run can go on later")
  func staysAway() async throws {
    try await ThrowawayCluster.with(ClusterPlan(sessions: 30)) { cluster in
      let work = try await Work(Self.scenario("away"), on: cluster)
      async let result = work.run(patience: .milliseconds(100))
      try await work.awaitBlockedBatch()
      try await cluster.stop(cluster.primary, .immediate)
      let lost = try await result
      guard case .serverLost = lost.end else {
        Issue.record("it ended with \(lost.end)")
        return
      }
      #expect(!lost.trial.complete)
      let rows = lost.trial.value(of: MetricKey("backfill.rows", [:]))?.value ?? 0
      #expect((800..<2000).contains(rows))
      try await cluster.start(cluster.primary)
      let end = try await work.run(resumes: true)
      #expect(end.end == .finished)
      try await work.expectEachRowOnce()
    }
  }

  @Test(
    "Batches that a crash takes along, confirmed without being durable, are done by the next run")
  func asynchronousCommits() async throws {
    try await ThrowawayCluster.with(ClusterPlan(sessions: 30)) { cluster in
      let work = try await Work(Self.scenario("asynchronous"), on: cluster)
      // Nobody writes the log out for those who do not wait for it.
      let writers = try await onOwnThread { () throws(ServerError) in
        let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
        try root.execute("ALTER DATABASE rehearse SET synchronous_commit = off")
        let found = try root.execute(
          """
          SELECT pid FROM pg_stat_activity
          WHERE backend_type IN ('walwriter', 'background writer')
          """)
        return (0..<found.count).compactMap { found.integer($0, 0).map { pid_t($0) } }
      }
      #expect(writers.count == 2)
      for writer in writers { kill(writer, SIGSTOP) }
      async let result = work.run()
      try await work.awaitBlockedBatch()
      // The server ends all others as well, and starts anew.
      for writer in writers { kill(writer, SIGKILL) }
      let end = try await result
      guard case .gaveUp(let reason) = end.end, reason.contains("the server lost") else {
        Issue.record("it ended with \(end.end)")
        return
      }
      let resumed = try await work.run(resumes: true)
      #expect(resumed.end == .finished)
      try await work.expectEachRowOnce()
    }
  }

  @Test("A replica that is stopped and comes back is noticed, and ends with the primary's rows")
  func replicaRestarts() async throws {
    let plan = ClusterPlan(replicas: [.init(name: "a")], sessions: 30)
    try await ThrowawayCluster.with(plan) { cluster in
      let replica = try #require(cluster.replicas.first)
      var live = Self.scenario("replica")
      live.replicas = "[{name: a}]"
      let work = try await Work(live, on: cluster)
      async let result = work.run()
      try await work.awaitBlockedBatch()
      try await cluster.stop(replica, .immediate)
      try await work.release()
      try await work.awaitRows(2_000)
      try await cluster.start(replica)
      let end = try await result
      #expect(end.end == .finished)
      #expect(end.warnings.isEmpty, "\(end.warnings)")
      // It missed what was written while it was away.
      let behind = end.trial.value(of: MetricKey("replica.lag_bytes.max", ["replica": "a"]))?.value
      #expect(behind ?? 0 > 200 * 100)
      try await work.expectEachRowOnce()
      let drained = try await onOwnThread { [live] in
        try replica.catchUp(with: cluster.primary)
        let session = try Connection(replica.session, applicationName: "rehearse-test")
        return try live.wrongRows(session)
      }
      #expect(drained == 0)
    }
  }

  @Test("A disk that is full under the log ends the run, and with room it goes on")
  func diskFull() async throws {
    try await withEmptyFolder { folder in
      guard try await mount("-t", "tmpfs", "-o", "size=160m,mode=0777", "none", folder) else {
        print("skipped: this process may not mount a file system of a small size")
        return
      }
      let outcome = await Result.ofTask { try await Self.fillDisk(folder) }
      #expect(try await ChildProcess("/bin/umount", ["-l", folder]).run().succeeded)
      try outcome.get()
    }
  }

  private static func fillDisk(_ folder: String) async throws {
    let log = folder + "/log"
    try FileManager.default.createDirectory(atPath: log, withIntermediateDirectories: false)
    try ServerUser.choose().own(log)
    try await ThrowawayCluster.with(ClusterPlan(sessions: 30, logFolder: log)) { cluster in
      var live = scenario("disk_full")
      live.traffic = "[]"
      live.rows = 120_000
      live.strategy = "{batch: {rows: 2000}, retry: {max: 1, backoff: 10ms}}"
      let work = try await Work(live, on: cluster)
      try await work.release()
      try await onOwnThread { () throws(ServerError) in
        let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
        // Nothing of the log is recycled, and nothing given back.
        try root.execute("ALTER SYSTEM SET wal_recycle = off")
        try root.execute("SELECT pg_reload_conf()")
        try root.execute("CHECKPOINT")
        try root.execute("SELECT pg_create_physical_replication_slot('keeps', true)")
      }
      let ballast = folder + "/ballast"
      try Data(count: freeBytes(folder) - (1 << 20)).write(to: URL(fileURLWithPath: ballast))
      let full = try await work.run(patience: .milliseconds(500))
      switch full.end {
      case .serverLost, .gaveUp: break
      default: Issue.record("it ended with \(full.end)")
      }
      let rows = full.trial.value(of: MetricKey("backfill.rows", [:]))?.value ?? 0
      #expect((1..<120_000).contains(rows), "\(rows) rows")
      try FileManager.default.removeItem(atPath: ballast)
      #expect(try await mount("-o", "remount,size=512m", folder))
      if await !isRunning(cluster.primary) { try await cluster.start(cluster.primary) }
      let end = try await work.run(resumes: true)
      #expect(end.end == .finished)
      try await work.expectEachRowOnce()
    }
  }

  private static func freeBytes(_ folder: String) -> Int {
    var status = statvfs()
    statvfs(folder, &status)
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  private static func isRunning(_ server: LocalServer) async -> Bool {
    await onOwnThread {
      for _ in 0..<200 {
        let session = try? Connection(server.session, applicationName: "rehearse-test")
        if session != nil { return true }
        guard ServerProcess(data: server.data) != nil else { return false }
        usleep(50_000)
      }
      return false
    }
  }
}

private func mount(_ arguments: String...) async throws -> Bool {
  try await ChildProcess("/bin/mount", arguments).run().succeeded
}

extension Result where Failure == any Error {
  fileprivate static func ofTask(_ body: () async throws -> Success) async -> Self {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}

/// A filled table whose middle a session of the test holds, and the runs over it.
private final class Work: Sendable {
  private let live: LiveScenario
  private let cluster: ThrowawayCluster
  private let holder: Connection
  private let rows = Atomic<Int>(0)

  init(_ live: LiveScenario, on cluster: ThrowawayCluster) async throws {
    self.live = live
    self.cluster = cluster
    holder = try await onOwnThread {
      let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
      try live.fill(session)
      try session.execute("BEGIN; UPDATE \(live.table) SET note = note WHERE id = 1000")
      return session
    }
  }

  func run(
    resumes: Bool = false, patience: TimeSpan = .seconds(30)
  ) async throws -> LiveResult {
    try await onOwnThread { [self] in
      let isReplicated = live.replicas != "[]"
      let run = LiveRun(
        try live.scenario, on: LiveTarget(cluster, replicas: isReplicated), name: live.schema,
        resumes: resumes, patience: patience)
      // Phases without a backfill report none.
      return try run.run(report: { [self] in rows.max($0.rows, ordering: .relaxed) })
    }
  }

  /// The batch with the held row waits, and all others are done or still to come.
  func awaitBlockedBatch() async throws {
    try await onOwnThread { [self] in
      let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
      try Self.await {
        try root.execute(
          """
          SELECT FROM pg_stat_activity
          WHERE wait_event_type = 'Lock' AND application_name = 'rehearse backfill'
          """
        ).count > 0
      }
    }
    try await awaitRows(800)
  }

  func awaitRows(_ count: Int) async throws {
    try await onOwnThread { [self] in
      try Self.await { rows.load(ordering: .relaxed) >= count }
    }
  }

  /// A minute is more than the slowest machine takes.
  private static func await(_ isSo: () throws -> Bool) throws {
    for _ in 0..<12_000 {
      if try isSo() { return }
      usleep(5_000)
    }
    Issue.record("a minute was not enough")
  }

  func release() async throws {
    try await onOwnThread { [self] in _ = try holder.execute("ROLLBACK") }
  }

  func expectEachRowOnce() async throws {
    let (wrong, rows) = try await onOwnThread { [self] in
      let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
      let wrong = try session.execute(
        """
        SELECT count(*) FROM \(live.table)
        WHERE (n, v) IS DISTINCT FROM (id + 1, upper(note))
        """
      ).integer(0, 0)
      let rows = try session.execute("SELECT sum(rows) FROM \(live.progress)").integer(0, 0)
      return (wrong, rows)
    }
    #expect(wrong == 0)
    #expect(rows == live.rows)
  }
}
