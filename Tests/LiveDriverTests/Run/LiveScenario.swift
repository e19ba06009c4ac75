import Scenarios
import Strategies

@testable import LiveDriver

/// A small scenario and its table on a server, of which a test states what matters to it.
struct LiveScenario {
  /// A schema of its own, so that tests at the same time share no progress table.
  var schema: String
  var table: String { "\(schema).t" }
  var progress: String { "\(schema).rehearse_progress" }
  var rows = 2_000
  var gaps = "0%"
  var backfill = "{set: {n: \"n + 1\"}}"
  /// The table is made as `live` makes it, and lies on the disk as the scenario says.
  var isBuilt = false
  var strategy = "{batch: {rows: 500}}"
  var traffic = "[]"
  var pools = "{app: {size: 4, wait_timeout: 60s}}"
  var events = "[]"
  var replicas = "[]"
  var gates = "[]"
  var settings = "{}"
  var run = "{warmup: 0s, before: 0s, after: 1s, horizon: 60s}"

  init(_ schema: String) { self.schema = schema }

  var scenario: Scenario {
    get throws {
      var lines = [
        "name: \(schema)",
        "table: {name: \(table), rows: \(rows), row_width: 120B, "
          + "primary_key: {column: id, type: bigint, gaps: \(gaps)}}",
        "backfill: \(backfill)", "strategy: \(strategy)", "traffic: \(traffic)",
      ]
      if traffic != "[]" { lines.append("pools: \(pools)") }
      lines += [
        "events: \(events)",
        "database: {cores: 2, replicas: \(replicas), settings: \(settings)}", "gates: \(gates)",
        "run: \(run)",
      ]
      if backfill == "none" {
        lines.removeAll { $0.hasPrefix("backfill:") || $0.hasPrefix("strategy:") }
      }
      return try ScenarioFile.load(text: lines.joined(separator: "\n") + "\n", path: "live.yaml")
        .scenario
    }
  }

  /// Makes the table with the scenario's keys; `n` starts at the key, so that one increment is told
  /// from none and from two.
  func fill(_ session: Connection) throws {
    if isBuilt {
      _ = try buildTables(try scenario, seed: 1, session)
      return
    }
    let map = KeyMap(table: try scenario.tables[0])
    try session.execute("CREATE SCHEMA \(schema)")
    try session.execute(
      "CREATE TABLE \(table) (id bigint PRIMARY KEY, n bigint, note text, v text)")
    let keys = (0..<rows).map { map.key(of: $0).int64.map { "\($0)" } ?? "" }
    try session.execute(
      """
      INSERT INTO \(table) SELECT id, id, md5(id::text), NULL
      FROM unnest($1::bigint[]) AS id
      """, ["{\(keys.joined(separator: ","))}"])
    try session.execute("ANALYZE \(table)")
  }

  /// Rows that were not changed exactly once.
  func wrongRows(_ session: Connection) throws -> Int? {
    try session.execute("SELECT count(*) FROM \(table) WHERE n IS DISTINCT FROM id + 1")
      .integer(0, 0)
  }
}

extension LiveTarget {
  /// The shared cluster, with its replicas only where they are asked for.
  init(_ cluster: ThrowawayCluster, replicas: Bool = false) {
    func server(_ server: LocalServer) -> Server {
      Server(session: server.session, observation: server.administration)
    }
    self.init(
      primary: server(cluster.primary), replicas: replicas ? cluster.replicas.map(server) : [],
      isThrowaway: true)
  }
}

/// Fills the table, runs the scenario and hands both to `check`, on a thread of its own.
///
/// The run is stopped after so many rows; with `resumes` the table is there already, and a run of the scenario goes on.
func rehearseLive(
  _ live: LiveScenario, replicas: Bool = false,
  prepare: (@Sendable (Connection, LiveScenario) throws -> Void)? = nil,
  stopAfter rows: Int = .max, resumes: Bool = false,
  _ check: @escaping @Sendable (LiveResult, Connection, LiveScenario) throws -> Void
) async throws {
  try await withCluster { cluster in
    let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
    if !resumes { try live.fill(session) }
    try prepare?(session, live)
    let target = LiveTarget(cluster, replicas: replicas)
    let isEnough = Flag()
    let result = try LiveRun(
      try live.scenario, on: target, name: live.schema, resumes: resumes
    ).run(
      shouldStop: { isEnough.isRaised },
      report: { if $0.rows >= rows { isEnough.raise() } })
    try check(result, session, live)
  }
}
