import Calibration
import LiveDriver
import Scenarios
import Testing

/// One pass on a real server, which is made for it.
@Suite struct LivePassTests {
  private static let groups = [
    "select", "transaction", "hot", "full", "paced_read", "paced_write",
    "paced_memory", "paced_framed", "ship", "scan",
    "checkpoint", "batch", "contention", "commit_bytes", "group", "handoff", "wake", "crowd",
    "cores", "slice", "reads", "log_file", "replay", "pass",
  ]

  @Test("Two passes measure everything, leave no table, and make a file that can be read")
  func passes() async throws {
    let scenario = try ScenarioFile.load(
      text: """
        name: s
        table: {name: t, rows: 1M, row_width: 150B}
        backfill: {set: {v: "1"}}
        """, path: "s.yaml"
    ).scenario
    let plan = ClusterPlan(replicas: [.init(name: "calibration")])
    try await ThrowawayCluster.with(plan) { cluster in
      try await onOwnThread { () throws(any Error) in
        func server(_ server: LocalServer) -> LiveTarget.Server {
          .init(session: server.session, observation: server.administration)
        }
        let target = LiveTarget(
          primary: server(cluster.primary), replicas: cluster.replicas.map(server),
          isThrowaway: true)
        var course = CalibrationCourse(
          target, for: scenario, folder: cluster.primary.data, passes: 2)
        var kept: [Int] = []
        let measured = try course.run(
          from: Measured(), shouldStop: { false }, finished: { _, number in kept.append(number) })
        #expect(kept == [1, 2])
        for group in Self.groups { #expect(!measured[group].isEmpty, "\(group)") }

        let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        let left = try session.execute(
          "SELECT count(*) FROM pg_namespace WHERE nspname = 'rehearse_calibration'")
        #expect(left.scalar == "0")

        var file = CalibrationFile(
          engine: "postgresql", version: "15.1", modelVersion: 1,
          created: "2026-11-29T05:00:00Z", rehearse: "0",
          instance: .init(os: "", cpu: "", cores: 2, memoryBytes: 1, settings: [:]))
        CalibrationAssembly(measured, for: scenario).fill(&file)
        #expect(file.parameters.count > 15)
        #expect(try CalibrationReading.read(text: try file.text(), path: "c.json") == file)
        // Bytes do not depend on what else the host is doing.
        for name in ["heap_only_row", "row.1_indexes", "row.1_indexes.wide"] {
          let row = try #require(file.observations["log.bytes_per_\(name)"])
          let model = try #require(row.model)
          #expect(abs(row.value / model - 1) < 0.06, "\(name): \(row.value), not \(model)")
        }
      }
    }
  }
}
