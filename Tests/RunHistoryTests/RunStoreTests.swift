import Foundation
import GRDB
import Gates
import Measurements
import Testing

@testable import RunHistory

@Suite("The history of runs")
struct RunStoreTests {
  @Test("A document comes back byte for byte, by its id or the start of it")
  func roundTrip() throws {
    let folder = try Folder()
    let store = try RunStore(path: folder.path("history.sqlite"))
    let document = "{\n  \"name\" : \"Näh \\u0000 ☃\",\n  \"seed\" : 18446744073709551615\n}"
    try store.save(run("20261123T101504Z-a-s7-3f9a"), document: document)
    try store.save(run("20261123T101504Z-a-s7-77b0"), document: "{}")
    #expect(try store.document("20261123T101504Z-a-s7-3f9a") == document)
    #expect(try store.document("20261123T101504Z-a-s7-3") == document)
    // Another process, later.
    let again = try RunStore(path: folder.path("history.sqlite"))
    #expect(try again.document("20261123T101504Z-a-s7-3f9a") == document)
    #expect(try again.list().map(\.seed) == [.max, .max])
  }

  @Test("A run's decision log comes back byte for byte and goes with the run; runs may have none")
  func decisions() throws {
    let folder = try Folder()
    let store = try RunStore(path: folder.path("history.sqlite"))
    try store.save(run("a1"), document: "{}", decisions: "{\"version\": 1, \"ü\": 0}")
    try store.save(run("b1"), document: "{}")
    #expect(try store.decisions("a") == "{\"version\": 1, \"ü\": 0}")
    #expect(try store.decisions("b1") == nil)
    #expect(throws: RunHistoryError.noSuchRun("c")) { try store.decisions("c") }
    try store.prune(keep: 0)
    let left = try store.database.read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM decision_logs")
    }
    #expect(left == 0)
  }

  @Test("A history of the first version is taken over: its runs stay, without log or source")
  func upgrade() throws {
    let folder = try Folder()
    let path = folder.path("history.sqlite")
    let old = try DatabaseQueue(path: path)
    try Migrations.all.migrate(old, upTo: "1-runs")
    try old.write {
      try $0.execute(
        sql: """
          INSERT INTO runs VALUES
            ('old', 'n', 'simulated', 'pass', '7', '2026-11-23T10:15:04Z', '0.1.0', 1.5, 'h', x'7b7d')
          """)
    }
    try old.close()
    let store = try RunStore(path: path)
    #expect(try store.document("old") == "{}")
    #expect(try store.source("old") == nil)
    #expect(try store.decisions("old") == nil)
    #expect(try store.list().map(\.source) == [nil])
  }

  @Test("An id that is the start of another means itself; a shared start means neither")
  func prefixes() throws {
    let folder = try Folder()
    let store = try RunStore(path: folder.path("history.sqlite"))
    for id in ["a", "ab", "ac", "a%"] { try store.save(run(id), document: id) }
    #expect(try store.document("a") == "a")
    #expect(try store.document("a%") == "a%")
    try store.save(run("b1"), document: "")
    try store.save(run("b2"), document: "")
    #expect(throws: RunHistoryError.ambiguous("b", ["b1", "b2"])) { try store.document("b") }
    #expect(throws: RunHistoryError.noSuchRun("c")) { try store.document("c") }
    #expect(throws: RunHistoryError.noSuchRun("")) { try store.document("") }
  }

  @Test("The newest come first, as many as asked for, of the kind asked for")
  func list() throws {
    let folder = try Folder()
    let store = try RunStore(path: folder.path("history.sqlite"))
    try store.save(run("1", name: "x", verdict: .fail), document: "")
    try store.save(run("2", name: "y", world: .live), document: "")
    try store.save(run("3", name: "x", hash: "h"), document: "")
    #expect(try store.list().map(\.id) == ["3", "2", "1"])
    #expect(try store.list(limit: 2).map(\.id) == ["3", "2"])
    #expect(try store.list(RunStore.Filter(name: "x")).map(\.id) == ["3", "1"])
    #expect(try store.list(RunStore.Filter(world: .live)).map(\.id) == ["2"])
    #expect(try store.list(RunStore.Filter(name: "x", verdict: .fail)).map(\.id) == ["1"])
    #expect(try store.list(RunStore.Filter(scenarioHash: "h")) == [run("3", name: "x", hash: "h")])
  }

  @Test("Pruning keeps the newest of each name, and what is young")
  func prune() throws {
    let folder = try Folder()
    let store = try RunStore(path: folder.path("history.sqlite"))
    for (id, name, day) in [
      ("1", "x", 1), ("2", "x", 2), ("3", "y", 3), ("4", "x", 4), ("5", "x", 5),
    ] {
      try store.save(run(id, name: name, startedAt: "2026-11-0\(day)T00:00:00Z"), document: "")
    }
    let cutoff = try Date("2026-11-02T00:00:00Z", strategy: .iso8601)
    #expect(try store.prune(keep: 2, before: cutoff) == 1)
    #expect(try store.list().map(\.id) == ["5", "4", "3", "2"])
    #expect(try store.prune(keep: 1) == 2)
    #expect(try store.list().map(\.id) == ["5", "3"])
  }

  @Test("Eight writers that open the file at once lose nothing")
  func concurrent() async throws {
    let folder = try Folder()
    let path = folder.path("new/history.sqlite")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          let store = try RunStore(path: path, patience: 60)
          for i in 0..<10 { try store.save(run("\(writer)-\(i)"), document: "\(writer) \(i)") }
        }
      }
      try await group.waitForAll()
    }
    let store = try RunStore(path: path)
    #expect(try store.list(limit: 1_000).count == 80)
    #expect(try store.document("7-9") == "7 9")
  }

  @Test("The same id twice is an error and changes nothing")
  func duplicate() throws {
    let folder = try Folder()
    let store = try RunStore(path: folder.path("history.sqlite"))
    try store.save(run("1"), document: "first")
    #expect(throws: RunHistoryError.self) { try store.save(run("1"), document: "second") }
    #expect(try store.document("1") == "first")
  }

  @Test("The migrations give the tables as they were released")
  func migration() throws {
    let folder = try Folder()
    let store = try RunStore(path: folder.path("history.sqlite"))
    func columns(_ table: String) throws -> [String] {
      try store.database.read { db in try db.columns(in: table).map(\.name) }
    }
    #expect(
      try columns("runs") == [
        "id", "name", "world", "verdict", "seed", "started_at", "tool_version", "wall_s",
        "scenario_hash", "document", "source",
      ])
    #expect(try columns("decision_logs") == ["run_id", "log"])
    #expect(Migrations.all.migrations == ["1-runs", "2-decision-logs", "3-sources"])
  }
}

