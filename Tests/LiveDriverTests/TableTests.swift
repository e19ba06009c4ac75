import LiveDriver
import Primitives
import Scenarios
import Strategies
import Testing

extension OnAServer {
  @Suite struct TableTests {
    @Test(
      "Rows come out as wide as the scenario says, within 2 %, in the row and on the page",
      arguments: [(60, 100), (200, 100), (310, 80), (1500, 100), (5000, 100)])
    func rowWidth(width: Int, fillfactor: Int) async throws {
      let scenario = try scenario(
        """
        table: {name: wide_\(width), rows: 20k, row_width: \(width)B, fillfactor: \(fillfactor)}
        backfill: {set: {note: "upper(status)"}}
        """)
      try await withSession { session in
        let built = try buildTables(scenario, seed: 1, session)
        #expect(built.notes == [])
        let rows = try session.execute(
          """
          SELECT count(*), avg(pg_column_size(t.*)), pg_relation_size('wide_\(width)')
          FROM wide_\(width) AS t
          """)
        #expect(rows.integer(0, 0) == 20_000)
        let mean = try #require(rows.real(0, 1))
        #expect(abs(mean / Double(width) - 1) < 0.02, "\(mean)")
        // Pages of 8,192 bytes with a header of 24 and a line pointer of 4 for each row.
        let aligned = (width + 7) / 8 * 8 + 4
        let perPage = max(1, 8168 * fillfactor / 100 / aligned)
        let pages = Double((20_000 + perPage - 1) / perPage)
        let bytes = try #require(rows.real(0, 2))
        #expect(abs(bytes / 8192 / pages - 1) < 0.02, "\(bytes / 8192) pages, not \(pages)")
      }
    }

    @Test(
      "Keys are the simulator's, with their gaps and their physical order",
      arguments: ["bigint", "uuid4"], ["clustered", "random"])
    func keys(type: String, order: String) async throws {
      let name = "keyed_\(type)_\(order)"
      let scenario = try scenario(
        """
        table:
          {name: \(name), rows: 3000, row_width: 100B,
           primary_key: {column: id, type: \(type), order: \(order), gaps: 37%}}
        """)
      let table = scenario.tables[0]
      let map = KeyMap(table: table)
      let places = table.physicalOrder(seed: 9)
      let expected = (0..<3000).map { place in
        let row = order == "random" ? places.position(of: place) : place
        return text(map.key(of: row), type)
      }
      let found = try await withSession { session in
        _ = try buildTables(scenario, seed: 9, session)
        let rows = try session.execute("SELECT id FROM \(name) ORDER BY ctid")
        return (0..<rows.count).map { rows.text($0, 0) ?? "" }
      }
      #expect(found == expected)
    }

    private func text(_ key: Key, _ type: String) -> String {
      if type == "bigint" { return "\(key.int64 ?? 0)" }
      let digits = String(key.position, radix: 16)
      let padded = Array(String(repeating: "0", count: 32 - digits.count) + digits)
      return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(padded[$0]) }
        .joined(separator: "-")
    }

    @Test("Columns have as many values as declared, and types follow from the expressions")
    func columns() async throws {
      let scenario = try scenario(
        """
        table:
          name: shop.typed
          rows: 5000
          row_width: 300B
          columns:
            - {name: status, type: text, width: 9B, distinct: 7}
            - {name: placed, type: timestamptz, distinct: 40}
            - {name: payload, type: jsonb, width: 40B}
            - {name: amount, type: "numeric(12,2)"}
            - {name: code, type: varchar(5), width: 6B, distinct: 300}
          indexes:
            - {name: by status, columns: [status]}
            - {name: by_customer, columns: [customer], distinct: 50}
        backfill:
          set: {status_v2: "upper(status)", counter: counter + 1, total: "amount * 2"}
        """)
      try await withSession { session in
        _ = try buildTables(scenario, seed: 3, session)
        let counts = try session.execute(
          """
          SELECT count(DISTINCT status), count(DISTINCT placed), count(DISTINCT code),
                 count(DISTINCT customer), count(status_v2), count(counter), count(total),
                 avg(pg_column_size(status)), count(DISTINCT payload->>'v') > 3000
          FROM shop.typed
          """)
        for (column, count) in [7, 40, 300, 50, 0, 5000, 0].enumerated() {
          #expect(counts.integer(0, column) == count, "column \(column)")
        }
        #expect(counts.real(0, 7) == 9)
        #expect(counts.boolean(0, 8) == true)
        let types = try session.execute(
          """
          SELECT string_agg(format_type(atttypid, atttypmod), ', ' ORDER BY attname)
          FROM pg_attribute WHERE attrelid = 'shop.typed'::regclass
            AND attname IN ('status_v2', 'counter', 'total')
          """)
        #expect(types.scalar == "bigint, text, numeric")
        let indexes = try session.execute(
          "SELECT count(*) FROM pg_index WHERE indrelid = 'shop.typed'::regclass")
        #expect(indexes.integer(0, 0) == 3)
      }
    }

