import Foundation
import Scenarios

/// The steps from an empty folder to servers that replicate.
struct ClusterBuilding: Sendable {
  let plan: ClusterPlan
  let installation: Installation
  let folder: ClusterFolder
  let user: ServerUser
  let reaper: Reaper?
  private var notes: [String] = []

  init(
    plan: ClusterPlan, installation: Installation, folder: ClusterFolder, user: ServerUser,
    reaper: Reaper?
  ) {
    self.plan = plan
    self.installation = installation
    self.folder = folder
    self.user = user
    self.reaper = reaper
  }

  mutating func build() async throws(ClusterError) -> ThrowawayCluster {
    if let wanted = plan.version, wanted != installation.majorVersion {
      notes.append(
        "version \(installation.version) runs here, since version \(wanted) is not installed")
    }
    let primary = try server("primary", number: 0)
    var replicas: [LocalServer] = []
    for (number, replica) in plan.replicas.enumerated() {
      replicas.append(try server(replica.name, number: number + 1))
    }
    try await initialise(primary)
    for replica in replicas {
      try await run("/bin/cp", ["-a", primary.data, replica.data], "the data folder is not copied")
    }
    try configure(primary, standby: nil)
    for (replica, planned) in zip(replicas, plan.replicas) {
      try configure(replica, standby: planned)
    }
    let cluster = ThrowawayCluster(
      installation: installation, folder: folder, primary: primary, replicas: replicas,
      notes: notes, user: user, reaper: reaper)
    try goOn()
    try await cluster.start(primary)
    try await onOwnThread { [self] () throws(ClusterError) in try prepare(primary) }
    for replica in replicas {
      try goOn()
      try await cluster.start(replica)
      try await onOwnThread { () throws(ClusterError) in try replica.catchUp(with: primary) }
    }
    if plan.replicas.contains(where: \.isSynchronous) {
      try await onOwnThread { [self] () throws(ClusterError) in try synchronise(primary) }
    }
    return cluster
  }

  private func goOn() throws(ClusterError) { if plan.shouldStop() { throw .stopped } }

  private func server(_ name: String, number: Int) throws(ClusterError) -> LocalServer {
    LocalServer(
      name: name, data: "\(folder.path)/server-\(number)",
      port: ThrowawayCluster.firstPort + number, sockets: folder.path,
      controlGroups: try ControlGroupHierarchy.groups(
        named: "\(folder.name)-\(number)", holding: plan.limits, isPrimary: number == 0,
        disk: folder.path))
  }

  /// Not synced to disk: a crash of the host in this second costs nothing.
  private func initialise(_ server: LocalServer) async throws(ClusterError) {
    var arguments = [
      "-D", server.data, "-U", LocalServer.superuser, "-A", "trust", "-E", "UTF8", "--locale=C",
      "--no-sync",
    ]
    if let logFolder = plan.logFolder { arguments += ["-X", logFolder] }
    try await run(installation.path(of: "initdb"), arguments, "the data folder is not made")
  }

  private func run(
    _ program: String, _ arguments: [String], _ failure: String
  ) async throws(ClusterError) {
    try goOn()
    let outcome = try await ChildProcess(program, arguments, as: user).run()
    guard !outcome.succeeded else { return }
    let lines = outcome.text.split(separator: "\n").filter { $0.contains("error:") }
    let reason = lines.last.map(String.init) ?? String(outcome.text.suffix(300))
    var help: [String] = []
    if case .other(let name, _, _) = user {
      help = ["user \(name) has to reach \(folder.path): set TMPDIR to a folder open to all"]
    }
    throw ClusterError("\(failure): \(reason)", help: help)
  }

