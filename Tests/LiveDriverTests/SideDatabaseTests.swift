import LiveDriver
import Testing

extension OnAServer {
  @Suite("A database beside the run's own") struct SideDatabaseTests {
    /// Where the pages of a table that is read whole came from, as EXPLAIN says it.
    private static func buffers(_ session: Connection) throws -> String {
      let plan = try session.execute("EXPLAIN (ANALYZE, BUFFERS) SELECT count(*) FROM t")
      return (0..<plan.count).compactMap { plan.text($0, 0) }.first { $0.contains("Buffers:") }
        ?? ""
    }

    @Test("After its files were copied nothing is lost and no shared buffer holds any of it")
    func leavesBuffers() async throws {
      try await withCluster { cluster in
        let database = try SideDatabase("beside", on: cluster)
        let session = cluster.primary.session.with("dbname", "beside")
        do {
          let writer = try Connection(session, applicationName: "rehearse-test")
          try writer.execute("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 20000) g")
          #expect(try Self.buffers(writer).contains("hit="))
        }
        try database.leaveBuffers()
        do {
          let reader = try Connection(session, applicationName: "rehearse-test")
          let buffers = try Self.buffers(reader)
          #expect(buffers.contains("read=") && !buffers.contains("hit="), "\(buffers)")
          #expect(try reader.execute("SELECT count(*) FROM t").scalar == "20000")
        }
        for replica in cluster.replicas { try replica.catchUp(with: cluster.primary) }
        try database.drop()
        let left = try Connection(cluster.primary.session, applicationName: "rehearse-test")
          .execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'beside%'").scalar
        #expect(left == "0")
      }
    }
  }
}
