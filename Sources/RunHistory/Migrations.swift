import GRDB

/// The history's tables, version by version.
///
/// A released migration is never edited.
enum Migrations {
  static var all: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1-runs") { db in
      try db.execute(
        sql: """
          CREATE TABLE runs (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            world TEXT NOT NULL,
            verdict TEXT NOT NULL,
            seed TEXT NOT NULL,        -- unsigned 64 bits do not fit an SQLite integer
            started_at TEXT NOT NULL,  -- UTC, ISO 8601
            tool_version TEXT NOT NULL,
            wall_s REAL NOT NULL,
            scenario_hash TEXT NOT NULL,
            document BLOB NOT NULL     -- the bytes as they were printed
          ) STRICT;
          CREATE INDEX runs_by_name ON runs (name, id);
          CREATE INDEX runs_by_scenario ON runs (scenario_hash, id);
          """)
    }
    migrator.registerMigration("2-decision-logs") { db in
      try db.execute(
        sql: """
          CREATE TABLE decision_logs (
            run_id TEXT PRIMARY KEY NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            log BLOB NOT NULL          -- JSON, with its own version inside
          ) STRICT;
          """)
    }
    migrator.registerMigration("3-sources") { db in
      // How the scenario was named on the command line.
      try db.execute(sql: "ALTER TABLE runs ADD COLUMN source TEXT;")
    }
    return migrator
  }
}
