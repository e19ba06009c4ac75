import CPostgres
import Foundation
import LiveDriver
import Synchronization
import Testing

extension OnAServer {
  @Suite struct ConnectionTests {
    @Test("Parameters reach the server as values, NULL as NULL")
    func parameters() async throws {
      try await withSession { session in
        let rows = try session.execute(
          "SELECT $1::text, $2::int + 1, $3::text", ["it's; DROP", "41", nil])
        #expect(rows.text(0, 0) == "it's; DROP")
        #expect(rows.integer(0, 1) == 42)
        #expect(rows.text(0, 2) == nil)
        try session.prepare("twice", "SELECT 2 * $1::int")
        for n in 1...3 {
          #expect(try session.execute(prepared: "twice", ["\(n)"]).scalar == "\(2 * n)")
        }
      }
    }

    @Test("An error carries its SQLSTATE and leaves the connection usable")
    func errors() async throws {
      try await withSession { session in
        #expect {
          try session.execute("SELECT 1 / 0")
        } throws: {
          ($0 as? ServerError)?.sqlState == "22012"
        }
        #expect(session.transactionStatus == .idle)
        try session.execute("BEGIN")
        #expect(session.transactionStatus == .inTransaction)
        #expect(throws: ServerError.self) { try session.execute("SELECT nothing") }
        #expect(session.transactionStatus == .failed)
        try session.execute("ROLLBACK")
        #expect(try session.execute("SELECT 1").scalar == "1")
      }
    }

    @Test("A backend that is terminated reads as a lost connection")
    func lostConnection() async throws {
      try await withCluster { cluster in
        let victim = try Connection(cluster.primary.session, applicationName: "rehearse-victim")
        let other = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
        try other.execute("SELECT pg_terminate_backend($1::int)", ["\(victim.backendPID)"])
        let error = #expect(throws: ServerError.self) {
          // The server's farewell comes first, then nothing.
          for _ in 0..<2 { try victim.execute("SELECT 1") }
        }
        #expect(error?.isConnectionLost == true)
        let next = #expect(throws: ServerError.self) { try victim.execute("SELECT 1") }
        #expect(next?.sqlState == "08006")
        #expect(victim.isLost)
      }
    }

    @Test("Another thread's cancel ends a statement with 57014")
    func cancel() async throws {
      try await withSession { session in
        let canceller = session.canceller
        let isOver = Flag()
        Thread.detachNewThread {
          // Repeated, since a cancel that finds the session idle does nothing.
          while !isOver.value.withLock({ $0 }) && canceller() { usleep(20_000) }
        }
        let error = #expect(throws: ServerError.self) { try session.execute("SELECT pg_sleep(60)") }
        isOver.value.withLock { $0 = true }
        #expect(error?.sqlState == ServerError.queryCanceled)
      }
    }

    @Test("COPY writes all rows, or none if the writer gives up")
    func copy() async throws {
      try await withSession { session in
        try session.execute("CREATE TEMP TABLE copied (n int)")
        let count = try session.copyIn("COPY copied FROM STDIN") {
          stream throws(ServerError) in
          for n in 0..<1000 { try stream.write(Array("\(n)\n".utf8)) }
        }
        #expect(count == 1000)
        let gaveUp = ServerError(sqlState: "00000", message: "enough")
        #expect(throws: gaveUp) {
          try session.copyIn("COPY copied FROM STDIN") {
            stream throws(ServerError) in
            try stream.write(Array("1\n".utf8))
            throw gaveUp
          }
        }
        #expect(throws: ServerError.self) {
          try session.copyIn("COPY copied FROM STDIN") {
            stream throws(ServerError) in try stream.write(Array("one\n".utf8))
          }
        }
        #expect(try session.execute("SELECT sum(n) FROM copied").scalar == "\(999 * 500)")
        #expect(session.transactionStatus == .idle)
      }
    }

    @Test(
      "Names and values are quoted as libpq quotes them",
      arguments: [
        "plain", "two words", "quo\"te", "quo'te", "back\\slash", "x\"; DROP TABLE t; --", "ä ☃ 🐘",
        "",
        "'; SELECT 1; --\\'",
      ])
    func quoting(text: String) async throws {
      try await withSession { session in
        let identifier = text.isEmpty ? "\"\"" : try escaped(text, session, PQescapeIdentifier)
        #expect(Quoting.identifier(text) == identifier)
        #expect(Quoting.literal(text) == (try escaped(text, session, PQescapeLiteral)))
        #expect(try session.execute("SELECT \(Quoting.literal(text))").scalar == text)
      }
    }

    private func escaped(
      _ text: String, _ session: Connection,
      _ escape: (OpaquePointer?, UnsafePointer<CChar>?, Int) -> UnsafeMutablePointer<CChar>?
    ) throws -> String {
      let result = try #require(escape(session.handle, text, text.utf8.count))
      defer { PQfreemem(result) }
      return String(cString: result)
    }

    @Test("A server that is not there is a lost connection, without the password in the reason")
    func unreachable() async throws {
      let nowhere = try ConnectionString("postgresql://me:hunter2@localhost:1/shop")
      let error = await #expect(throws: ServerError.self) {
        try await onOwnThread { () throws(ServerError) in
          _ = try Connection(nowhere, applicationName: "rehearse-test")
        }
      }
      #expect(error?.sqlState == "08006")
      #expect("\(try #require(error))".contains("hunter2") == false)
    }
  }
}

private final class Flag: Sendable {
  let value = Mutex(false)
}
