import LiveDriver

/// What making a commit durable takes with more log before it, and among others.
struct CommitMeasurements {
  let probe: Probe
  /// Bytes of log.
  private static let sizes = [1_000, 250_000, 1_000_000]

  init(_ probe: Probe) throws(ServerError) {
    self.probe = probe
    try probe.connection.prepare(
      "message", "SELECT pg_logical_emit_message(true, 'rehearse', repeat('x', $1::int))")
  }

  /// A transaction whose log is that long.
  mutating func afterBytes() throws(ServerError) -> [Measured.Reading] {
    var readings: [Measured.Reading] = []
    for bytes in Self.sizes + Self.sizes + Self.sizes {
      let durable = try wall("on", "message", "\(bytes)")
      let memory = try wall("off", "message", "\(bytes)")
      readings.append(["bytes": Double(bytes), "durable": durable, "memory": memory])
    }
    try probe.connection.execute("RESET synchronous_commit")
    return readings
  }

  private func wall(_ mode: String, _ statement: String, _ value: String) throws(ServerError)
    -> Double
  {
    try probe.connection.execute("SET synchronous_commit = \(mode)")
    return try probe.cost { () throws(ServerError) in
      try probe.connection.execute(prepared: statement, [value])
    }.wall
  }

  /// Commits a second of several sessions at once, each on rows of its own.
  static func group(_ probes: [Probe], seconds: Double) throws -> [Measured.Reading] {
    let failures = Failures()
    let counts = Counts(probes.count)
    let end = monotonicSeconds() + seconds
    let threads = probes.enumerated().map { index, probe in
      let connection = probe.connection
      return WorkingThread {
        do {
          while monotonicSeconds() < end {
            try connection.execute(prepared: "write_one", ["\(index + 1)"])
            counts.values[index] += 1
          }
        } catch {
          failures.first = error
        }
      }
    }
    threads.forEach { $0.join() }
    if let error = failures.first { throw error }
    return [
      ["sessions": Double(probes.count), "rate": Double(counts.values.reduce(0, +)) / seconds]
    ]
  }

  /// Each place is written by one thread, read after all were joined.
  private final class Counts: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Int>
    init(_ count: Int) {
      values = .allocate(capacity: count)
      values.initialize(repeating: 0)
    }
    deinit { values.deallocate() }
  }
}
