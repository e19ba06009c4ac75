import Foundation
import Glibc
import LiveDriver
import Testing

/// A server of the test's own, which outlives the commands that use it.
struct OwnServer {
  static let password = "hunter2"
  let cluster: ThrowawayCluster
  /// As the owner of the database, whom the commands go there as, too.
  let session: Connection

  init(_ cluster: ThrowawayCluster) throws {
    self.cluster = cluster
    session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
  }

  /// A connection string with a password, which the server does not ask for.
  static func string(_ server: ConnectionString) -> String { "\(server) password=\(password)" }
  var string: String { Self.string(cluster.primary.session) }

  /// 2,000 rows whose `n` tells twice from once, and a scenario that changes them.
  func make(_ table: String, in command: Command) throws {
    try session.execute(
      """
      CREATE TABLE \(table) AS
      SELECT id::bigint, id::bigint AS n, md5(id::text) AS note, NULL::text AS v
      FROM generate_series(1, 2000) AS id;
      ALTER TABLE \(table) ADD PRIMARY KEY (id)
      """)
    try command.write(
      """
      version: 1
      name: \(table)
      table: {name: \(table), rows: 2k, row_width: 100B}
      backfill: {set: {n: "n + 1", v: "upper(note)"}, deadline: 10min}
      strategy: {batch: {rows: 200}}
      run: {warmup: 0s, before: 0s, after: 1s}

      """, to: "s.yaml")
  }

  func wrongRows(_ table: String) throws -> Int? {
    try session.execute(
      "SELECT count(*) FROM \(table) WHERE (n, v) IS DISTINCT FROM (id + 1, upper(note))"
    ).integer(0, 0)
  }

  /// As a role that may change the table and make nothing.
  func guest(of table: String) throws -> String {
    let root = try Connection(cluster.primary.administration, applicationName: "rehearse-test")
    try root.execute("CREATE ROLE guest LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    try session.execute("GRANT SELECT, UPDATE ON \(table) TO guest")
    return Self.string(cluster.primary.session.with("user", "guest"))
  }

  func isUntouched(_ table: String) throws -> Bool {
    let changed = try session.execute("SELECT count(*) FROM \(table) WHERE n <> id").integer(0, 0)
    let progress = try session.execute("SELECT to_regclass('rehearse_progress')").scalar
    return changed == 0 && progress == nil
  }

  /// The backend of the batch that waits for a lock, once there is one other than `known`.
  func waiter(while process: Process, besides known: Int? = nil) throws -> Int {
    while true {
      let waiting = try session.execute(
        """
        SELECT pid FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND application_name = 'rehearse backfill'
        """)
      let pids = (0..<waiting.count).compactMap { waiting.integer($0, 0) }
      if let other = pids.first(where: { $0 != known }) { return other }
      try #require(process.isRunning)
      usleep(10_000)
    }
  }

  func isThere(_ backend: Int) throws -> Bool {
    try session.execute("SELECT FROM pg_stat_activity WHERE pid = $1::int", ["\(backend)"])
      .count > 0
  }
}

@Suite("live on a server of one's own")
struct LiveTargetTests {
  /// Gives `body` a marked primary with a replica, and a command in an empty folder.
  private func withServer(
    _ body: @escaping @Sendable (OwnServer, Command) throws -> Void
  ) async throws {
    let plan = ClusterPlan(replicas: [.init(name: "a")], sessions: 40)
    try await ThrowawayCluster.with(plan) { cluster in
      try await onOwnThread { () throws(any Error) in
        let server = try OwnServer(cluster)
        try Command.inFolder { try body(server, $0) }
      }
    }
  }

