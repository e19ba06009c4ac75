import Gates
import Measurements
import Scenarios
import Testing

@testable import LiveDriver

extension OnAServer {
  @Suite("A pgbench script as traffic")
  struct ScriptTrafficTests {
    @Test(
      "Its own words are sent: the TPC-B-like books balance, one history row for each transaction")
    func books() async throws {
      let text = """
        name: books
        tables:
          - name: books.pgbench_accounts
            rows: 100k
            row_width: 121B
            primary_key: {column: aid}
            columns: [{name: bid, type: integer}, {name: abalance, type: integer, distinct: 1}]
          - name: books.pgbench_branches
            rows: 1
            row_width: 64B
            primary_key: {column: bid}
            columns: [{name: bbalance, type: integer, distinct: 1}]
          - name: books.pgbench_tellers
            rows: 10
            row_width: 64B
            primary_key: {column: tid}
            columns: [{name: tbalance, type: integer, distinct: 1}]
          - name: books.pgbench_history
            rows: 1
            row_width: 120B
            primary_key: {column: hid}
            columns: [{name: mtime, type: timestamp}]
        traffic: [{name: tpcb, rate: 100/s, script: "builtin:tpcb-like"}]
        pools: {app: {size: 8, wait_timeout: 60s}}
        database: {cores: 2}
        run: {seed: 4, warmup: 0s, before: 1s, after: 1s}

        """
      try await withCluster { cluster in
        let session = try Connection(
          cluster.primary.session.with("options", "-csearch_path=books,public"),
          applicationName: "rehearse-test")
        try session.execute("CREATE SCHEMA books")
        let scenario = try ScenarioFile.load(text: text, path: "books.yaml").scenario
        _ = try buildTables(scenario, seed: 4, session)
        let sums = """
          SELECT (SELECT sum(abalance) FROM books.pgbench_accounts),
            (SELECT sum(tbalance) FROM books.pgbench_tellers),
            (SELECT sum(bbalance) FROM books.pgbench_branches),
            (SELECT sum(delta) FROM books.pgbench_history), (SELECT count(*) FROM books.pgbench_history)
          """
        let before = try session.execute(sums)
        var target = LiveTarget(cluster)
        target.primary.session = target.primary.session
          .with("options", "-csearch_path=books,public")
        let result = try LiveRun(scenario, on: target, name: "books").run()
        let after = try session.execute(sums)
        func grown(_ column: Int) -> Int {
          (after.integer(0, column) ?? 0) - (before.integer(0, column) ?? 0)
        }
        #expect(grown(0) != 0)
        #expect([grown(1), grown(2), grown(3)] == Array(repeating: grown(0), count: 3))
        #expect(result.warnings == [])
        let completed = ["before", "during", "after"].compactMap {
          result.trial.value(of: MetricKey("app.completed", ["phase": $0]))?.value
        }
        // What was under way at the end of the run is committed too, at most one for each connection.
        #expect((0...8).contains(grown(4) - Int(completed.reduce(0, +))))
      }
    }
  }
}
