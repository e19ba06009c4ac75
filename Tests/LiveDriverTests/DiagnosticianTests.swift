import Measurements
import Primitives
import Testing

@testable import LiveDriver

extension OnAServer {
  @Suite("The symptoms of a server")
  struct DiagnosticianTests {
    @Test(
      "A waiter is shown with its blocker, and the remedy is for the blocker, fit for its state")
    func lockWait() async throws {
      try await withCluster { cluster in
        let live = LiveScenario("diagnosed")
        let holder = try Connection(cluster.primary.session, applicationName: "holder")
        try live.fill(holder)
        try holder.execute("BEGIN; UPDATE \(live.table) SET n = 0 WHERE id = 1")
        let waiter = try Connection(cluster.primary.session, applicationName: "waiter")
        let waiting = WorkingThread {
          _ = try? waiter.execute("UPDATE \(live.table) SET n = 1 WHERE id = 1")
        }
        defer {
          _ = try? holder.execute("ROLLBACK")
          waiting.join()
        }
        let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while try root.execute(waits).scalar == "0" {}
        let record = try diagnose(cluster, limits: .everything)
        let symptom = try #require(record.symptom(.lockWaits))
        #expect(symptom.isPresent)
        #expect(symptom.values["waiters"] == 1)
        #expect(symptom.evidence.first?.contains("pid \(waiter.backendPID) (waiter)") ?? false)
        #expect(symptom.evidence.first?.contains("pid \(holder.backendPID) (holder") ?? false)
        #expect(
          symptom.mitigation.first?.contains("pg_terminate_backend(\(holder.backendPID))") ?? false)
        #expect(!symptom.mitigation.contains { $0.contains("\(waiter.backendPID)") })
        let idle = try #require(record.symptom(.idleInTransaction))
        #expect(idle.isPresent)
        #expect(idle.evidence.contains { $0.contains("pid \(holder.backendPID) ") })
        // With the limits of every day a wait this short is none.
        var patient = Diagnostician.Limits()
        patient.lockWait = 3_600
        #expect(try diagnose(cluster, limits: patient).symptom(.lockWaits)?.isPresent == false)
      }
    }

    @Test("A running blocker is to be cancelled, not ended")
    func runningBlocker() async throws {
      try await withCluster { cluster in
        let live = LiveScenario("diagnosed_running")
        let holder = try Connection(cluster.primary.session, applicationName: "holder")
        try live.fill(holder)
        let canceller = holder.canceller
        try holder.execute("BEGIN; UPDATE \(live.table) SET n = 0 WHERE id = 1")
        let holding = WorkingThread { _ = try? holder.execute("SELECT pg_sleep(3600)") }
        let waiter = try Connection(cluster.primary.session, applicationName: "waiter")
        let waiting = WorkingThread {
          _ = try? waiter.execute("UPDATE \(live.table) SET n = 1 WHERE id = 1")
        }
        let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
        let both = """
          SELECT count(*) FROM pg_stat_activity
          WHERE wait_event_type = 'Lock' OR wait_event = 'PgSleep'
          """
        while try root.execute(both).scalar != "2" {}
        let pid = holder.backendPID
        let symptom = try #require(try diagnose(cluster, limits: .everything).symptom(.lockWaits))
        while !canceller() {}
        holding.join()
        try holder.execute("ROLLBACK")
        waiting.join()
        #expect(symptom.mitigation.first?.contains("pg_cancel_backend(\(pid))") ?? false)
      }
    }

    @Test("An unused slot is a symptom with the statement that drops it; the replica's own is none")
    func slots() async throws {
      try await withCluster { cluster in
        let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
        #expect(try diagnose(cluster).symptom(.retainedLog)?.isPresent == false)
        try root.execute("SELECT pg_create_physical_replication_slot('forgotten', true)")
        defer { _ = try? root.execute("SELECT pg_drop_replication_slot('forgotten')") }
        let symptom = try #require(try diagnose(cluster).symptom(.retainedLog))
        #expect(symptom.isPresent)
        #expect(symptom.values["unused_slots"] == 1)
        #expect(symptom.mitigation.first?.contains("'forgotten'") ?? false)
      }
    }

    @Test("A paused replica's bytes are told by stage, and the pause itself")
    func lag() async throws {
      try await withCluster { cluster in
        let follower = try #require(cluster.replicas.first)
        let replica = try Connection(follower.administration, applicationName: "rehearse-test")
        try replica.execute("SELECT pg_wal_replay_pause()")
        defer { _ = try? replica.execute("SELECT pg_wal_replay_resume()") }
        let owner = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        try owner.execute("CREATE TABLE lagging AS SELECT generate_series(1, 1000) AS n")
        let record = try diagnose(cluster, replicas: true)
        let symptom = try #require(record.symptom(.replicaLag))
        #expect(symptom.values["worst_bytes"] ?? 0 > 10_000)
        #expect(symptom.evidence.contains { $0.contains("PAUSED") })
      }
    }

    @Test("A deadlock of the interval is counted, not those of the server's life")
    func deadlocks() {
      let diagnostician = Diagnostician.Counters(deadlocks: 7, commits: 100, rollbacks: 7)
      var later = diagnostician
      later.commits = 300
      #expect(Diagnostician.deadlocks(diagnostician, later)?.isPresent == false)
      later.deadlocks = 8
      #expect(Diagnostician.deadlocks(diagnostician, later)?.isPresent == true)
    }

    @Test("What a role may not see is said")
    func rights() async throws {
      try await withCluster { cluster in
        let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
        try root.execute("CREATE ROLE guest LOGIN")
        let session = try Connection.readOnly(cluster.primary.session.with("user", "guest"))
        var diagnostician = Diagnostician(session)
        let record = try diagnostician.diagnose(target: "test", interval: .zero)
        #expect(record.unknown.contains { $0.contains("pg_monitor") })
      }
    }

    private func diagnose(
      _ cluster: ThrowawayCluster, replicas: Bool = false,
      limits: Diagnostician.Limits = .init()
    ) throws -> DiagnosisRecord {
      let session = try Connection.readOnly(cluster.primary.administration)
      let others =
        try replicas ? cluster.replicas.map { try Connection.readOnly($0.administration) } : []
      var diagnostician = Diagnostician(session, replicas: others, limits: limits)
      return try diagnostician.diagnose(target: "test", interval: .zero)
    }
  }
}

extension Diagnostician.Limits {
  /// However short it has been.
  fileprivate static var everything: Self {
    var limits = Self()
    limits.lockWait = 0
    limits.idle = 0
    return limits
  }
}

extension DiagnosisRecord {
  func symptom(_ id: Symptom.Name) -> Symptom? { symptoms.first { $0.id == id } }
}
