import Scenarios
import Simulator

/// Log that batches and single updates wrote, beside what the model computes for the same work on the same
/// tables.
struct LogObservations {
  private(set) var observations: [String: CalibrationFile.Observation] = [:]
  private let measured: Measured
  private let scenario: Scenario

  init(_ measured: Measured, for scenario: Scenario) {
    self.measured = measured
    self.scenario = scenario
    single()
    for (name, indexes, moves, wide) in [
      ("1_indexes", 1, true, false), ("3_indexes", 3, true, false),
      ("1_indexes.wide", 1, true, true), ("heap_only", 1, false, false),
    ] {
      batches(name, indexes, moves: moves, wide: wide)
    }
  }

  private mutating func note(_ name: String, _ value: Double?, _ model: Double?, _ method: String) {
    guard let value, value.isFinite else { return }
    observations[name] = .init(
      value: value, unit: "bytes", model: model, half: .portable, method: method)
  }

  private mutating func single() {
    let hot = measured["hot"]
    let slope = LinearFit.costs(
      hot.map { [1, $0["rows"] ?? 0] }, hot.map { $0["log"] ?? 0 })?[1]
    note(
      "log.bytes_per_heap_only_row", slope, ModelledLog.heapOnly,
      "log of heap-only updates, slope over their rows")
    note(
      "log.bytes_per_update_of_full_page",
      SampleQuantiles(measured.values("full", "log")).map { $0.median }, ModelledLog.ofFullPage,
      "log of a single heap-only update that commits by itself, on a page that it has to prune first"
    )
  }

  private mutating func batches(_ name: String, _ indexes: Int, moves: Bool, wide: Bool) {
    let readings = measured["batch"].filter {
      $0["indexes"] == Double(indexes) && $0["moves"] == (moves ? 1 : 0)
        && $0["wide"] == (wide ? 1 : 0) && $0["blocks"] == 0 && $0["log"] != nil
    }
    let model = modelled(indexes, moves: moves, wide: wide)
    let last = Double(BatchMeasurements.sizes.count - 1)
    func perRow(_ readings: [Measured.Reading]) -> Double? {
      let rows = readings.reduce(0) { $0 + ($1["rows"] ?? 0) }
      return rows > 0 ? readings.reduce(0) { $0 + ($1["log"] ?? 0) } / rows : nil
    }
    note(
      "log.bytes_per_row.\(name)", perRow(readings.filter { $0["place"] == last }), model?.later,
      "log of batches of 2,500 rows, the pages of whose indexes have changed since the checkpoint")
    note(
      "log.bytes_per_row.\(name).after_checkpoint",
      perRow(readings.filter { $0["place"] != last && $0["fresh"] == 1 }), model?.fresh,
      "log of the first batches after a checkpoint, of 250 and 2,500 rows")
  }

  /// Of the same batches in the same order: those first after a checkpoint, and those after them.
  private func modelled(
    _ indexes: Int, moves: Bool, wide: Bool
  ) -> (fresh: Double, later: Double)? {
    guard var table = scenario.tables.first else { return nil }
    let times = wide ? CalibrationTables.widening : 1
    table.rowWidth = CalibrationTables.width(table.rowWidth, times: times)
    table.rows = moves && !wide ? CalibrationTables.rows : CalibrationTables.fewerRows
    table.fillfactor = moves ? 100 : 50
    table.columns = []
    table.primaryKey.type = .bigint
    table.primaryKey.order = .clustered
    table.indexes = (1..<indexes).map {
      .init(name: "i\($0)", columns: ["c\($0)"], distinct: nil, touchedByBackfill: false)
    }
    var log = ModelledLog(table, settings: scenario.database.settings)
    var (fresh, later, from) = (0.0, 0.0, 0)
    let sizes = BatchMeasurements.sizes
    let passes = 5
    for _ in 0..<passes {
      log.checkpoint()
      for (place, size) in sizes.enumerated() {
        let bytes = log.batch(rows: from..<from + size)
        if place == sizes.count - 1 { later += bytes } else { fresh += bytes }
        from += size
      }
    }
    let first = sizes.dropLast().reduce(0, +)
    return (
      fresh / Double(passes * first), later / Double(passes * (sizes.last ?? 1))
    )
  }
}