@Suite("What can go wrong with the history")
struct RunStoreFailureTests {
  @Test("A file that another process holds is reported as locked")
  func locked() throws {
    let folder = try Folder()
    let path = folder.path("history.sqlite")
    let store = try RunStore(path: path, patience: 0.01)
    let other = try DatabaseQueue(path: path)
    try other.inDatabase { db in
      try db.execute(sql: "BEGIN EXCLUSIVE")
      #expect(throws: RunHistoryError.locked(path: path)) {
        try store.save(run("1"), document: "")
      }
      try db.execute(sql: "ROLLBACK")
    }
    try store.save(run("1"), document: "")
  }

  @Test("A file that is no database is left as it is")
  func notADatabase() throws {
    let folder = try Folder()
    let path = folder.path("history.sqlite")
    let text = String(repeating: "This is not a database. ", count: 400)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: RunHistoryError.self) { try RunStore(path: path) }
    guard case .corrupt = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.help.contains("mv \(path)") == true)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test("A damaged file is reported and left as it is")
  func damaged() throws {
    let folder = try Folder()
    let path = folder.path("history.sqlite")
    do {
      let store = try RunStore(path: path)
      for i in 0..<50 {
        try store.save(run("\(i)"), document: String(repeating: "x", count: 10_000))
      }
      try store.database.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      }
      try store.database.close()
    }
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes.replaceSubrange(
      4_096..<bytes.count, with: Data(repeating: 0xA5, count: bytes.count - 4_096))
    try bytes.write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: RunHistoryError.self) {
      try RunStore(path: path).list(limit: 100)
    }
    guard case .corrupt = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
  }

  @Test("A full disk loses the run that did not fit and nothing else")
  func full() throws {
    let folder = try Folder()
    let path = folder.path("history.sqlite")
    let store = try RunStore(path: path)
    try store.save(run("1"), document: "kept")
    try store.database.writeWithoutTransaction { db in
      _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = 8")
    }
    let error = #expect(throws: RunHistoryError.self) {
      try store.save(run("2"), document: String(repeating: "x", count: 1_000_000))
    }
    guard case .diskFailed = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try store.list().map(\.id) == ["1"])
    #expect(try store.document("1") == "kept")
  }

  @Test("A folder that cannot be made and a path that is a folder are named")
  func notWritable() throws {
    let folder = try Folder()
    try "".write(toFile: folder.path("file"), atomically: true, encoding: .utf8)
    for path in [folder.path("file/history.sqlite"), folder.path("")] {
      let error = #expect(throws: RunHistoryError.self) { try RunStore(path: path) }
      guard case .notWritable(path, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(error?.description.contains(path) == true)
    }
  }

  @Test("Another program's database is not touched")
  func foreign() throws {
    let folder = try Folder()
    let path = folder.path("history.sqlite")
    try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE theirs (x)") }
    let error = #expect(throws: RunHistoryError.self) { try RunStore(path: path) }
    guard case .corrupt = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let tables = try DatabaseQueue(path: path).read { db in
      try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema")
    }
    #expect(tables == ["theirs"])
  }

  @Test("A file of a newer version is not touched")
  func newer() throws {
    let folder = try Folder()
    let path = folder.path("history.sqlite")
    let store = try RunStore(path: path)
    try store.database.write { db in
      try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('9-future')")
    }
    #expect(throws: RunHistoryError.tooNew(path: path)) { try RunStore(path: path) }
  }
}

