import Scenarios
import Simulator

// What a server did where the model computes the same by itself, or has no number for it: shown, and
// compared, never fitted.
extension CalibrationAssembly {
  /// Beyond this a log volume off the model's is worth a warning.
  private static let mostLogError = 0.04

  func observe(_ file: inout CalibrationFile) {
    file.observations = LogObservations(measured, for: scenario).observations
    let values = file.parameters.mapValues(\.value)
    file.observations.merge(HostObservations(measured, values).observations) { log, _ in log }
    observeDesign(&file)
    let noise = Noise(measured)
    file.observations["noise.cpu"] = .init(
      value: noise.cpu, unit: "1", half: .machine,
      method: "half the quartiles' distance over the median, between passes, of server CPU")
    file.observations["noise.elapsed"] = .init(
      value: noise.elapsed, unit: "1", half: .machine,
      method: "the same of elapsed times of single reads")
    for (name, observation) in file.observations.sorted(by: { $0.key < $1.key })
    where name.hasPrefix("log.") {
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
        "the batches do not tell update_row, move_row, key_entry, index_entry, leaf_pass and page_image "
          + "apart: their sum holds, each of them may not")
    }
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
