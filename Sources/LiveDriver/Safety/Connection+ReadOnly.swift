extension Connection {
  /// A session that cannot write and holds nobody up: no statement longer than 5 s, no wait for a lock
  /// longer than 100 ms.
  package static func readOnly(_ server: ConnectionString) throws(ServerError) -> Connection {
    let session = try Connection(server, applicationName: TargetCheck.applicationName)
    try session.execute(
      """
      SET default_transaction_read_only = on; SET statement_timeout = '5s';
      SET lock_timeout = '100ms'; SET idle_in_transaction_session_timeout = '10s'
      """)
    return session
  }

  /// Such as 15.18, without what packagers add.
  var shortVersion: String {
    get throws(ServerError) {
      let version = try execute("SHOW server_version").scalar ?? ""
      return String(version.prefix { $0 != " " })
    }
  }
}
