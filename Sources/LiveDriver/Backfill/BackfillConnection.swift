import Primitives
import Synchronization

/// A connection of the backfill that is made again when it was lost, and that others may cancel.
///
/// One thread uses it, but for `cancel`.
final class BackfillConnection: Sendable {
  private struct State {
    var connection: Connection?
    var isCancelled = false
  }

  static let applicationName = "rehearse backfill"

  private let server: ConnectionString
  private let claim: String?
  private let clock: LiveClock
  private let patience: TimeSpan
  private let state = Mutex(State())

  /// `claim` is asked of every new session; what it answers false is not used.
  init(
    _ server: ConnectionString, claim: String? = nil, clock: LiveClock, patience: TimeSpan
  ) {
    self.server = server
    self.claim = claim
    self.clock = clock
    self.patience = patience
  }

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// What runs stops now, and what would follow it does not begin.
  func cancel() {
    let canceller = state.withLock { state in
      state.isCancelled = true
      return state.connection?.canceller
    }
    canceller?()
  }

  func ready() throws(ServerError) -> Connection {
    if let connection = state.withLock({ $0.connection }), !connection.isLost { return connection }
    let connection = try Connection(server, applicationName: Self.applicationName)
    if let claim, try connection.execute(claim).boolean(0, 0) != true {
      throw ServerError(
        sqlState: ServerError.queryCanceled, message: "another process goes on with this run")
    }
    state.withLock { $0.connection = connection }
    return connection
  }

  /// The connection is gone: makes a new one, and returns when the old session has ended on the
  /// server, so that what it did is decided.
  func recover() throws(ServerError) -> Connection {
    let old = state.withLock { state in
      defer { state.connection = nil }
      return state.connection?.backendPID ?? 0
    }
    let deadline = clock.now + patience
    var pause = TimeSpan.milliseconds(50)
    while true {
      do {
        let connection = try ready()
        try awaitEnd(of: old, on: connection, until: deadline)
        return connection
      } catch {
        guard error.isConnectionLost, clock.now < deadline, !isCancelled else { throw error }
        clock.sleep(until: clock.now + pause) { isCancelled }
        pause = min(.seconds(1), pause + pause)
      }
    }
  }

  private func awaitEnd(
    of backend: Int, on connection: Connection, until deadline: Instant
  ) throws(ServerError) {
    let ours = "pid = \(backend) AND application_name = \(Quoting.literal(Self.applicationName))"
    while true {
      let alive = try connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE \(ours)")
      if alive.count == 0 { return }
      guard clock.now < deadline else {
        throw ServerError(
          sqlState: ServerError.connectionFailure, message: "a lost session does not end")
      }
      clock.sleep(until: clock.now + .milliseconds(20))
    }
  }
}
