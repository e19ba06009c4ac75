import Scenarios
import Simulator

// What a server did where the model computes the same by itself, or has no number for it: shown, and
// compared, never fitted.
extension CalibrationAssembly {
  func observe(_ file: inout CalibrationFile) {
    observeLog(&file)
    observeHost(&file)
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
      if off.magnitude > 0.05 {
        file.warnings.append(
          "\(name) is \(percent(off)) off what the model computes: its predictions of log will be too"
        )
      }
    }
  }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }

  private func observeLog(_ file: inout CalibrationFile) {
    let hot = measured["hot"].filter { ($0["rows"] ?? 0) > 1 }
    if let slope = LinearFit.costs(
      measured["hot"].map { [1, $0["rows"] ?? 0] }, measured["hot"].map { $0["log"] ?? 0 })?[1],
      !hot.isEmpty
    {
      file.observations["log.bytes_per_heap_only_row"] = .init(
        value: slope, unit: "bytes", model: LogPerRow.heapOnly, half: .portable,
        method: "log of heap-only updates, slope over their rows")
    }
    for indexes in [1, 1 + CalibrationTables.secondaryIndexes] {
      for fresh in [0.0, 1] {
        let batches = measured["batch"].filter {
          $0["indexes"] == Double(indexes) && $0["fresh"] == fresh && ($0["rows"] ?? 0) > 1_000
        }
        let rows = batches.reduce(0) { $0 + ($1["rows"] ?? 0) }
        guard rows > 0 else { continue }
        let log = batches.reduce(0) { $0 + ($1["log"] ?? 0) }
        let images = batches.reduce(0) { $0 + ($1["images"] ?? 0) }
        let name = "log.bytes_per_row.\(indexes)_indexes" + (fresh > 0 ? ".after_checkpoint" : "")
        // Warm batches still meet a page now and then that the last checkpoint has not seen.
        let warm = fresh == 0 && images < rows / 200
        file.observations[name] = .init(
          value: log / rows, unit: "bytes",
          model: warm ? table.map { LogPerRow.moved($0, indexes: indexes) } : nil, half: .portable,
          method: "log of batches of 2,500 rows that leave their pages"
            + (fresh > 0 ? ", right after a checkpoint" : ""))
      }
    }
  }

  /// The calibration's own table as the model knows tables.
  private var table: Table? { scenario.tables.first }

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
    let batches = [(1.0, 2_500.0), (3, 2_500)].compactMap { indexes, rows in
      spread("batch", "cpu") {
        $0["indexes"] == indexes && $0["rows"] == rows && $0["fresh"] == 0
      }
    }
    let statements = [spread("transaction", "alone"), spread("transaction", "framed")]
    cpu = SampleQuantiles(batches + statements.compactMap { $0 })?.median ?? 0
    elapsed = spread("transaction", "wall") ?? 0
  }

  package var isTooMuch: Bool { cpu > Self.mostCPU || elapsed > Self.mostElapsed }
}
