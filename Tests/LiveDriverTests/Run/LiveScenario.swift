import LiveDriver
import Scenarios
import Strategies

/// A small scenario and its table on a server, of which a test states what matters to it.
struct LiveScenario {
  var table: String
  var rows = 2_000
  var gaps = "0%"
  var backfill = "{set: {n: \"n + 1\"}}"
  var strategy = "{batch: {rows: 500}}"
  var traffic = "[]"
  var pools = "{app: {size: 4, wait_timeout: 1s}}"
  var events = "[]"
  var replicas = "[]"
  var gates = "[]"
  var run = "{warmup: 0s, before: 0s, after: 1s, horizon: 60s}"

  init(_ table: String) { self.table = table }

  var scenario: Scenario {
    get throws {
      var lines = [
        "name: \(table)",
        "table: {name: public.\(table), rows: \(rows), row_width: 120B, "
          + "primary_key: {column: id, type: bigint, gaps: \(gaps)}}",
        "backfill: \(backfill)", "strategy: \(strategy)", "traffic: \(traffic)",
      ]
      if traffic != "[]" { lines.append("pools: \(pools)") }
      lines += [
        "events: \(events)", "database: {cores: 2, replicas: \(replicas)}", "gates: \(gates)",
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
    let map = KeyMap(table: try scenario.tables[0])
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
func rehearseLive(
  _ live: LiveScenario, replicas: Bool = false,
  during: (@Sendable (ThrowawayCluster) throws -> Void)? = nil,
  _ check: @escaping @Sendable (LiveResult, Connection, LiveScenario) throws -> Void
) async throws {
  try await withCluster { cluster in
    let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
    try live.fill(session)
    let target = LiveTarget(cluster, replicas: replicas)
    let result = try LiveRun(try live.scenario, on: target, name: live.table).run()
    try check(result, session, live)
  }
}
