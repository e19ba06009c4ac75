import Foundation
import GRDB
import Gates
import Measurements

/// Every run so far, in one SQLite file that several processes may use at once.
package struct RunStore: Sendable {
  let database: DatabaseQueue
  private let path: String

  /// Opens the file and brings its tables up to date; a missing one is begun.
  ///
  /// Waits up to `patience` seconds for another process.
  package init(path: String, patience: Double = 5) throws(RunHistoryError) {
    self.path = path
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .notWritable(path: path, detail: "the folder \(folder.path) cannot be made")
    }
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    // Readers never wait for a writer, and a crash leaves the last commit. Not by the library's
    // setting of that name: that writes a table on opening, into a damaged file as well.
    configuration.prepareDatabase { db in
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
    }
    database = try Self.holding(folder, of: path, patience: patience) {
      () throws(RunHistoryError) in
      try Self.explained(path) {
        let database = try DatabaseQueue(path: path, configuration: configuration)
        if try database.read({ try Self.needsMigration($0, path: path) }) {
          try Migrations.all.migrate(database)
        }
        return database
      }
    }
  }

  /// Stores the document exactly as it is, and the decision log of its first trial as JSON.
  package func save(
    _ run: StoredRun, document: String, decisions: String? = nil
  ) throws(RunHistoryError) {
    try Self.explained(path) {
      try database.write { db in
        try db.execute(
          sql: """
            INSERT INTO runs (id, name, world, verdict, seed, started_at, tool_version, wall_s,
                              scenario_hash, source, document)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            run.id, run.name, run.world.rawValue, run.verdict.rawValue, String(run.seed),
            run.startedAt, run.toolVersion, run.wallTime, run.scenarioHash, run.source,
            Data(document.utf8),
          ])
        guard let decisions else { return }
        try db.execute(
          sql: "INSERT INTO decision_logs (run_id, log) VALUES (?, ?)",
          arguments: [run.id, Data(decisions.utf8)])
      }
    }
  }

  /// What to list; nil means any.
  package struct Filter: Sendable {
    package var name: String?
    package var world: RunRecord.World?
    package var verdict: Verdict?
    package var scenarioHash: String?
    package init(
      name: String? = nil, world: RunRecord.World? = nil, verdict: Verdict? = nil,
      scenarioHash: String? = nil
    ) {
      self.name = name
      self.world = world
      self.verdict = verdict
      self.scenarioHash = scenarioHash
    }
  }

  /// The newest runs first.
  package func list(
    _ filter: Filter = Filter(), limit: Int = 20
  ) throws(RunHistoryError) -> [StoredRun] {
    try Self.explained(path) {
      try database.read { db in
        try Row.fetchAll(
          db,
          sql: """
            SELECT id, name, world, verdict, seed, started_at, tool_version, wall_s, scenario_hash,
                   source
            FROM runs
            WHERE (?1 IS NULL OR name = ?1) AND (?2 IS NULL OR world = ?2)
              AND (?3 IS NULL OR verdict = ?3) AND (?4 IS NULL OR scenario_hash = ?4)
            ORDER BY id DESC LIMIT ?5
            """,
          arguments: [
            filter.name, filter.world?.rawValue, filter.verdict?.rawValue, filter.scenarioHash,
            limit,
          ]
        ).map(Self.run)
      }
    }
  }

  /// The document of the run with this id, or with the only id that starts like this.
  package func document(_ id: String) throws(RunHistoryError) -> String {
    try text("SELECT document FROM runs WHERE id = ?", of: id) ?? ""
  }

  /// The decision log of that run; nil where none was kept.
  package func decisions(_ id: String) throws(RunHistoryError) -> String? {
    try text("SELECT log FROM decision_logs WHERE run_id = ?", of: id)
  }

  /// How that run's scenario was named; nil where it is not known.
  package func source(_ id: String) throws(RunHistoryError) -> String? {
    try text("SELECT source FROM runs WHERE id = ?", of: id)
  }

  /// The one text that the query gives for the run.
  private func text(_ query: String, of id: String) throws(RunHistoryError) -> String? {
    try Self.explained(path) {
      try database.read { db in
        let bytes = try Data.fetchOne(db, sql: query, arguments: [try Self.fullID(id, db)])
        return bytes.map { String(decoding: $0, as: UTF8.self) }
      }
    }
  }

  private static func fullID(_ id: String, _ db: Database) throws -> String {
    let ids = try String.fetchAll(
      db,
      sql: "SELECT id FROM runs WHERE id >= ?1 AND id < ?1 || char(0x10FFFF) ORDER BY id LIMIT 6",
      arguments: [id])
    guard let first = ids.first, !id.isEmpty else { throw RunHistoryError.noSuchRun(id) }
    if ids.count > 1 && first != id { throw RunHistoryError.ambiguous(id, Array(ids.prefix(5))) }
    return first
  }

  /// Deletes all but the newest `keep` runs of each name; returns how many went.
  ///
  /// With `before`, only those of them that began earlier go.
  @discardableResult
  package func prune(keep: Int, before: Date? = nil) throws(RunHistoryError) -> Int {
    try Self.explained(path) {
      try database.write { db in
        try db.execute(
          sql: """
            DELETE FROM runs WHERE id IN (
              SELECT id FROM (
                SELECT id, started_at, row_number() OVER (PARTITION BY name ORDER BY id DESC) AS age
                FROM runs)
              WHERE age > ?1 AND (?2 IS NULL OR started_at < ?2))
            """, arguments: [keep, before.map(RunID.timestamp)])
        return db.changesCount
      }
    }
  }

  /// Looks before anything is written: the migrator takes an unreadable list of migrations for an
  /// empty one, and another program's database for one of ours.
  private static func needsMigration(_ db: Database, path: String) throws -> Bool {
    let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
    if tables.isEmpty { return true }
    guard tables.contains("grdb_migrations") else {
      throw RunHistoryError.corrupt(path: path, detail: "it is another program's database")
    }
    let applied = try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations")
    let known = Migrations.all.migrations
    if applied.contains(where: { !known.contains($0) }) {
      throw RunHistoryError.tooNew(path: path)
    }
    return applied.count < known.count
  }

  private static func run(_ row: Row) throws -> StoredRun {
    guard let world = RunRecord.World(rawValue: row["world"]),
      let verdict = Verdict(rawValue: row["verdict"]), let seed = UInt64(row["seed"] as String)
    else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "unknown world or verdict") }
    return StoredRun(
      id: row["id"], name: row["name"], world: world, verdict: verdict, seed: seed,
      startedAt: row["started_at"], toolVersion: row["tool_version"], wallTime: row["wall_s"],
      scenarioHash: row["scenario_hash"], source: row["source"])
  }

  private static func explained<T>(
    _ path: String, _ work: () throws -> T
  ) throws(RunHistoryError) -> T {
    do {
      return try work()
    } catch let error as RunHistoryError {
      throw error
    } catch let error as DatabaseError {
      throw RunHistoryError(error, path: path)
    } catch {
      throw .other(path: path, detail: "\(error)")
    }
  }
}
