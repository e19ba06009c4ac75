/// The comment that says a database may be written to and thrown away.
///
/// It names the cluster, so that a dump of the database restored elsewhere does not carry leave with
/// it. A comment cannot be set through a connection string, and only the database's owner can set it.
package enum Marker {
  private static let words = "rehearse: throwaway"

  /// True if the connection's database carries it.
  package static func isThere(_ server: Connection) throws(ServerError) -> Bool {
    let rows = try server.execute(
      """
      SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database
      WHERE datname = current_database()
      """)
    let comment = rows.scalar ?? ""
    return comment == (try text(server))
  }

  /// The statement that puts it there, for people to run.
  package static func statement(on database: String, _ server: Connection) throws(ServerError)
    -> String
  {
    let marker = Quoting.literal(try text(server))
    return "COMMENT ON DATABASE \(Quoting.identifier(database)) IS \(marker)"
  }

  static func put(on database: String, _ server: Connection) throws(ServerError) {
    try server.execute(try statement(on: database, server))
  }

  private static func text(_ server: Connection) throws(ServerError) -> String {
    let system = try server.cluster()
    return "\(words) \(system ?? "")"
  }
}
