/// The servers of a live run, and as whom it goes there.
package struct LiveTarget: Sendable {
  package struct Server: Sendable {
    /// For traffic and backfill, with no more rights than they need.
    package var session: ConnectionString
    /// For reading the server's state.
    package var observation: ConnectionString

    package init(session: ConnectionString, observation: ConnectionString) {
      self.session = session
      self.observation = observation
    }
  }

  package var primary: Server
  /// In the scenario's order.
  package var replicas: [Server]
  /// The servers are ours alone and on this host.
  package var isThrowaway: Bool

  package init(primary: Server, replicas: [Server], isThrowaway: Bool) {
    self.primary = primary
    self.replicas = replicas
    self.isThrowaway = isThrowaway
  }
}
