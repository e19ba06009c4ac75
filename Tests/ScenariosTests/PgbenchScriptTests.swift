import Foundation
import Testing
import Traffic

@testable import Scenarios

@Suite("pgbench scripts as traffic")
struct PgbenchScriptTests {
  private static let tables = """
    tables:
      - {name: pgbench_accounts, rows: 200k, row_width: 121B, primary_key: {column: aid}}
      - {name: pgbench_branches, rows: 2, row_width: 32B, primary_key: {column: bid}}
      - {name: pgbench_tellers, rows: 20, row_width: 36B, primary_key: {column: tid}}
      - {name: pgbench_history, rows: 1k, row_width: 48B, primary_key: {column: hid}}

    """

  private static func load(_ traffic: String, path: String = "s.yaml") throws -> TrafficClass {
    let text = tables + "traffic: [{name: t, rate: 10/s, \(traffic)}]\n"
    return try #require(try ScenarioFile.load(text: text, path: path).scenario.traffic.first)
  }

  @Test("The TPC-B-like script is what one would write out by hand, with its own words kept")
  func builtin() throws {
    let script = try Self.load("script: \"builtin:tpcb-like\"")
    let written = try Self.load(
      """
      statements: [{kind: update, table: pgbench_accounts, set: [abalance]}, \
      {kind: select, table: pgbench_accounts}, \
      {kind: update, table: pgbench_tellers, set: [tbalance]}, \
      {kind: update, table: pgbench_branches, set: [bbalance]}, \
      {kind: insert, table: pgbench_history}]
      """)
    var bare = script
    for index in bare.statements.indices { bare.statements[index].script = nil }
    #expect(bare == written)
    let first = try #require(script.statements.first?.script)
    #expect(first.sql == "UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2")
    #expect(first.values.last == .key(table: 0, draw: 0))
    guard case .random(let delta, -5_000, 5_000)? = first.values.first else {
      Issue.record("\(first.values)")
      return
    }
    let insert = try #require(script.statements.last?.script)
    #expect(
      insert.keyed
        == "INSERT INTO pgbench_history (\"hid\", tid, bid, aid, delta, mtime) "
        + "VALUES ($5, $1, $2, $3, $4, CURRENT_TIMESTAMP)")
    // One draw of the transaction is one value wherever it stands.
    #expect(
      insert.values == [
        .key(table: 2, draw: 0), .key(table: 1, draw: 0), .key(table: 0, draw: 0),
        .random(number: delta, low: -5_000, high: 5_000),
      ])
  }

  @Test("A file beside the scenario is read, with its comments, continuations and variables")
  func file() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("rehearse-script-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try """
    -- hot rows, spread
    \\set n 100000 \\
       * :branches
    \\set aid permute(random_zipfian(1, :n, 1.07), :n) + 1
    \\set other random(1, :n)
    BEGIN;
    SELECT abalance FROM pgbench_accounts -- one; row
      WHERE aid = :aid FOR UPDATE;
    UPDATE public.pgbench_accounts SET abalance = 7, filler = ';' WHERE aid = :aid;
    COMMIT;

    """.write(to: folder.appendingPathComponent("hot.sql"), atomically: true, encoding: .utf8)
    let path = folder.appendingPathComponent("s.yaml").path
    let traffic = try Self.load("script: hot.sql, define: {branches: 2}", path: path)
    #expect(traffic.keys == .zipf(s: 1.07))
    #expect(traffic.scatter)
    #expect(traffic.statements.map(\.kind) == [.selectForUpdate, .update])
    #expect(traffic.statements.last?.set == ["abalance", "filler"])
    #expect(traffic.statements.last?.script?.sql.contains("';'") ?? false)
  }

  @Test("A uniform draw from the first rows is a hot spot that gets all")
  func part() throws {
    let traffic = try Self.map(
      "\\set a random(1, 1000)\nSELECT 1 FROM pgbench_accounts WHERE aid = :a;")
    #expect(traffic.keys == .hotspot(fraction: 0.005, share: 1))
    #expect(!traffic.isScattered)
  }

  @Test("A second variable over the same table is another draw")
  func another() throws {
    let mapping = try Self.map(
      """
      \\set a random(1, 200000)
      \\set b random(1, 200000)
      BEGIN;
      UPDATE pgbench_accounts SET abalance = 1 WHERE aid = :a;
      UPDATE pgbench_accounts SET abalance = 2 WHERE aid = :b;
      END;
      """)
    #expect(mapping.statements.map(\.pick) == [.same, .another])
    #expect(mapping.statements[1].script?.values == [.key(table: 0, draw: 1)])
  }

  private static func map(_ text: String) throws -> PgbenchMapping {
    let scenario = try ScenarioFile.load(
      text: tables + "backfill: {set: {v: \"1\"}}\n", path: "s.yaml"
    ).scenario
    return try PgbenchMapping(PgbenchScript(text), tables: scenario.tables, define: [:])
  }

  @Test(
    "What has no counterpart is refused, with its line",
    arguments: [
      ("\\set a random_gaussian(1, 10, 2)", 1, "random_gaussian() cannot be drawn"),
      ("\\set a :nothing + 1", 1, "\"nothing\" has no value"),
      ("\\set a 7 / 0", 1, "division by zero"),
      ("\\set a random(1, 10) * 2", 1, "only whole numbers"),
      ("\\set a (random(1, 10)", 1, "\")\" is missing"),
      ("\n\\sleep 10 ms\nSELECT 1;", 2, "\\sleep has no counterpart"),
      (
        "\\set a random(1, 200000)\nSELECT 1 FROM pgbench_accounts WHERE bid = :a;", 2,
        "found by bid"
      ),
      ("\\set a random(1, 10)\nSELECT 1 FROM orders WHERE id = :a;", 2, "no table orders"),
      ("SELECT 1 FROM pgbench_accounts WHERE aid < 10;", 1, "not found by WHERE"),
      ("\\set a 3\nSELECT 1 FROM pgbench_accounts WHERE aid = :a;", 2, "is not drawn"),
      (
        "\\set a random(1, 300000)\nSELECT 1 FROM pgbench_accounts WHERE aid = :a;", 2,
        "from 1 to 300000"
      ),
      ("\\set a random(0, 9)\nSELECT 1 FROM pgbench_accounts WHERE aid = :a;", 2, "from 0 to 9"),
      ("VACUUM pgbench_accounts;", 1, "VACUUM cannot be mapped"),
      ("INSERT INTO pgbench_history VALUES (1);", 1, "has to name its columns"),
      ("INSERT INTO pgbench_history (hid) VALUES (1);", 1, "the key hid"),
      ("INSERT INTO pgbench_history (aid) VALUES (:x);", 1, ":x has no value"),
      (
        "\\set a random(1, 200000)\nSELECT 1 FROM pgbench_accounts WHERE aid = :a;\n"
          + "DELETE FROM pgbench_accounts WHERE aid = :a;", 2, "one transaction"
      ),
      (
        "\\set a random(1, 200000)\nBEGIN;\nSELECT 1 FROM pgbench_accounts WHERE aid = :a;\nEND;",
        3,
        "two round trips more"
      ),
      (
        "\\set a random_zipfian(1, 200000, 1.1)\n\\set b random(1, 2)\nBEGIN;\n"
          + "SELECT 1 FROM pgbench_accounts WHERE aid = :a;\n"
          + "SELECT 1 FROM pgbench_branches WHERE bid = :b;\nEND;", 5, "different ways"
      ),
      ("-- nothing", 1, "no statement"),
    ])
  func refused(text: String, line: Int, message: String) throws {
    let error = #expect(throws: PgbenchScript.Unfit.self) { try Self.map(text) }
    #expect(error?.line == line)
    #expect(error?.message.contains(message) ?? false, "\(error?.message ?? "")")
    #expect(error?.hint.isEmpty == false)
  }

  @Test(
    "A script is refused where it stands in the scenario",
    arguments: [
      ("script: nowhere.sql", "RH0407", "cannot be read"),
      ("script: \"builtin:tpcc\"", "RH0407", "cannot be read"),
      (
        "script: \"builtin:tpcb-like\", define: {scale: 3}", "RH0407", "line 6 of builtin:tpcb-like"
      ),
      ("script: \"builtin:select-only\", keys: {distribution: uniform}", "RH0106", "does not go"),
      ("statements: [{kind: select}], define: {scale: 1}", "RH0106", "belongs to a script"),
      ("pool: app", "RH0104", "needs \"statements\""),
    ])
  func misplaced(traffic: String, code: String, message: String) throws {
    let text = Self.tables + "traffic: [{name: t, rate: 10/s, \(traffic)}]\n"
    let problems = ScenarioFile.problems(text: text, path: "s.yaml").filter {
      $0.severity == .error
    }
    #expect(problems.map(\.code) == [code], "\(ScenarioFile.render(problems))")
    #expect(problems.first?.message.contains(message) ?? false, "\(problems.first?.message ?? "")")
  }
}
