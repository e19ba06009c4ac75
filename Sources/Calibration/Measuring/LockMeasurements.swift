import LiveDriver

/// How long a row takes to pass from a transaction that commits to the one that waits for it.
struct LockMeasurements {
  let holder: Probe
  let waiter: Probe
  /// Looks at the others: within a transaction a session's view of them stands still.
  let observer: Connection

  mutating func handOffs(count: Int = 12) throws -> [Measured.Reading] {
    var readings: [Measured.Reading] = []
    for session in [holder, waiter] {
      try session.connection.execute("SET synchronous_commit = off")
    }
    for index in 0..<count {
      let key = "\(index % 8 + 1)"
      try holder.connection.execute("BEGIN")
      try holder.connection.execute(prepared: "write_one", [key])
      let before = ProcessorTime.of(process: waiter.process)
      let waiting = Waiting(waiter, key)
      try awaitBlocked()
      let start = monotonicSeconds()
      try holder.connection.execute("COMMIT")
      let end = try waiting.join()
      let after = ProcessorTime.of(process: waiter.process)
      var reading: Measured.Reading = ["wall": end - start]
      if waiter.seesProcessor, let before, let after {
        reading["cpu"] = after.running - before.running
        reading["queued"] = after.waiting - before.waiting
      }
      readings.append(reading)
    }
    for session in [holder, waiter] {
      try session.connection.execute("RESET synchronous_commit")
    }
    return readings
  }

  /// Asks the server rather than the clock whether the waiter waits.
  private func awaitBlocked() throws(ServerError) {
    for _ in 0..<2_000 {
      let isBlocked = try observer.execute(
        "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $1",
        ["\(waiter.process)"])
      if isBlocked.boolean(0, 0) == true { return }
    }
  }

  private final class Waiting: @unchecked Sendable {
    private var thread: WorkingThread?
    private let failure = Failures()
    /// Written by the thread, read after it was joined.
    private var end = 0.0

    init(_ waiter: Probe, _ key: String) {
      let connection = waiter.connection
      thread = WorkingThread { [unowned self] in
        do {
          try connection.execute(prepared: "write_one", [key])
          self.end = monotonicSeconds()
        } catch {
          self.failure.first = error
        }
      }
    }

    func join() throws -> Double {
      thread?.join()
      if let error = failure.first { throw error }
      return end
    }
  }
}