    @Test(
      "The filter matches exactly the share of rows that the scenario says",
      arguments: [
        ("target IS NULL", "20%", 800), ("source IS NOT NULL", "75%", 3000),
        ("state = 'new'", "10%", 400), ("state <> 'it''s done'", "30%", 1200),
        ("kind = 3", "50%", 2000),
      ])
    func filter(filter: String, share: String, count: Int) async throws {
      let name = "filtered_\(count)"
      let scenario = try scenario(
        """
        table: {name: \(name), rows: 4000, row_width: 120B}
        backfill: {set: {target: "upper(source)"}, where: "\(filter)", rows_matching: \(share)}
        """)
      try await withSession { session in
        let built = try buildTables(scenario, seed: 5, session)
        #expect(built.notes == [])
        let found = try session.execute("SELECT count(*) FROM \(name) WHERE \(filter)")
        #expect(found.integer(0, 0) == count)
      }
    }

    @Test("A filter that cannot be filled for is said to match another share")
    func otherFilter() async throws {
      let scenario = try scenario(
        """
        table: {name: unfiltered, rows: 1000, row_width: 120B}
        backfill: {set: {target: "upper(source)"}, where: "length(source) > 1000", rows_matching: 40%}
        """)
      try await withSession { session in
        let notes = try buildTables(scenario, seed: 5, session).notes
        #expect(notes.count == 1)
        #expect(notes.first?.contains("0.0 %") == true && notes.first?.contains("40.0 %") == true)
      }
    }

    @Test("An index on columns that are drawn independently is said to have more keys")
    func independentColumns() async throws {
      let scenario = try scenario(
        """
        table:
          name: paired
          rows: 5000
          row_width: 120B
          columns:
            - {name: a, type: bigint, width: 8B, distinct: 100}
            - {name: b, type: bigint, width: 8B, distinct: 50}
          indexes: [{name: paired_ab, columns: [a, b], distinct: 100}]
        backfill: {set: {target: "upper(source)"}}
        """)
      try await withSession { session in
        let notes = try buildTables(scenario, seed: 5, session).notes
        let keys = try session.execute("SELECT count(DISTINCT (a, b)) FROM paired").integer(0, 0)
        // 5,000 (1 - 1/e) of 5,000 combinations.
        #expect(notes.count == 1 && notes.first?.contains("about 3160 distinct keys") == true)
        #expect(abs(try #require(keys) - 3160) < 100, "\(keys ?? 0)")
      }
    }

    @Test("A table is ready: visible to all, analysed, checkpointed")
    func ready() async throws {
      let scenario = try scenario("table: {name: ready, rows: 10k, row_width: 100B}")
      try await withSession { session in
        _ = try buildTables(scenario, seed: 5, session)
        let state = try session.execute(
          "SELECT relallvisible = relpages, reltuples FROM pg_class WHERE relname = 'ready'")
        #expect(state.boolean(0, 0) == true)
        #expect(state.integer(0, 1) == 10_000)
        let behind = try session.execute(
          "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn) FROM pg_control_checkpoint()")
        // What other tests write at the same time comes on top.
        #expect(behind.real(0, 0) != nil)
      }
    }

    @Test("Same seed, same bytes; another seed, other values")
    func deterministic() async throws {
      let sums = try await withSession { session in
        var sums: [String] = []
        for (name, seed) in [("twin_a", 4), ("twin_b", 4), ("twin_c", 5)] as [(String, UInt64)] {
          let scenario = try self.scenario(
            """
            table: {name: twin, rows: 2000, row_width: 150B}
            backfill: {set: {target: "upper(source)"}}
            """)
          _ = try buildTables(scenario, seed: seed, session)
          let sum = try session.execute(
            "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM twin t")
          sums.append(sum.scalar ?? "")
          try session.execute("ALTER TABLE twin RENAME TO \(name)")
        }
        return sums
      }
      #expect(sums[0] == sums[1])
      #expect(sums[0] != sums[2])
    }

    @Test("A table that is there already is refused and stays as it is")
    func existing() async throws {
      let scenario = try scenario("table: {name: precious, rows: 100, row_width: 100B}")
      try await withSession { session in
        try session.execute("CREATE TABLE precious AS SELECT 1 AS lone")
        #expect(throws: TableError.exists("\"precious\"")) {
          try buildTables(scenario, seed: 1, session)
        }
        let left = try session.execute("SELECT lone FROM precious").scalar
        #expect(left == "1")
      }
    }

    @Test(
      "What no table can be is refused before anything is made",
      arguments: [
        ("row_width: 30B", "upper(source)", "row_width"),
        ("row_width: 300B", "no_such_function(source)", "expressions"),
        ("row_width: 300B", "upper(source)); DROP TABLE witness; --", "expressions"),
        (
          "row_width: 300B, columns: [{name: a, type: 'text); DROP TABLE witness; --'}]", "a",
          "type"
        ),
      ])
    func refused(table: String, expression: String, word: String) async throws {
      let scenario = try scenario(
        """
        table: {name: 'never"; DROP TABLE witness; --', rows: 100, \(table)}
        backfill: {set: {target: "\(expression)"}}
        """)
      try await withSession { session in
        try session.execute("CREATE TEMP TABLE witness (n int)")
        let error = #expect(throws: TableError.self) {
          try buildTables(scenario, seed: 1, session)
        }
        let message = try #require(error)
        #expect("\(message)".contains(word), "\(message)")
        #expect(!message.help.isEmpty)
        #expect(session.transactionStatus == .idle)
        let left = try session.execute(
          "SELECT to_regclass('witness'), count(*) FROM pg_class WHERE relname LIKE 'never%'")
        #expect(left.text(0, 0) == "witness")
        #expect(left.integer(0, 1) == 0)
      }
    }

    private func scenario(_ text: String) throws -> Scenario {
      try testScenario(text)
    }
  }
}
