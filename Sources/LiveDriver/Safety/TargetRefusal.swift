/// Why a live run does not touch a server: exit status 77.
package enum TargetRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// Neither marked nor allowed; the statement would mark it.
  case notAllowed(database: String, host: String, marking: String)
  case hotStandby
  /// A major version that rehearse has not been made for.
  case version(Int)
  /// Who else is there, such as "psql of alice".
  case otherSessions([String])
  case superuser(role: String)
  case productionName(String, what: String)
  case tooFewConnections(free: Int, needed: Int)
  /// A replica that does not follow the primary.
  case otherCluster
  /// A server that takes writes, given as a replica.
  case notAReplica

  private static var versions: String {
    "\(Installation.supported.lowerBound) to \(Installation.supported.upperBound)"
  }

  package var description: String {
    switch self {
    case .notAllowed(let database, let host, _):
      "database \(database) on \(host) is neither marked as throwaway nor allowed by the project"
    case .hotStandby: "the target is a hot standby, which takes no writes"
    case .version(let version):
      "the target runs PostgreSQL \(version), and \(Self.versions) are known"
    case .otherSessions(let names):
      "others are using the server: \(names.prefix(5).joined(separator: ", "))"
        + (names.count > 5 ? " and \(names.count - 5) more" : "")
    case .superuser(let role): "role \(role) is a superuser, whom nothing holds back"
    case .productionName(let name, let what): "the \(what) \"\(name)\" looks like production"
    case .tooFewConnections(let free, let needed):
      "the run needs \(needed) connections and \(free) are free"
    case .otherCluster: "the replica follows another cluster than the target"
    case .notAReplica: "the server given as a replica takes writes: it is a primary"
    }
  }

  /// What to do, a sentence each.
  package var help: [String] {
    switch self {
    case .notAllowed(let database, let host, let marking):
      [
        "if its data may be lost, mark it: \(marking)",
        "or list it in rehearse.yaml: targets: [{host: \(host), database: \(database)}]",
      ]
    case .hotStandby: ["give the primary as --target, and this server as --replica"]
    case .version: ["rehearse on a server of one of those versions"]
    case .otherSessions:
      ["end the other sessions, or list the target with allow: [other_sessions] in rehearse.yaml"]
    case .superuser:
      [
        "connect as a role that owns the table and is a member of pg_monitor",
        "or list the target with allow: [superuser] in rehearse.yaml",
      ]
    case .productionName:
      ["if it is not production, list the target with allow: [production_name] in rehearse.yaml"]
    case .tooFewConnections: ["raise max_connections, or make the scenario's pools smaller"]
    case .otherCluster, .notAReplica: ["give a streaming replica of the target as --replica"]
    }
  }
}
