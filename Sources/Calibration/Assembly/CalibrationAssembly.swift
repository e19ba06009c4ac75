import Primitives
import Scenarios

/// A calibration file out of what was measured.
package struct CalibrationAssembly: Sendable {
  package var measured: Measured
  package var scenario: Scenario

  package init(_ measured: Measured, for scenario: Scenario) {
    self.measured = measured
    self.scenario = scenario
  }

  /// A run sees the server for as long as a few passes do, and at another time.
  ///
  /// A trial's parameters are those of so many passes. They scatter as much as what the passes as a whole leave open and what a run of that
  /// length differs by, together.
  private static let passesOfTrial = 4

  /// Fills parameters, joint draws, observations and scope.
  package func fill(_ file: inout CalibrationFile) {
    let values = Costing(measured).values
    let draws = Costing.draws(measured)
    let trials = Costing.draws(measured, passes: Self.passesOfTrial)
    let names = CalibratedParameter.all.map(\.name).filter { name in
      values[name] != nil && (draws + trials).allSatisfy { $0[name] != nil }
    }
    for name in names {
      guard let value = values[name], let known = CalibratedParameter.named(name) else { continue }
      let drawn = draws.compactMap { $0[name] }.sorted()
      // The interval of the value itself, from the 5 % to the 95 % of the samples; what trials have in the
      // middle belongs to it.
      let spread = SampleQuantiles(drawn)
      let middle = SampleQuantiles(trials.compactMap { $0[name] })
      file.parameters[name] = CalibrationFile.Parameter(
        value: value, unit: known.unit,
        low: min(value, middle?.quantile(0.45) ?? value, spread?.quantile(0.05) ?? value),
        high: max(value, middle?.quantile(0.55) ?? value, spread?.quantile(0.95) ?? value),
        half: .machine,
        method: Costing.methods[name] ?? "",
        quantiles: SampleQuantiles(singles(name, values))?.table)
    }
    file.joint = CalibrationFile.Joint(
      parameters: names, draws: trials.map { draw in names.map { draw[$0] ?? 0 } })
    observe(&file)
    file.scope = scope
  }

  /// Single measurements of the parameter itself, where their distribution is of interest.
  private func singles(_ name: String, _ values: [String: Double]) -> [Double] {
    switch name {
    case "costs.cold": Costing.coldStarts(measured)
    case "storage.write_latency":
      Costing.flushesApart(measured).map { max(0, $0 - (values["costs.flush"] ?? 0)) }
    case "storage.read_latency": measured.values("reads", "random")
    default: []
    }
  }

  /// Between what the calibration went, and how far the model is taken to carry it: rows hardly matter
  /// beyond what fits in memory, cores and sessions bring contention that two of them do not show.
  private var scope: [String: CalibrationFile.Extent] {
    let width = Double(scenario.tables.first?.rowWidth ?? 200)
    let rows = Double(CalibrationTables.rows)
    func extent(_ from: Double, _ to: Double, reach: Double) -> CalibrationFile.Extent {
      .init(from: from, to: to, reach: reach)
    }
    let cores = measured.values("cores", "cores").first ?? Double(ProcessorMeasurements.cores)
    return [
      "rows": extent(rows, rows, reach: 10_000),
      "row_width_bytes": extent(width, width, reach: 8),
      "indexes": extent(1, Double(1 + CalibrationTables.secondaryIndexes), reach: 4),
      "cores": extent(cores, cores, reach: 8), "workers": extent(1, 2, reach: 4),
      "batch_rows": extent(250, 2_500, reach: 100),
    ]
  }
}
