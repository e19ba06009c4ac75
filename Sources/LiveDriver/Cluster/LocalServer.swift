import Foundation

/// One server of a throwaway cluster.
package struct LocalServer: Hashable, Sendable {
  package let name: String
  /// The data folder.
  package let data: String
  package let port: Int
  /// The folder of the sockets.
  let sockets: String
  let controlGroups: [ControlGroup]

  /// As the owner of the database, who may do no more than a scenario needs.
  package var session: ConnectionString { connection(role: Self.owner, database: Self.database) }
  /// As superuser, for checkpoints, replay and observation.
  package var administration: ConnectionString {
    connection(role: Self.superuser, database: Self.database)
  }

  package static let database = "rehearse"
  package static let owner = "rehearse"
  static let superuser = "postgres"

  func connection(role: String, database: String) -> ConnectionString {
    ConnectionString(keywords: [
      .init("host", sockets), .init("port", "\(port)"), .init("user", role),
      .init("dbname", database),
    ])
  }

  /// Waits until this replica has replayed all that the primary has written by now, for at most a
  /// minute.
  package func catchUp(with primary: LocalServer) throws(ClusterError) {
    do throws(ServerError) {
      let source = try Connection(
        primary.connection(role: Self.superuser, database: "postgres"), applicationName: "rehearse")
      let replica = try Connection(
        connection(role: Self.superuser, database: "postgres"), applicationName: "rehearse")
      let written = try source.execute("SELECT pg_current_wal_lsn()").scalar
      for _ in 0..<6000 {
        let caughtUp = try replica.execute(
          "SELECT coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false)", [written])
        if caughtUp.boolean(0, 0) == true { return }
        usleep(10_000)
      }
    } catch {
      throw ClusterError("\(name) does not follow the primary: \(error)")
    }
    throw ClusterError("\(name) is a minute behind the primary")
  }

  /// What the server logged, beside the data folder.
  package var log: String { data + ".log" }
}
