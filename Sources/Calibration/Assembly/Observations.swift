import Scenarios
import Simulator

// What a server did where the model computes the same by itself, or has no number for it: shown, and
// compared, never fitted.
extension CalibrationAssembly {
  /// Beyond this a log volume off the model's is worth a warning.
  private static let mostLogError = 0.04

  func observe(_ file: inout CalibrationFile) {
    file.observations = LogObservations(measured, for: scenario).observations
    observeHost(&file)
    observeDesign(&file)
    let noise = Noise(measured)
    file.observations["noise.cpu"] = .init(
      value: noise.cpu, unit: "1", half: .machine,
      method: "half the quartiles' distance over the median, between passes, of server CPU")
    file.observations["noise.elapsed"] = .init(
      value: noise.elapsed, unit: "1", half: .machine,
      method: "the same of elapsed times of single reads")
    for (name, observation) in file.observations.sorted(by: { $0.key < $1.key }) {
      guard let model = observation.model, model > 0 else { continue }
      let off = observation.value / model - 1
      if off.magnitude > Self.mostLogError {
        file.warnings.append(
          "\(name) is \(percent(off)) off what the model computes: its predictions of log will be too"
        )
      }
    }
  }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }

  /// How well the batches tell their costs apart.
  private func observeDesign(_ file: inout CalibrationFile) {
    let values = file.parameters.mapValues(\.value)
    let design = BatchDesign(
      measured, indexStep: values["costs.index_step"] ?? 0, scanRow: values["costs.scan_row"] ?? 0)
    guard let identifiability = design.identifiability else { return }
    file.observations["batch.collinearity"] = .init(
      value: identifiability.collinearity, unit: "1", half: .machine,
      method: "of the regression of batches on what their rows do: beyond 10 costs are not told "
        + "apart")
    file.observations["batch.misfit"] = .init(
      value: design.misfit, unit: "1", half: .machine,
      method: "root mean square of the batches' CPU beside the sum of their costs, relative")
    if identifiability.collinearity > Identifiability.greatestCollinearity {
      file.warnings.append(
        "the batches do not tell update_row, move_row, key_entry, index_entry and page_image apart: "
          + "their sum holds, each of them may not")
    }
  }

  private func observeHost(_ file: inout CalibrationFile) {
    func note(_ name: String, _ value: Double?, _ unit: String, _ method: String) {
      guard let value, value.isFinite else { return }
      file.observations[name] = .init(value: value, unit: unit, half: .machine, method: method)
    }
    let rates = measured["cores"].compactMap { reading -> Double? in
      guard let one = reading["one"], let all = reading["all"], one > 0 else { return nil }
      return all / one
    }
    note(
      "host.effective_cores", SampleQuantiles(rates)?.median, "1",
      "work of one busy thread a core over that of one thread alone")
    note(
      "host.wake_up", SampleQuantiles(measured.values("wake", "idle"))?.median, "s",
      "from a byte sent to its reader on an idle core: median")
    note(
      "host.wake_up_beside_busy_threads", SampleQuantiles(measured.values("wake", "busy"))?.median,
      "s", "from a byte sent to its reader, beside one busy thread a core: median")
    note(
      "host.time_slice", SampleQuantiles(measured.values("slice", "seconds"))?.median, "s",
      "how long one of two busy threads on a core keeps it, by the scheduler's count")
    let queued = SampleQuantiles(measured.values("crowd", "queued"))
    note(
      "host.queue_beside_batches", queued?.mean, "s",
      "what a read waits for a core beside one computing server process a core: mean")
    note(
      "host.queue_beside_batches.p95", queued?.quantile(0.95), "s", "the same: 95% are shorter")
    let loop = SampleQuantiles(measured.values("transaction", "alone"))?.median
    note(
      "statement.in_a_loop", loop, "s",
      "server CPU of single reads one right after another on one session")
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
    note(
      "commit.group_rate", SampleQuantiles(measured.values("group", "rate"))?.median, "1/s",
      "durable commits a second of \(Int(measured.values("group", "sessions").first ?? 0)) sessions"
    )
    let sizes = measured["commit_bytes"]
    let slope = LinearFit.costs(
      sizes.map { [1, $0["bytes"] ?? 0] },
      sizes.map { max(0, ($0["durable"] ?? 0) - ($0["memory"] ?? 0)) })?[1]
    note(
      "log.flush_bytes_per_s", slope.flatMap { $0 > 0 ? 1 / $0 : nil }, "bytes/s",
      "what a commit's wait grows with the bytes before it, inverted")
    note(
      "storage.sequential_read", SampleQuantiles(measured.values("reads", "sequential"))?.median,
      "s",
      "direct sequential reads of 128 KiB")
    note(
      "lock.hand_off", SampleQuantiles(measured.values("handoff", "wall"))?.median, "s",
      "from a holder's COMMIT to the end of the waiter's update")
    let pages = measured["checkpoint"].compactMap { reading -> Double? in
      guard let pages = reading["pages"], let seconds = reading["seconds"], seconds > 0, pages > 50
      else { return nil }
      return pages / seconds
    }
    note(
      "checkpoint.pages_per_s", SampleQuantiles(pages)?.median, "1/s", "CHECKPOINT at full speed")
    let replay = measured["replay"].compactMap { reading -> Double? in
      guard let bytes = reading["bytes"], let wall = reading["wall"], wall > 0 else { return nil }
      return bytes / wall
    }
    note(
      "replica.replay_rate", SampleQuantiles(replay)?.median, "bytes/s",
      "backlogs over the time they took to drain")
  }
}

/// How much the same measurement differs from pass to pass.
package struct Noise: Sendable, Hashable {
  package var cpu: Double
  package var elapsed: Double

  /// Beyond this a calibration would be one of the neighbours.
  package static let mostCPU = 0.15
  package static let mostElapsed = 0.35

  package init(_ measured: Measured) {
    func spread(
      _ group: String, _ name: String, where filter: (Measured.Reading) -> Bool = { _ in true }
    )
      -> Double?
    {
      SampleQuantiles(measured[group].filter(filter).compactMap { $0[name] })?.relativeSpread
    }
    let last = Double(BatchMeasurements.sizes.count - 1)
    let batches = [1.0, 3].compactMap { indexes in
      spread("batch", "cpu") {
        $0["indexes"] == indexes && $0["place"] == last && $0["moves"] == 1 && $0["wide"] == 0
      }
    }
    let statements = [spread("transaction", "alone"), spread("transaction", "framed")]
    cpu = SampleQuantiles(batches + statements.compactMap { $0 })?.median ?? 0
    elapsed = spread("transaction", "wall") ?? 0
  }

  package var isTooMuch: Bool { cpu > Self.mostCPU || elapsed > Self.mostElapsed }
}
