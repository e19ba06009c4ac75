import Gates
import Measurements
import Primitives
import Scenarios
import Testing

@testable import LiveDriver

extension OnAServer {
  @Suite("The checks after a backfill")
  struct VerifierTests {
    @Test("Rows as the expression says pass; NULLs and other values are counted and named")
    func values() async throws {
      var live = LiveScenario("verified_values")
      live.backfill = "{set: {v: \"upper(note)\"}}"
      live.rows = 5_000
      try await onFilled(live) { bench in
        try bench.owner.execute("UPDATE \(bench.table) SET v = upper(note)")
        let good = try bench.verify()
        #expect(good.check(.nullFallbacks)?.verdict == .pass)
        #expect(good.check(.mismatches)?.verdict == .pass)
        #expect(good.rows == 5_000)
        #expect(good.ranges.count > 1)
        #expect(good.verdict == .pass)
        try bench.owner.execute("UPDATE \(bench.table) SET v = NULL WHERE id IN (4007, 4008)")
        try bench.owner.execute("UPDATE \(bench.table) SET v = 'x' WHERE id IN (11, 12, 4999)")
        let bad = try bench.verify()
        #expect(bad.check(.nullFallbacks)?.measured == 2)
        #expect(bad.check(.nullFallbacks)?.detail.contains("id = 4007") ?? false)
        #expect(bad.check(.mismatches)?.measured == 3)
        #expect(bad.check(.mismatches)?.detail.contains("id = 11") ?? false)
        #expect(bad.verdict == .fail)
      }
    }

    @Test("Rows that the filter leaves out count only where it cannot know them any more")
    func filters() async throws {
      var live = LiveScenario("verified_filter")
      live.backfill = "{set: {v: \"note\"}, where: \"id % 2 = 0\"}"
      try await onFilled(live) { bench in
        try bench.owner.execute("UPDATE \(bench.table) SET v = note WHERE id % 2 = 0")
        #expect(try bench.verify().verdict == .pass)
      }
      live.schema = "verified_spent"
      live.backfill = "{set: {v: \"note\"}, where: \"v IS NULL\"}"
      try await onFilled(live) { bench in
        try bench.owner.execute("UPDATE \(bench.table) SET v = note")
        try bench.owner.execute("UPDATE \(bench.table) SET v = 'written by the app' WHERE id = 5")
        #expect(try bench.verify().check(.mismatches)?.measured == 1)
      }
    }

    @Test(
      "The sums do not depend on where the rows lie, as md5(string_agg) does; they show a change")
    func checksum() async throws {
      var live = LiveScenario("verified_sums")
      live.backfill = "{set: {v: \"note\"}}"
      live.rows = 3_000
      try await onFilled(live) { bench in
        let digest = "SELECT md5(string_agg(id::text, '')) FROM \(bench.table)"
        let before = try bench.verify()
        let first = try bench.owner.execute(digest).scalar
        // The rows move to other pages; the backfilled column changes, all others keep their values.
        try bench.owner.execute("UPDATE \(bench.table) SET v = note WHERE id % 3 = 0")
        #expect(try bench.owner.execute(digest).scalar != first)
        var reference = Verifier.Reference()
        reference.before = before
        let same = try bench.verify(reference)
        #expect(same.check(.checksum)?.verdict == .pass)
        #expect(same.check(.rows)?.verdict == .pass)
        #expect(same.ranges.map(\.upTo) == before.ranges.map(\.upTo))
        #expect(same.ranges.map(\.rowsSum) != before.ranges.map(\.rowsSum))
        try bench.owner.execute("UPDATE \(bench.table) SET n = n + 1 WHERE id = 2999")
        let changed = try bench.verify(reference)
        #expect(changed.check(.checksum)?.verdict == .fail)
        #expect(changed.check(.checksum)?.measured == 1)
        try bench.owner.execute("DELETE FROM \(bench.table) WHERE id = 3")
        let fewer = try bench.verify(reference)
        #expect(fewer.check(.rows)?.verdict == .fail)
        #expect(fewer.check(.rows)?.detail.contains("1 rows fewer") ?? false)
      }
    }

    @Test("A count given by hand decides, and new rows above the old ones are no loss")
    func count() async throws {
      var live = LiveScenario("verified_count")
      live.backfill = "{set: {v: \"note\"}}"
      try await onFilled(live) { bench in
        var reference = Verifier.Reference()
        reference.count = 2_000
        #expect(try bench.verify(reference).check(.rows)?.verdict == .pass)
        reference.count = 2_001
        #expect(try bench.verify(reference).check(.rows)?.verdict == .fail)
        reference = Verifier.Reference()
        reference.before = try bench.verify()
        try bench.owner.execute("INSERT INTO \(bench.table) VALUES (9000, 1, 'new', 'new')")
        let grown = try bench.verify(reference)
        #expect(grown.check(.rows)?.verdict == .pass)
        #expect(grown.check(.checksum)?.verdict == .pass)
        #expect(grown.rows == 2_001)
      }
    }