  @Test("A dry run changes nothing, --execute does it, and no output holds the password")
  func executes() async throws {
    try await withServer { server, command in
      try server.make("orders", in: command)
      let dry = try command.run("live", "s.yaml", "--target", server.string)
      #expect(dry.status == 0, "\(dry.errors)")
      #expect(dry.output.contains("nothing was written; add --execute to do it"))
      #expect(dry.output.contains("UPDATE \"orders\" SET \"n\" = (n + 1)"))
      #expect(try server.isUntouched("orders"))
      let other = try command.run(
        "live", "s.yaml", "--target", server.string, "--format", "json")
      #expect(try JSON.parse(other.output)["schema"] == .string("rehearse.dry_run/1"))

      let live = try command.run(
        "live", "s.yaml", "--target", server.string, "--execute", "--format", "json", "--out",
        "text=out.txt", "--out", "json=out.json")
      #expect(live.status == 0, "\(live.errors)")
      #expect(try server.wrongRows("orders") == 0)
      let run = try JSON.parse(live.output)
      let simulated = try JSON.parse(
        try command.run("simulate", "s.yaml", "--trials", "1", "--format", "json").output)
      #expect(run["metrics"]?.keys == simulated["metrics"]?.keys)
      #expect(run["metrics"]?["backfill.rows"]?["value"] == .number(2_000))

      var seen = [dry, other, live].flatMap { [$0.output, $0.errors] }
      for arguments in [
        ["report", "latest"], ["report", "latest", "--format", "json"], ["runs", "list"],
        ["live", "s.yaml", "--target", "\(server.string) port=1"],
        ["live", "s.yaml", "--target", "\(server.string) user=postgres", "--execute"],
        ["live", "s.yaml", "--target", "postgresql://me:\(OwnServer.password)@@/x", "--execute"],
        ["live", "s.yaml", "--target", "what \(OwnServer.password)", "--format", "json"],
      ] {
        let answer = try command.finish(try command.start(arguments))
        seen += [answer.output, answer.errors]
      }
      for file in try FileManager.default.subpathsOfDirectory(atPath: command.folder.path) {
        let data = FileManager.default.contents(atPath: command.path(file)) ?? Data()
        seen.append(String(decoding: data, as: UTF8.self))
      }
      #expect(!seen.contains { $0.contains(OwnServer.password) })
      #expect(seen.contains { $0.contains("********") })
    }
  }

  @Test("A killed run goes on from what it committed, and what it left running commits nothing")
  func killed() async throws {
    try await withServer { server, command in
      for signal in [SIGKILL, SIGINT] {
        let table = "orders_\(signal)"
        try server.make(table, in: command)
        let holder = try Connection(
          server.cluster.primary.session, applicationName: "rehearse-test")
        try holder.execute("BEGIN; UPDATE \(table) SET note = note WHERE id = 1000")
        let arguments = [
          "live", "s.yaml", "--target", server.string, "--execute", "--format", "json",
        ]
        let first = try command.start(arguments)
        let orphan = try server.waiter(while: first)
        kill(first.processIdentifier, signal)
        let answer = try command.finish(first)
        let words = answer.errors.split(whereSeparator: \.isWhitespace)
        let place = try #require(words.lastIndex(of: "--resume"))
        let name = String(words[place + 1])
        if signal == SIGINT {
          #expect(answer.status == 130)
          #expect(try JSON.parse(answer.output)["complete"] == .bool(false))
          try holder.execute("ROLLBACK")
        } else {
          // It does not know yet that nobody listens.
          #expect(try server.isThere(orphan))
        }
        let second = try command.start(arguments + ["--resume", name])
        if signal == SIGKILL {
          _ = try server.waiter(while: second, besides: orphan)
          #expect(try !server.isThere(orphan))
          try holder.execute("ROLLBACK")
        }
        let end = try command.finish(second)
        #expect(end.status == 0, "\(end.errors)")
        #expect(try server.wrongRows(table) == 0)
        let rows = try server.session.execute(
          "SELECT sum(rows) FROM rehearse_progress WHERE run = $1", [name])
        #expect(rows.integer(0, 0) == 2_000)
        let done = try JSON.parse(end.output)["metrics"]?["backfill.rows"]?["value"]?.number
        #expect((1..<2_000).contains(done ?? 0))
      }
      let unknown = try command.run(
        "live", "s.yaml", "--target", server.string, "--execute", "--resume", "another")
      #expect(unknown.status == 66, "\(unknown.errors)")
    }
  }