@Suite("The name of a run")
struct RunIDTests {
  private let date = Date(timeIntervalSince1970: 1_795_428_904)

  @Test("It tells time, scenario and seed, and is safe in a shell")
  func id() {
    let id = RunID.make(
      name: "Orders: status/v2 — größer", seed: 7, startedAt: date, document: "{}", process: 1)
    #expect(id.hasPrefix("20261123T101504Z-orders-status-v2-gr-er-s7-"))
    #expect(id.count == "20261123T101504Z-orders-status-v2-gr-er-s7-".count + 4)
    #expect(RunID.timestamp(date) == "2026-11-23T10:15:04Z")
  }

  @Test("Runs of the same second differ by document and by process")
  func distinct() {
    let ids = [("a", 1), ("b", 1), ("a", 2)].map { document, process in
      RunID.make(
        name: "", seed: 7, startedAt: date, document: document, process: Int32(process))
    }
    #expect(Set(ids).count == 3)
    #expect(ids[0].hasPrefix("20261123T101504Z-run-s7-"))
  }
}

/// A folder that is gone after the test.
private final class Folder {
  private let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "rehearse-history-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { name.isEmpty ? url.path : url.path + "/" + name }
}

private func run(
  _ id: String, name: String = "x", world: RunRecord.World = .simulated, verdict: Verdict = .pass,
  startedAt: String = "2026-11-23T10:15:04Z", hash: String = "0"
) -> StoredRun {
  StoredRun(
    id: id, name: name, world: world, verdict: verdict, seed: .max, startedAt: startedAt,
    toolVersion: "0.1.0", wallTime: 1.5, scenarioHash: hash)
}
