import Foundation
import LiveDriver
import Testing

extension OnAServer {
  @Suite struct ClusterTests {
    @Test("What is written on the primary arrives on its replica, which takes no writes")
    func replicates() async throws {
      try await withCluster { cluster in
        let primary = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        let follower = try #require(cluster.replicas.first)
        let replica = try Connection(follower.session, applicationName: "rehearse-test")
        try primary.execute("CREATE TABLE travels AS SELECT 42 AS answer")
        try follower.catchUp(with: cluster.primary)
        let answer = try replica.execute("SELECT answer FROM travels").scalar
        #expect(answer == "42")
        let error = #expect(throws: ServerError.self) {
          try replica.execute("INSERT INTO travels VALUES (1)")
        }
        #expect(error?.sqlState == "25006")
        let names = try primary.execute("SELECT application_name FROM pg_stat_replication")
        #expect(names.scalar == "replica-a")
      }
    }

    @Test("Nothing listens on the network, and the owner is no superuser")
    func isPrivate() async throws {
      try await withSession { session in
        let addresses = try session.execute("SHOW listen_addresses").scalar
        #expect(addresses == "")
        let superuser = try session.execute(
          "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        #expect(superuser.scalar == "f")
        let isMarked = try Marker.isThere(session)
        #expect(isMarked)
        #expect(throws: ServerError.self) {
          try session.execute("SELECT pg_read_file('/etc/hostname')")
        }
      }
      let cluster = try #require(OneCluster.running)
      let mode =
        try FileManager.default.attributesOfItem(atPath: cluster.folder.path)[.posixPermissions]
      #expect(mode as? Int == 0o700)
    }

    @Test("A stopped replica comes back and catches up")
    func stopAndStart() async throws {
      try await ThrowawayCluster.with(ClusterPlan(replicas: [.init(name: "b")])) { cluster in
        let replica = try #require(cluster.replicas.first)
        try await cluster.stop(replica)
        try await onOwnThread { () throws(ServerError) in
          let primary = try Connection(cluster.primary.session, applicationName: "rehearse-test")
          try primary.execute("CREATE TABLE missed AS SELECT 1")
        }
        try await cluster.start(replica)
        try await onOwnThread {
          try replica.catchUp(with: cluster.primary)
          let session = try Connection(replica.session, applicationName: "rehearse-test")
          let arrived = try session.execute("SELECT to_regclass('missed')").scalar
          #expect(arrived == "missed")
        }
      }
    }
  }
}
