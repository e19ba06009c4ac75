import Foundation
import Scenarios
import Scripts
import Testing

@testable import LiveDriver

extension OnAServer {
  @Suite("Scripts on a server")
  struct ScriptTests {
    @Test(
      "A script changes each matching row exactly once, whatever locks the rows first",
      arguments: [
        ("range", BackfillScript.Language.psql), ("keys", .psql), ("lock_then_update", .psql),
        ("per_row", .psql), ("range", .bash), ("lock_then_update", .bash),
      ])
    func sameTable(statement: String, language: BackfillScript.Language) async throws {
      try await expectOnce(statement, language)
    }

    @Test(
      "So does Django's command, with every batch refused its locks once",
      .enabled(
        if: FrameworkProject.python != nil,
        "scripts/parsers has not put Django into .tools/parsers (is PyPI reachable?)"))
    func django() async throws {
      try await expectOnce("range", .django, refusesFirst: true)
    }

    @Test(
      "So does the task for Rails",
      .enabled(
        if: FrameworkProject.hasRails,
        "ActiveRecord and pg are not installed (ruby-activerecord, ruby-pg)"))
    func rails() async throws {
      try await expectOnce("range", .rails, refusesFirst: true)
    }

    private func expectOnce(
      _ statement: String, _ language: BackfillScript.Language, refusesFirst: Bool = false
    ) async throws {
      try await withCluster { cluster in
        let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        defer { withExtendedLifetime(session) {} }
        var live = LiveScenario("script_\(statement)_\(language.rawValue)")
        live.rows = 700
        live.gaps = "20%"
        live.replicas = "[{name: replica-a}]"
        live.backfill = "{set: {n: \"n + 1\", v: \"upper(note) || '%'\"}, where: \"id % 3 <> 0\"}"
        live.strategy =
          "{batch: {rows: 150}, statement: \(statement), pause: 1ms, lock_timeout: 1s, "
          + "retry: {max: 3, backoff: 1ms}, "
          + "throttle: [{pause_when: replica.lag > 10min, every: 1s}, "
          + "{abort_when: locks.waiting > 500, for: 1s}]}"
        try live.fill(session)
        if refusesFirst { try Self.refuseFirst(session, live) }
        let script = try BackfillScript(
          live.scenario, in: language, source: "s.yaml", version: "1")
        let answer = try ScriptRun(script.text, language, on: cluster)
        #expect(answer.status == 0, "\(answer.output)")
        if language != .rails { #expect(answer.output.contains("rows; up to key")) }
        let wrong = try session.execute(
          """
          SELECT count(*) FROM \(live.table)
          WHERE n IS DISTINCT FROM id + (id % 3 <> 0)::int
            OR v IS DISTINCT FROM CASE WHEN id % 3 <> 0 THEN upper(note) || '%' END
          """)
        #expect(wrong.integer(0, 0) == 0)
      }
    }

    /// Sequences do not roll back: odd numbers are first tries.
    private static func refuseFirst(_ session: Connection, _ live: LiveScenario) throws {
      try session.execute(
        """
        CREATE SEQUENCE \(live.schema).tries;
        CREATE FUNCTION \(live.schema).refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('\(live.schema).tries') % 2 = 1 THEN
            RAISE EXCEPTION 'refused' USING ERRCODE = 'lock_not_available';
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER refuse AFTER UPDATE ON \(live.table) FOR EACH STATEMENT
        EXECUTE FUNCTION \(live.schema).refuse()
        """)
    }
  }
}

/// What a script said on the primary of a cluster.
private struct ScriptRun {
  var status: Int32
  /// Both streams.
  var output: String

  init(
    _ script: String, _ language: BackfillScript.Language, on cluster: ThrowawayCluster
  ) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("rehearse-script-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("script").path
    try script.write(toFile: file, atomically: true, encoding: .utf8)
    let server = cluster.primary.session
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    switch language {
    case .psql: process.arguments = ["-c", "exec psql -X -q -f \"$0\" \"$1\"", file, "\(server)"]
    case .django: try FrameworkProject.prepareDjango(process, script, in: folder, on: server)
    case .rails: try FrameworkProject.prepareRails(process, script: file, in: folder, on: server)
    default: process.arguments = [file, "\(server)"]
    }
    process.environment = [
      "PATH": "\(cluster.installation.programs):/usr/bin:/bin", "TMPDIR": folder.path,
      "PYTHONPATH": folder.path,
    ]
    process.currentDirectoryURL = folder
    let log = folder.appendingPathComponent("log").path
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let output = FileHandle(forWritingAtPath: log)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    process.waitUntilExit()
    status = process.terminationStatus
    self.output = try String(contentsOfFile: log, encoding: .utf8)
  }
}
