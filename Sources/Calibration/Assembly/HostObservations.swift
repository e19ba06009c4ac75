import Scenarios

/// What the host and its server did where the model has no number for it, or another way to it.
struct HostObservations {
  private(set) var observations: [String: CalibrationFile.Observation] = [:]
  private let measured: Measured
  /// The parameters of the calibration, by name.
  private let values: [String: Double]

  init(_ measured: Measured, _ values: [String: Double]) {
    self.measured = measured
    self.values = values
    cores()
    statements()
    commits()
    storage()
  }

  private mutating func note(
    _ name: String, _ value: Double?, _ unit: String, _ method: String, model: Double? = nil
  ) {
    guard let value, value.isFinite else { return }
    observations[name] = .init(
      value: value, unit: unit, model: model, half: .machine, method: method)
  }

  private mutating func cores() {
    note(
      "host.effective_cores", measured.median("cores", "all", over: "one"), "1",
      "work of one busy thread a core over that of one thread alone")
    note(
      "host.wake_up", measured.median("wake", "idle"), "s",
      "from a byte sent to its reader on an idle core: median")
    note(
      "host.wake_up_beside_busy_threads", measured.median("wake", "busy"), "s",
      "from a byte sent to its reader, beside one busy thread a core: median")
    note(
      "host.time_slice", measured.median("slice", "seconds"), "s",
      "how long one of two busy threads on a core keeps it, by the scheduler's count")
    let queued = SampleQuantiles(
      measured["crowd"].filter { $0["write"] != 1 }.compactMap { $0["queued"] })
    note(
      "host.queue_beside_batches", queued?.mean, "s",
      "what a read waits for a core beside one computing server process a core: mean")
    note(
      "host.queue_beside_batches.p95", queued?.quantile(0.95), "s", "the same: 95% are shorter")
  }

  private mutating func statements() {
    note(
      "statement.in_a_loop", measured.median("transaction", "alone"), "s",
      "server CPU of single reads one right after another on one session")
    if let framed = measured.median("paced_framed", "wall"),
      let write = measured.median("paced_write", "wall")
    {
      note(
        "transaction.three_more_statements", framed - write, "s",
        "what BEGIN, a read and COMMIT add to a paced update, elapsed: median less median",
        model: warmStatements)
    }
    let widths = [0.0, 1].compactMap { wide in
      SampleQuantiles(
        measured["batch"].filter {
          $0["indexes"] == 1 && $0["moves"] == 1 && $0["wide"] == wide && $0["place"] == 2
        }.compactMap { batch in batch["cpu"].map { $0 / (batch["rows"] ?? 1) } })?.median
    }
    if widths.count == 2 {
      note(
        "batch.wide_row", widths[1] / widths[0], "1",
        "server CPU of a row \(CalibrationTables.widening) times as wide over that of another")
    }
  }

  /// Seconds that the model takes for BEGIN, a read of one row and COMMIT within a transaction.
  private var warmStatements: Double? {
    let names = ["begin", "statement", "select_row", "commit", "driver", "driver", "driver"]
    let costs = names.compactMap { values["costs.\($0)"] }
    guard costs.count == names.count, let roundTrip = values["rtt"] else { return nil }
    return costs.reduce(3 * roundTrip, +)
  }

  private mutating func commits() {
    note(
      "commit.group_rate", measured.median("group", "rate"), "1/s",
      "durable commits a second of \(Int(measured.values("group", "sessions").first ?? 0)) sessions"
    )
    note(
      "log.flush_bytes_per_s", Self.flushedByte(measured).map { 1 / $0 }, "bytes/s",
      "what a commit's wait grows with the bytes before it, inverted")
    note(
      "lock.hand_off", measured.median("handoff", "wall"), "s",
      "from a holder's COMMIT to the end of the waiter's update")
  }

  /// Seconds by which a commit's wait grows with each byte of log before it; nil where it does not.
  ///
  /// Through the median of each size: a commit that has to make a log file waits twenty times as long as others.
  static func flushedByte(_ measured: Measured) -> Double? {
    let sizes = Dictionary(grouping: measured["commit_bytes"]) { $0["bytes"] ?? 0 }
    let waits = sizes.sorted { $0.key < $1.key }.compactMap { size, readings in
      SampleQuantiles(readings.map { max(0, ($0["durable"] ?? 0) - ($0["memory"] ?? 0)) })
        .map { (size: size, wait: $0.median) }
    }
    let slope = LinearFit.costs(waits.map { [1, $0.size] }, waits.map(\.wait))?[1]
    return slope.flatMap { $0 > 0 ? $0 : nil }
  }

  private mutating func storage() {
    note(
      "storage.sequential_read", measured.median("reads", "sequential"), "s",
      "direct sequential reads of 128 KiB")
    let pages = measured["checkpoint"].compactMap { reading -> Double? in
      guard let pages = reading["pages"], let seconds = reading["seconds"], seconds > 0, pages > 50
      else { return nil }
      return pages / seconds
    }
    note(
      "checkpoint.pages_per_s", SampleQuantiles(pages)?.median, "1/s", "CHECKPOINT at full speed")
    note(
      "replica.replay_rate", measured.median("replay", "bytes", over: "wall"), "bytes/s",
      "backlogs over the time they took to drain")
  }
}