  @Test("Whatever speaks against a target is refused with 77 and the reason, and nothing changes")
  func refusals() async throws {
    try await withServer { server, command in
      let cluster = server.cluster
      let (primary, replica) = (cluster.primary, try #require(cluster.replicas.first))
      let root = try Connection(primary.administration, applicationName: "rehearse-test")
      try server.make("orders", in: command)
      try root.execute("CREATE DATABASE plain OWNER rehearse")
      let alias = command.path("db-prod-1")
      try FileManager.default.createSymbolicLink(
        atPath: alias, withDestinationPath: cluster.folder.path)
      let cases: [(reason: String, target: ConnectionString, more: [String])] = [
        ("neither marked as throwaway nor allowed", primary.session.with("dbname", "plain"), []),
        ("is a hot standby", replica.session, []),
        ("role postgres is a superuser", primary.administration, []),
        ("looks like production", primary.session.with("host", alias), []),
        (
          "it is a primary", primary.session,
          ["--replica", OwnServer.string(primary.session)]
        ),
        (
          "connections and", primary.session,
          [
            "--set", "pools.app={size: 500}", "--set",
            "traffic=[{name: a, rate: 1/s, pool: app, statements: [{kind: select, rows: 1}]}]",
          ]
        ),
      ]
      for (reason, target, more) in cases {
        try expectRefusal(reason, target, more, command)
      }
      do {
        let reporting = try Connection(primary.administration, applicationName: "reporting")
        try expectRefusal("reporting of postgres", primary.session, [], command)
        withExtendedLifetime(reporting) {}
      }
      #expect(try server.isUntouched("orders"))

      try command.write(
        """
        targets:
          - {host: \(cluster.folder.path), database: rehearse, allow: [superuser]}
          - {host: \(cluster.folder.path), database: plain}
        """, to: "rehearse.yaml")
      let allowed = try command.run(
        "live", "s.yaml", "--target", OwnServer.string(primary.administration))
      #expect(allowed.status == 0, "\(allowed.errors)")
      let elsewhere = try command.run(
        "live", "s.yaml", "--target", OwnServer.string(primary.session.with("dbname", "plain")))
      // Allowed, and without the table.
      #expect(elsewhere.status == 65, "\(elsewhere.errors)")
    }
  }

  private func expectRefusal(
    _ reason: String, _ target: ConnectionString, _ more: [String], _ command: Command
  ) throws {
    let process = try command.start(
      ["live", "s.yaml", "--target", OwnServer.string(target), "--execute", "--format", "json"]
        + more)
    let answer = try command.finish(process)
    #expect(answer.status == 77, "\(reason): \(answer.errors)")
    let document = try JSON.parse(answer.output)
    #expect(document["exit_code"] == .number(77))
    #expect(answer.errors.contains(reason), "\(answer.errors)")
    #expect(answer.errors.contains("help: "))
    #expect(!(answer.errors + answer.output).contains(OwnServer.password))
  }

  @Test("A role that may not make the progress table is told what it needs, and then goes on")
  func fewRights() async throws {
    try await withServer { server, command in
      try server.make("orders", in: command)
      let guest = try server.guest(of: "orders")
      let arguments = ["live", "s.yaml", "--target", guest, "--execute", "--no-history"]
      let answer = try command.finish(command.start(arguments))
      #expect(answer.status == 77, "\(answer.errors)")
      #expect(answer.errors.contains("\"n + 1\" reads n, which the backfill sets"))
      #expect(try server.isUntouched("orders"))
      let statement = try #require(answer.errors.split(separator: "make the table for it: ").last)
      try server.session.execute(String(statement))
      try server.session.execute("GRANT SELECT, INSERT ON rehearse_progress TO guest")
      let again = try command.finish(command.start(arguments))
      #expect(again.status == 0, "\(again.errors)")
      #expect(try server.wrongRows("orders") == 0)
    }
  }

  @Test("What may be done twice is done without a progress table, and that is said")
  func withoutProgress() async throws {
    try await withServer { server, command in
      try server.make("orders", in: command)
      let guest = try server.guest(of: "orders")
      let live = [
        "live", "s.yaml", "--target", guest, "--no-history", "--set", "backfill.set.n=null",
      ]
      let dry = try command.finish(command.start(live))
      #expect(dry.status == 0, "\(dry.errors)")
      #expect(dry.output.contains("warning: the role may not write \"rehearse_progress\""))
      #expect(dry.output.contains("batch: COMMIT"))
      let resumed = try command.finish(command.start(live + ["--execute", "--resume", "orders-1"]))
      #expect(resumed.status == 77, "\(resumed.errors)")
      let done = try command.finish(command.start(live + ["--execute"]))
      #expect(done.status == 0, "\(done.errors)")
      #expect(done.errors.contains("the run cannot be resumed"))
      #expect(!done.errors.contains("--resume"))
      let wrong = try server.session.execute(
        "SELECT count(*) FROM orders WHERE (n, v) IS DISTINCT FROM (id, upper(note))")
      #expect(wrong.scalar == "0")
      #expect(try server.session.execute("SELECT to_regclass('rehearse_progress')").scalar == nil)
    }
  }

  @Test("A server that goes away and stays away: 69, and what there was by then is kept")
  func goesAway() async throws {
    try await withServer { server, command in
      try server.make("orders", in: command)
      let holder = try Connection(
        server.cluster.primary.session, applicationName: "rehearse-test")
      try holder.execute("BEGIN; UPDATE orders SET note = note WHERE id = 1000")
      let process = try command.start([
        "live", "s.yaml", "--target", server.string, "--execute", "--format", "json", "--reconnect",
        "100ms",
      ])
      _ = try server.waiter(while: process)
      let file = server.cluster.primary.data + "/postmaster.pid"
      let line = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").first
      // A postmaster that is told to quit does so at once, as in a crash.
      kill(try #require(line.flatMap { pid_t($0) }), SIGQUIT)
      let answer = try command.finish(process)
      #expect(answer.status == 69, "\(answer.errors)")
      #expect(answer.errors.contains("the server went away and did not come back"))
      let run = try JSON.parse(answer.output)
      #expect(run["complete"] == .bool(false))
      #expect(run["metrics"]?["backfill.rows"]?["value"] == .number(800))
      let kept = try command.run("report", "latest", "--format", "json")
      #expect(try JSON.parse(kept.output)["metrics"] == run["metrics"])
    }
  }

  @Test("A replica of another cluster is refused")
  func otherCluster() async throws {
    let plan = ClusterPlan(replicas: [.init(name: "b")])
    try await ThrowawayCluster.with(plan) { other in
      try await withServer { server, command in
        try server.make("orders", in: command)
        let replica = try #require(other.replicas.first)
        try expectRefusal(
          "follows another cluster", server.cluster.primary.session,
          ["--replica", OwnServer.string(replica.session)], command)
      }
    }
  }

  @Test("A hostile scenario does no more than its role may, and no more than its one statement")
  func hostile() async throws {
    try await withServer { server, command in
      try server.make("orders", in: command)
      try server.session.execute("CREATE TABLE victim AS SELECT 1 AS n")
      let scenario = try command.read("s.yaml")
      let steal = "pg_read_file('/etc/hostname')"
      for (was, becomes) in [
        ("upper(note)", "'a'); DROP TABLE victim; --"),
        ("upper(note)", "'a'), id = (7"),
        ("upper(note)", "'a') --"),
        ("upper(note)", steal),
        ("deadline: 10min", "where: \"true) OR (true\", deadline: 10min"),
        ("deadline: 10min", "where: \"true END, CASE WHEN true\", deadline: 10min"),
        ("{name: orders,", "{name: 'orders\"; DROP TABLE victim; --',"),
        ("{name: orders,", "{name: 'orders, victim',"),
      ] {
        try #require(scenario.contains(was))
        try command.write(scenario.replacingOccurrences(of: was, with: becomes), to: "s.yaml")
        let answer = try command.run(
          "live", "s.yaml", "--target", server.string, "--execute", "--no-history")
        #expect(answer.status == (becomes == steal ? 1 : 65), "\(becomes): \(answer.errors)")
        let changed = try server.session.execute("SELECT count(*) FROM orders WHERE n <> id")
        #expect(changed.scalar == "0", "\(becomes)")
        #expect(try server.session.execute("SELECT n FROM victim").scalar == "1")
      }
    }
  }
}
