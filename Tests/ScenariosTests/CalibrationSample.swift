@testable import Scenarios

/// A calibration of two parameters with twenty joint draws.
enum CalibrationSample {
  static func file() -> CalibrationFile {
    var file = CalibrationFile(
      engine: "postgresql", version: "15.18", modelVersion: 1, created: "2026-11-29T05:00:00Z",
      rehearse: "0.1.0",
      instance: CalibrationFile.Instance(
        os: "Linux", cpu: "a cpu", cores: 2, memoryBytes: 1 << 30, settings: [:]))
    file.parameters = [
      "costs.update_row": parameter(3e-6), "costs.statement": parameter(20e-6),
      "storage.write_latency": parameter(400e-6),
    ]
    let steps = (0..<20).map { Double($0 - 10) }
    file.joint = CalibrationFile.Joint(
      parameters: ["costs.update_row", "costs.statement"],
      draws: steps.map { step -> [Double] in [3e-6 + step * 1e-8, 20e-6 - step * 1e-7] })
    file.scope = [
      "rows": .init(from: 100_000, to: 200_000, reach: 1_000),
      "cores": .init(from: 2, to: 2, reach: 4),
      "batch_rows": .init(from: 200, to: 5_000, reach: 50),
    ]
    return file
  }

  private static func parameter(_ value: Double) -> CalibrationFile.Parameter {
    .init(
      value: value, unit: "s", low: value * 0.9, high: value * 1.1, half: .machine,
      method: "measured")
  }
}