  private mutating func configure(
    _ server: LocalServer, standby: ClusterPlan.Replica?
  ) throws(ClusterError) {
    let servers = plan.replicas.count + 1
    // Not below what initdb ran with, which a standby of its copy would refuse.
    let connections = max(100, plan.sessions + ClusterPlan.spareSessions)
    let senders = max(10, servers + 3)
    var lines = [
      ConfigurationLine("listen_addresses", ""),
      ConfigurationLine("port", "\(server.port)"),
      ConfigurationLine("unix_socket_directories", server.sockets),
      ConfigurationLine("cluster_name", server.name),
      ConfigurationLine("max_connections", "\(connections)"),
      ConfigurationLine("max_wal_senders", "\(senders)"),
      ConfigurationLine("max_replication_slots", "\(senders)"),
      ConfigurationLine("track_io_timing", "on"),
      ConfigurationLine("log_checkpoints", "on"),
      ConfigurationLine("log_lock_waits", "on"),
      ConfigurationLine("log_autovacuum_min_duration", "0"),
    ]
    if let settings = plan.settings {
      let mostBuffers = ClusterPlan.mostBuffers(servers: servers)
      var found: [String] = []
      lines += settings.configuration(
        version: installation.majorVersion, mostBuffers: mostBuffers, notes: &found)
      notes += found.filter { !notes.contains($0) }
    }
    if let standby {
      lines += [
        ConfigurationLine("primary_conninfo", upstream(of: standby)),
        ConfigurationLine("primary_slot_name", slot(of: server)),
      ]
      try write("", to: "\(server.data)/standby.signal", appending: false)
    }
    try write(
      lines.map { $0.text + "\n" }.joined(), to: "\(server.data)/postgresql.conf", appending: true)
  }

  private func upstream(of replica: ClusterPlan.Replica) -> String {
    ConnectionString(keywords: [
      .init("host", folder.path), .init("port", "\(ThrowawayCluster.firstPort)"),
      .init("user", LocalServer.superuser), .init("application_name", replica.name),
    ]).description
  }

  /// A slot's name may hold only lower-case letters, digits and underscores.
  private func slot(of server: LocalServer) -> String { "rehearse_\(server.port)" }

  private func write(_ text: String, to path: String, appending: Bool) throws(ClusterError) {
    do {
      if appending, let handle = FileHandle(forWritingAtPath: path) {
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
      } else {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try user.own(path)
      }
    } catch let error as ClusterError {
      throw error
    } catch {
      throw ClusterError("\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  /// The owner's role and database, the marker, and a slot for each replica.
  private func prepare(_ primary: LocalServer) throws(ClusterError) {
    do throws(ServerError) {
      let server = try Connection(
        primary.connection(role: LocalServer.superuser, database: "postgres"),
        applicationName: "rehearse")
      let owner = Quoting.identifier(LocalServer.owner)
      try server.execute("CREATE ROLE \(owner) LOGIN")
      try server.execute("GRANT pg_monitor TO \(owner)")
      if installation.majorVersion >= 15 { try server.execute("GRANT pg_checkpoint TO \(owner)") }
      try server.execute(
        "CREATE DATABASE \(Quoting.identifier(LocalServer.database)) OWNER \(owner)")
      try Marker.put(on: LocalServer.database, server)
      for number in plan.replicas.indices {
        try server.execute(
          "SELECT pg_create_physical_replication_slot($1, true)",
          ["rehearse_\(ThrowawayCluster.firstPort + number + 1)"])
      }
    } catch {
      throw ClusterError("the primary does not take its set-up: \(error)")
    }
  }

  /// Only now: before the replicas run, every commit would wait for them.
  private func synchronise(_ primary: LocalServer) throws(ClusterError) {
    let names = plan.replicas.filter(\.isSynchronous).map { Quoting.identifier($0.name) }
    let list = "FIRST \(names.count) (\(names.joined(separator: ", ")))"
    do throws(ServerError) {
      let server = try Connection(primary.administration, applicationName: "rehearse")
      try server.execute("ALTER SYSTEM SET synchronous_standby_names = \(Quoting.literal(list))")
      try server.execute("SELECT pg_reload_conf()")
    } catch {
      throw ClusterError("the primary does not take its synchronous replicas: \(error)")
    }
  }
}
