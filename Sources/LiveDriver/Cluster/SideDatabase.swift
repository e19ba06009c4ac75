/// A database of a throwaway cluster beside the run's own.
package struct SideDatabase {
  private let server: Connection
  private let name: String

  /// Makes it, with nothing in it.
  package init(_ name: String, on cluster: ThrowawayCluster) throws(ServerError) {
    server = try Connection(cluster.primary.administration, applicationName: "rehearse")
    self.name = name
    try server.execute(
      "CREATE DATABASE \(Quoting.identifier(name)) OWNER \(Quoting.identifier(LocalServer.owner))")
  }

  /// Puts a copy of its files in its place, which no shared buffer holds.
  ///
  /// As if the server had been started again. Nobody may be connected.
  package func leaveBuffers() throws(ServerError) {
    let copy = Quoting.identifier(name + "_copy")
    // Before version 15 there was no other strategy (CREATE DATABASE, release notes of 15).
    let strategy = server.serverVersion >= 150_000 ? " STRATEGY file_copy" : ""
    try server.execute(
      "CREATE DATABASE \(copy) OWNER \(Quoting.identifier(LocalServer.owner)) "
        + "TEMPLATE \(Quoting.identifier(name))\(strategy)")
    try drop()
    try server.execute("ALTER DATABASE \(copy) RENAME TO \(Quoting.identifier(name))")
  }

  package func drop() throws(ServerError) {
    try server.execute("DROP DATABASE \(Quoting.identifier(name)) WITH (FORCE)")
  }
}

extension LiveTarget {
  /// The same servers with another of their databases.
  package func inDatabase(_ name: String) -> LiveTarget {
    func moved(_ server: Server) -> Server {
      Server(
        session: server.session.with("dbname", name),
        observation: server.observation.with("dbname", name))
    }
    var other = self
    other.primary = moved(primary)
    other.replicas = replicas.map(moved)
    return other
  }
}
