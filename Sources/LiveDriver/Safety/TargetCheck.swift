import CPostgres
import Scenarios

/// What speaks against writing to a server, all of it at once.
package struct TargetCheck: Hashable, Sendable {
  package var refusals: [TargetRefusal] = []
  /// What a person may want to know before, a sentence each.
  package var warnings: [String] = []

  /// Our own sessions are those whose application_name begins with this.
  package static let applicationName = "rehearse"

  /// Asks the server that a session is on; changes nothing.
  ///
  /// - Parameters:
  ///   - session: As the role that the run would use.
  ///   - allowed: The project's list.
  ///   - connections: How many the run opens besides this one.
  /// - Throws: `ServerError` if the server cannot be asked.
  package init(
    _ session: Connection, allowed: [AllowedTarget], connections: Int = 0
  ) throws(ServerError) {
    let place = Place(session)
    let target = allowed.first { $0.host == place.host && $0.database == place.database }
    let exceptions = target?.exceptions ?? []
    if target == nil, try !Marker.isThere(session) {
      refusals.append(
        .notAllowed(
          database: place.database, host: place.host,
          marking: try Marker.statement(on: place.database, session)))
    }
    let version = session.serverVersion / 10_000
    if !Installation.supported.contains(version) { refusals.append(.version(version)) }
    if try isReplica(session) { refusals.append(.hotStandby) }
    if !exceptions.contains(.productionName) {
      refusals += try place.productionNames(session)
    }
    if !exceptions.contains(.superuser), let role = try superuser(session) {
      refusals.append(.superuser(role: role))
    }
    let others = try otherSessions(session)
    if !others.isEmpty && !exceptions.contains(.otherSessions) {
      refusals.append(.otherSessions(others))
    }
    let free = try freeConnections(session)
    if free < connections {
      refusals.append(.tooFewConnections(free: free, needed: connections))
    }
    if let provider = try managed(session) {
      warnings.append("this looks like a managed server (it has the role \(provider))")
    }
  }

  /// What speaks against reading a server as the replica of a target.
  package static func refusal(
    ofReplica replica: Connection, of target: Connection
  ) throws(ServerError) -> TargetRefusal? {
    guard try isReplica(replica) else { return .notAReplica }
    return try replica.cluster() == target.cluster() ? nil : .otherCluster
  }
}

/// Where a session is, as libpq knows it: a connection string may leave it to the environment.
private struct Place {
  var host: String
  var database: String
  var user: String

  init(_ session: Connection) {
    func text(_ value: UnsafeMutablePointer<CChar>?) -> String {
      value.map { String(cString: $0) } ?? ""
    }
    host = text(PQhost(session.handle))
    database = text(PQdb(session.handle))
    user = text(PQuser(session.handle))
  }

  func productionNames(_ session: Connection) throws(ServerError) -> [TargetRefusal] {
    let cluster = try session.execute("SHOW cluster_name").scalar ?? ""
    // Of a socket's folder only the last name is the server's own.
    let lastName = host.split(separator: "/").last.map(String.init) ?? host
    let names = [
      (host.hasPrefix("/") ? lastName : host, "host"), (database, "database"), (user, "role"),
      (cluster, "cluster_name"),
    ]
    return names.filter { ProductionName.resembles($0.0) }
      .map { .productionName($0.0, what: $0.1) }
  }
}

private func isReplica(_ session: Connection) throws(ServerError) -> Bool {
  try session.execute("SELECT pg_is_in_recovery()").boolean(0, 0) ?? true
}

private func superuser(_ session: Connection) throws(ServerError) -> String? {
  try session.execute(
    """
    SELECT rolname FROM pg_roles
    WHERE rolsuper AND rolname IN (session_user, current_user) ORDER BY rolname LIMIT 1
    """
  ).scalar
}

/// Client sessions of others, in any database of the server.
///
/// A role without pg_monitor does not see what kind of process a session is; only clients have both a
/// user and a database.
private func otherSessions(_ session: Connection) throws(ServerError) -> [String] {
  let rows = try session.execute(
    """
    SELECT coalesce(nullif(application_name, ''), 'a client') || ' of ' || usename
    FROM pg_stat_activity
    WHERE usename IS NOT NULL AND datname IS NOT NULL AND pid <> pg_backend_pid()
      AND coalesce(backend_type, 'client backend') = 'client backend'
      AND application_name NOT LIKE $1
    ORDER BY 1
    """, [TargetCheck.applicationName + "%"])
  return (0..<rows.count).compactMap { rows.text($0, 0) }
}

private func freeConnections(_ session: Connection) throws(ServerError) -> Int {
  try session.execute(
    """
    SELECT current_setting('max_connections')::int
      - current_setting('superuser_reserved_connections')::int
      - (SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL AND usename IS NOT NULL)
    """
  ).integer(0, 0) ?? 0
}

/// A role that only a provider's servers have.
private func managed(_ session: Connection) throws(ServerError) -> String? {
  try session.execute(
    """
    SELECT rolname FROM pg_roles
    WHERE rolname IN ('rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin', 'alloydbsuperuser')
    ORDER BY rolname LIMIT 1
    """
  ).scalar
}
