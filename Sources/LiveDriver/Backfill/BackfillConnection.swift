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

  private let server: ConnectionString
  private let clock: LiveClock
  private let state = Mutex(State())
  /// For how long a lost server is tried again.
  static let patience = TimeSpan.seconds(30)

  init(_ server: ConnectionString, clock: LiveClock) {
    self.server = server
    self.clock = clock
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
    let connection = try Connection(server, applicationName: "rehearse backfill")
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
    let deadline = clock.now + Self.patience
    var pause = TimeSpan.milliseconds(50)
    while true {
      do {
        let connection = try ready()
        try awaitEnd(of: old, on: connection, until: deadline)
        return connection
      } catch {
        guard clock.now < deadline, !isCancelled else { throw error }
        clock.sleep(until: clock.now + pause) { isCancelled }
        pause = min(.seconds(1), pause + pause)
      }
    }
  }

  private func awaitEnd(
    of backend: Int, on connection: Connection, until deadline: Instant
  ) throws(ServerError) {
    let ours = "pid = \(backend) AND application_name = 'rehearse backfill'"
    while clock.now < deadline {
      let alive = try connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE \(ours)")
      if alive.count == 0 { return }
      clock.sleep(until: clock.now + .milliseconds(20))
    }
  }
}
