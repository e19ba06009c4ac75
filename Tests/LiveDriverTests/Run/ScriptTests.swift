import Foundation
import Scenarios
import Scripts
import Testing

@testable import LiveDriver

extension OnAServer {
  @Suite("Scripts on a server")
  struct ScriptTests {
    /// What a shell says when it runs a script on the primary of the shared cluster.
    private static func run(
      _ script: String, _ language: BackfillScript.Language, on cluster: ThrowawayCluster
    ) throws -> (status: Int32, errors: String) {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("rehearse-script-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let file = folder.appendingPathComponent("script").path
      try script.write(toFile: file, atomically: true, encoding: .utf8)
      let server = cluster.primary.session.description
      let programs = cluster.installation.programs
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments =
        language == .psql
        ? ["-c", "exec psql -X -q -f \"$0\" \"$1\"", file, server] : [file, server]
      process.environment = ["PATH": "\(programs):/usr/bin:/bin", "TMPDIR": folder.path]
      process.currentDirectoryURL = folder
      let log = folder.appendingPathComponent("errors").path
      _ = FileManager.default.createFile(atPath: log, contents: nil)
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle(forWritingAtPath: log)
      try process.run()
      process.waitUntilExit()
      return (process.terminationStatus, try String(contentsOfFile: log, encoding: .utf8))
    }

    private static func script(
      _ scenario: Scenario, _ language: BackfillScript.Language
    ) throws -> String {
      try BackfillScript(scenario, in: language, source: "s.yaml", version: "1").text
    }

    @Test(
      "A script changes each matching row exactly once, whatever locks the rows first",
      arguments: [
        ("range", BackfillScript.Language.psql), ("keys", .psql), ("lock_then_update", .psql),
        ("per_row", .psql), ("range", .bash), ("lock_then_update", .bash),
      ])
    func sameTable(statement: String, language: BackfillScript.Language) async throws {
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
          + "throttle: [{pause_when: replica.lag > 10min, every: 1s}, "
          + "{abort_when: locks.waiting > 500, for: 1s}]}"
        try live.fill(session)
        let scenario = try live.scenario
        let answer = try Self.run(Self.script(scenario, language), language, on: cluster)
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(answer.errors.contains("rows; up to key"))
        let wrong = try session.execute(
          """
          SELECT count(*) FROM \(live.table)
          WHERE n IS DISTINCT FROM id + (id % 3 <> 0)::int
            OR v IS DISTINCT FROM CASE WHEN id % 3 <> 0 THEN upper(note) || '%' END
          """)
        #expect(wrong.integer(0, 0) == 0)
      }
    }
  }
}
