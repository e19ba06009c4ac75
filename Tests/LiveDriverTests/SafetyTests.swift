import Primitives
import Scenarios
import Testing

@testable import LiveDriver

extension OnAServer {
  @Suite struct SafetyTests {
    @Test("An unmarked database is refused, with the statement that would mark it")
    func unmarked() async throws {
      try await onDatabase("plain") { session in
        let refusals = try TargetCheck(session, allowed: []).refusals
        guard case .notAllowed(let database, let host, let marking)? = refusals.first else {
          Issue.record("\(refusals)")
          return
        }
        #expect(database == "plain")
        let allowed = [AllowedTarget(host: host, database: "plain")]
        let isAllowed = try !isRefused(session, allowed)
        #expect(isAllowed)
        let elsewhere = [
          AllowedTarget(host: host, database: "plainer"),
          AllowedTarget(host: "localhost", database: "plain"),
        ]
        let isElsewhere = try isRefused(session, elsewhere)
        #expect(isElsewhere)
        try session.execute(marking)
        let isMarked = try !isRefused(session, [])
        #expect(isMarked)
      }
    }

    private func isRefused(
      _ session: Connection, _ allowed: [AllowedTarget]
    ) throws(ServerError) -> Bool {
      try TargetCheck(session, allowed: allowed).refusals.contains {
        if case .notAllowed = $0 { true } else { false }
      }
    }

    @Test("A marker of another cluster, as a restored dump carries it, counts for nothing")
    func foreignMarker() async throws {
      try await onDatabase("restored") { session in
        try session.execute("COMMENT ON DATABASE restored IS 'rehearse: throwaway 123'")
        let isRefused = try isRefused(session, [])
        #expect(isRefused)
      }
    }

    @Test("A marked database with the owner's role has nothing against it but other sessions")
    func marked() async throws {
      try await withSession { session in
        let check = try TargetCheck(session, allowed: [], connections: 5)
        let others = check.refusals.filter { if case .otherSessions = $0 { false } else { true } }
        #expect(others == [])
        #expect(check.warnings == [])
      }
    }

    @Test("A hot standby is no target, and only it is a replica")
    func standby() async throws {
      try await withCluster { cluster in
        let primary = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        let server = try #require(cluster.replicas.first)
        let replica = try Connection(server.session, applicationName: "rehearse-test")
        let refusals = try TargetCheck(replica, allowed: []).refusals
        #expect(refusals.contains(.hotStandby))
        let proper = try TargetCheck.refusal(ofReplica: replica, of: primary)
        #expect(proper == nil)
        let improper = try TargetCheck.refusal(ofReplica: primary, of: primary)
        #expect(improper == .notAReplica)
      }
    }

    @Test("A superuser is refused unless the project allows it there")
    func superuser() async throws {
      try await withCluster { cluster in
        let session = try Connection(
          cluster.primary.administration, applicationName: "rehearse-test")
        let refused = try TargetCheck(session, allowed: []).refusals
        #expect(refused.contains(.superuser(role: "postgres")))
        let allowed = AllowedTarget(
          host: cluster.folder.path, database: "rehearse", exceptions: [.superuser])
        let permitted = try TargetCheck(session, allowed: [allowed]).refusals
        #expect(!permitted.contains(.superuser(role: "postgres")))
      }
    }

    @Test("Sessions of others are refused by name, ours are not counted")
    func otherSessions() async throws {
      try await withCluster { cluster in
        let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        let other = try Connection(
          cluster.primary.administration.with("dbname", "postgres"), applicationName: "reporting")
        let refusals = try TargetCheck(session, allowed: []).refusals
        let names = refusals.flatMap { refusal -> [String] in
          guard case .otherSessions(let names) = refusal else { return [] }
          return names
        }
        #expect(names.contains("reporting of postgres"))
        #expect(!names.contains { $0.hasPrefix("rehearse") })
        withExtendedLifetime(other) {}
        let allowed = AllowedTarget(
          host: cluster.folder.path, database: "rehearse", exceptions: [.otherSessions])
        let permitted = try TargetCheck(session, allowed: [allowed]).refusals
        #expect(!permitted.contains { if case .otherSessions = $0 { true } else { false } })
      }
    }

    @Test("A name like production's is refused even with the marker")
    func production() async throws {
      try await onDatabase("shop_prod") { session in
        try session.execute(try Marker.statement(on: "shop_prod", session))
        let refusals = try TargetCheck(session, allowed: []).refusals
        #expect(refusals.contains(.productionName("shop_prod", what: "database")))
      }
    }

    @Test("Too few free connections are refused before the run needs them")
    func connections() async throws {
      try await withSession { session in
        let refusals = try TargetCheck(session, allowed: [], connections: 100_000).refusals
        #expect(refusals.contains { if case .tooFewConnections = $0 { true } else { false } })
      }
    }

    @Test(
      "A session of a checked string is not used on another cluster, nor a lost one made again there"
    )
    func otherCluster() async throws {
      try await withCluster { cluster in
        var server = cluster.primary.session
        server.onlyCluster = try Connection(server, applicationName: "rehearse-test").cluster()
        _ = try Connection(server, applicationName: "rehearse-test")
        var moved = server
        moved.onlyCluster = "7000000000000000000"
        let again = BackfillConnection(moved, clock: LiveClock(), patience: .seconds(1))
        let first = #expect(throws: ServerError.self) {
          try Connection(moved, applicationName: "rehearse-test")
        }
        let second = #expect(throws: ServerError.self) { try again.recover() }
        for error in [first, second] {
          #expect(error?.message.contains("another cluster") == true)
          #expect(error?.isConnectionLost == false)
        }
      }
    }

    @Test("A read-only session cannot write and does not wait")
    func readOnly() async throws {
      try await withCluster { cluster in
        let session = try Connection.readOnly(cluster.primary.session)
        let error = #expect(throws: ServerError.self) {
          try session.execute("CREATE TABLE never (n int)")
        }
        #expect(error?.sqlState == "25006")
        let patience = try session.execute("SHOW lock_timeout").scalar
        #expect(patience == "100ms")
      }
    }

    /// Runs `body` on a new unmarked database of that name, as its owner.
    private func onDatabase(
      _ name: String, _ body: @escaping @Sendable (Connection) throws -> Void
    ) async throws {
      try await withCluster { cluster in
        let server = cluster.primary
        let administrator = try Connection(server.administration, applicationName: "rehearse-test")
        let quoted = Quoting.identifier(name)
        try administrator.execute("CREATE DATABASE \(quoted) OWNER rehearse TEMPLATE template0")
        try body(
          try Connection(server.session.with("dbname", name), applicationName: "rehearse-test"))
      }
    }
  }
}

@Suite struct ProductionNameTests {
  @Test(
    "Production is told by whole words",
    arguments: [
      ("db-prod-1.example.com", true), ("PROD2", true), ("shop_live", true), ("production", true),
      ("products", false), ("delivery-staging", false), ("olive", false), ("reproduction", false),
    ])
  func words(name: String, resembles: Bool) {
    #expect(ProductionName.resembles(name) == resembles)
  }
}
