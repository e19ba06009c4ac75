import Measurements
import Primitives

/// Looks at a server for the symptoms of a backfill that hurts; a question that may not be asked becomes
/// something unknown.
package struct Diagnostician {
  typealias Symptom = DiagnosisRecord.Symptom

  /// From when on something is a symptom; seconds.
  package struct Limits: Sendable {
    /// A lock wait: as long as deadlock_timeout.
    package var lockWait = 1.0
    package var idle = 5.0
    package var horizon = 60.0
    /// The guide's limit for lag.
    package var lag = 10.0

    package init() {}
  }

  let session: Connection
  let replicas: [Connection]
  let limits: Limits
  private var unknown: [String] = []

  /// `session` and `replicas` are read-only.
  package init(_ session: Connection, replicas: [Connection] = [], limits: Limits = Limits()) {
    self.session = session
    self.replicas = replicas
    self.limits = limits
  }

  /// Looks twice, `interval` apart, for what only a rate tells.
  ///
  /// - Throws: `ServerError` if the connection is lost.
  package mutating func diagnose(
    target: String, interval: TimeSpan
  ) throws -> DiagnosisRecord {
    let clock = LiveClock()
    var record = DiagnosisRecord(
      target: target, serverVersion: try session.shortVersion,
      interval: interval.seconds)
    unknown = []
    let before = try counters()
    clock.sleep(until: .zero + interval)
    let after = try counters()
    if try !seesOthers() {
      unknown.append(
        "what others do: the role is neither superuser nor a member of pg_monitor "
          + "(GRANT pg_monitor TO it)")
    }
    record.symptoms = [
      try lockWaits(), try idleInTransaction(), try heldHorizon(), try connections(),
      try replicaLag(), try retainedLog(), try archiving(), try vacuum(),
      Self.deadlocks(before, after),
    ].compactMap { $0 }
    record.unknown = unknown
    return record
  }

  /// Nil, and something unknown, where the server does not answer.
  mutating func ask(
    _ what: String, _ sql: String, on connection: Connection? = nil
  ) throws(ServerError) -> Rows? {
    do { return try (connection ?? session).execute(sql) } catch {
      if error.isConnectionLost { throw error }
      unknown.append("\(what): \(error.message)")
      return nil
    }
  }

  private mutating func seesOthers() throws(ServerError) -> Bool {
    try ask(
      "the role's rights",
      "SELECT pg_has_role('pg_read_all_stats', 'USAGE')"
    )?.boolean(0, 0) ?? false
  }

  var isReplica: Bool {
    get throws(ServerError) {
      try session.execute("SELECT pg_is_in_recovery()").boolean(0, 0) ?? false
    }
  }
}

/// Seconds as a sentence has them.
func seconds(_ value: Double) -> String {
  value < 10 ? "\((value * 10).rounded() / 10) s" : "\(Int(value.rounded())) s"
}

/// A number with its noun.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// Bytes as a sentence has them.
func bytes(_ value: Double) -> String {
  for (unit, size) in [("GiB", 0x1p30), ("MiB", 0x1p20), ("KiB", 0x1p10)] where value >= size {
    return "\((value / size * 10).rounded() / 10) \(unit)"
  }
  return "\(Int(value)) B"
}
