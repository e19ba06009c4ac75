import Primitives
import Scenarios

/// What the scenario's events do to the servers themselves, each on a thread of its own.
struct Mishaps: Sendable {
  let target: LiveTarget
  let table: TableCatalog
  let clock: LiveClock

  /// The event's work; nil for what the application or the backfill does.
  func work(
    _ event: TimedEvent, from start: Instant, isOver: @escaping @Sendable () -> Bool
  ) -> (@Sendable () -> ServerError?)? {
    let at = start + event.at
    switch event.effect {
    case .longTransaction(let span):
      return { holdSnapshot(target.primary, at: at, for: span, isOver) }
    case .replicaQuery(let replica, let span):
      return { holdSnapshot(target.replicas[replica], at: at, for: span, isOver) }
    case .replicaStop(let replica, let span):
      return { cutOff(target.replicas[replica], at: at, for: span, isOver) }
    case .cancel, .set, .setAppLockTimeout, .setAppTimeout, .moveTraffic, .trafficSurge: return nil
    }
  }

  private func holdSnapshot(
    _ server: LiveTarget.Server, at: Instant, for span: TimeSpan, _ isOver: () -> Bool
  ) -> ServerError? {
    do {
      let connection = try Connection(server.session, applicationName: "rehearse event")
      clock.sleep(until: at, unless: isOver)
      guard !isOver() else { return nil }
      try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
      try connection.execute("SELECT * FROM \(table.name.sql) LIMIT 1")
      clock.sleep(until: at + span, unless: isOver)
      try connection.execute("ROLLBACK")
      return nil
    } catch {
      return error
    }
  }

  /// The replica's receiver loses its primary, and finds it again.
  private func cutOff(
    _ server: LiveTarget.Server, at: Instant, for span: TimeSpan, _ isOver: () -> Bool
  ) -> ServerError? {
    do {
      let connection = try Connection(server.observation, applicationName: "rehearse event")
      let usual = try connection.execute("SHOW primary_conninfo").scalar ?? ""
      clock.sleep(until: at, unless: isOver)
      guard !isOver() else { return nil }
      try point(connection, at: "host=/nonexistent")
      clock.sleep(until: at + span, unless: isOver)
      try point(connection, at: usual)
      return nil
    } catch {
      return error
    }
  }

  private func point(_ connection: Connection, at primary: String) throws(ServerError) {
    try connection.execute("ALTER SYSTEM SET primary_conninfo = \(Quoting.literal(primary))")
    try connection.execute("SELECT pg_reload_conf()")
  }
}