    @Test(
      "What cannot be asked again is undecided, with the reason, and the rows are counted all the same",
      arguments: [
        ("n", "n + 1", "which it sets"), ("v", "random()::text", "random gives another value"),
        ("v", "now()::text", "now gives another value"), ("v", "(1 / (n - n))::text", "division"),
      ])
    func undecidable(column: String, expression: String, reason: String) async throws {
      var live = LiveScenario("undecidable_\(reason.prefix { $0 != " " })")
      live.backfill = "{set: {\(column): \"\(expression)\"}}"
      try await onFilled(live) { bench in
        let record = try bench.verify()
        #expect(record.check(.mismatches)?.verdict == .inconclusive)
        #expect(record.check(.mismatches)?.detail.lowercased().contains(reason) ?? false)
        #expect(record.rows == 2_000)
        #expect(record.verdict == .inconclusive)
      }
    }

    @Test("A role that may not read the table gets an answer, not an error")
    func rights() async throws {
      var live = LiveScenario("verified_rights")
      live.backfill = "{set: {v: \"note\"}}"
      try await onFilled(live) { bench in
        let administrator = try Connection(
          bench.cluster.primary.administration, applicationName: "rehearse-test")
        try administrator.execute(
          "CREATE ROLE blind LOGIN; GRANT USAGE ON SCHEMA \(bench.live.schema) TO blind")
        let record = try bench.verify(role: "blind")
        #expect(record.check(.rows)?.verdict == .inconclusive)
        #expect(record.check(.rows)?.detail.contains("permission denied") ?? false)
        #expect(record.check(.replicas)?.verdict == .inconclusive)
        #expect(record.verdict == .inconclusive)
      }
    }

    @Test("Rows are read from a replica that has caught up, and from the primary otherwise")
    func replicas() async throws {
      var live = LiveScenario("verified_replica")
      live.backfill = "{set: {v: \"note\"}}"
      live.replicas = "[{name: a}]"
      try await onFilled(live) { bench in
        let follower = try #require(bench.cluster.replicas.first)
        let replica = try Connection(follower.administration, applicationName: "rehearse-test")
        let good = try bench.verify(replicas: true)
        #expect(good.read == "a replica")
        #expect(good.check(.replicas)?.verdict == .pass)
        #expect(good.rows == 2_000)
        try replica.execute("SELECT pg_wal_replay_pause()")
        defer { _ = try? replica.execute("SELECT pg_wal_replay_resume()") }
        try bench.owner.execute("UPDATE \(bench.table) SET v = note")
        let late = try bench.verify(replicas: true)
        #expect(late.check(.replicas)?.verdict == .fail)
        #expect(late.read == "the target")
        #expect(late.check(.nullFallbacks)?.measured == 0)
      }
    }

    @Test("A hostile expression cannot write, not even by turning read-only off first")
    func hostile() async throws {
      var live = LiveScenario("verified_hostile")
      live.backfill =
        "{set: {v: \"set_config('default_transaction_read_only', 'off', false) || own(note)\"}}"
      try await onFilled(live) { bench in
        try bench.owner.execute(
          """
          CREATE FUNCTION own(text) RETURNS text LANGUAGE plpgsql AS
          $$BEGIN DELETE FROM verified_hostile.t; RETURN ''; END$$
          """)
        let record = try bench.verify()
        #expect(record.check(.mismatches)?.verdict == .inconclusive)
        #expect(record.rows == 2_000)
        #expect(try bench.owner.execute("SELECT count(*) FROM \(bench.table)").scalar == "2000")
      }
    }

    private func onFilled(
      _ live: LiveScenario, _ body: @escaping @Sendable (Bench) throws -> Void
    ) async throws {
      try await withCluster { cluster in
        let owner = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        try live.fill(owner)
        try body(Bench(cluster: cluster, owner: owner, live: live))
      }
    }
  }
}

private struct Bench {
  let cluster: ThrowawayCluster
  let owner: Connection
  let live: LiveScenario

  var table: String { live.table }

  func verify(
    _ reference: Verifier.Reference = .init(), role: String? = nil, replicas: Bool = false
  ) throws -> VerifyRecord {
    func session(_ server: LocalServer) throws -> Connection {
      try Connection.readOnly(role.map { server.session.with("user", $0) } ?? server.session)
    }
    let verifier = Verifier(
      try live.scenario, primary: try session(cluster.primary),
      replicas: replicas ? try cluster.replicas.map(session) : [], target: "test",
      reference: reference)
    let record = try verifier.verify(
      interval: .zero, patience: replicas ? .milliseconds(500) : .seconds(10),
      shouldStop: { false }, report: { _ in })
    return try #require(record)
  }
}

extension VerifyRecord {
  func check(_ id: Check.Name) -> Check? { checks.first { $0.id == id } }
}

@Suite("The traffic's error rate")
struct ErrorRateTests {
  @Test("Against 0.1 % it takes thousands of transactions to tell")
  func judged() {
    #expect(ErrorRate.judge(unserved: 0, of: 10_000, "r").verdict == .pass)
    #expect(ErrorRate.judge(unserved: 0, of: 1_000, "r").verdict == .inconclusive)
    #expect(ErrorRate.judge(unserved: 50, of: 10_000, "r").verdict == .fail)
    #expect(ErrorRate.judge(unserved: 0, of: 0, "r").verdict == .none)
  }
}
