import Foundation
import Scenarios
import Testing

/// A calibration on the command line.
@Suite struct CalibrationTests {
  private func calibration(cores: Double = 8, version: Int = 1) throws -> String {
    var file = CalibrationFile(
      engine: "postgresql", version: "16.4", modelVersion: version,
      created: "2026-11-29T05:00:00Z", rehearse: "0.1.0",
      instance: .init(os: "Linux", cpu: "a cpu", cores: 8, memoryBytes: 1 << 30, settings: [:]))
    file.parameters["costs.update_row"] = .init(
      value: 40e-6, unit: "s", low: 20e-6, high: 60e-6, half: .machine, method: "measured")
    file.joint = .init(
      parameters: ["costs.update_row"], draws: (0..<50).map { [20e-6 + Double($0) * 0.8e-6] })
    file.scope = ["cores": .init(from: cores, to: cores, reach: 2)]
    return try file.text()
  }

  @Test("Its uncertainty widens what is predicted; the run says what it rests on")
  func simulate() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.passing), to: "s.yaml")
      try command.write(try calibration(), to: "c.json")
      func width(_ more: String...) throws -> Double {
        let arguments = [
          "simulate", "s.yaml", "--trials", "12", "--no-history", "--format", "json",
        ]
        let answer = try command.finish(command.start(arguments + more))
        #expect(answer.status == 0)
        let metric = try JSON.parse(answer.output)["metrics"]?["backfill.batch.duration.mean"]
        let low = try #require(metric?["predicted_low"]?.number)
        return try #require(metric?["predicted_high"]?.number) / low
      }
      #expect(try width() < 1.3)
      #expect(try width("--calibration", "c.json") > 1.6)
      let text = try command.run(
        "simulate", "s.yaml", "--trials", "2", "--no-history", "--calibration", "c.json")
      #expect(text.output.contains("calibrated 2026-11-29 on postgresql 16.4, 8 cores"))
      let plan = try command.run("plan", "s.yaml", "--calibration", "c.json")
      #expect(plan.output.contains("calibration c.json"))
    }
  }

  @Test("Beyond its reach a pass is inconclusive")
  func beyondReach() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.passing), to: "s.yaml")
      try command.write(try calibration(cores: 2), to: "c.json")
      let answer = try command.run(
        "simulate", "s.yaml", "--trials", "2", "--no-history", "--calibration", "c.json")
      #expect(answer.status == 3)
      #expect(
        answer.output.replacing("\n", with: " ").contains("extrapolates cores ×4 (×2 at most)"))
    }
  }

  @Test("66 for a calibration that is not there, 65 for nonsense and for another model's")
  func refused() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      #expect(try command.run("simulate", "s.yaml", "--calibration", "c.json").status == 66)
      try command.write("{\"schema\": \"rehearse.calibration/9\"}", to: "c.json")
      let other = try command.run("simulate", "s.yaml", "--calibration", "c.json")
      #expect(other.status == 65 && other.errors.contains("RH0901"))
      try command.write(try calibration(version: 99), to: "c.json")
      let model = try command.run("simulate", "s.yaml", "--calibration", "c.json")
      #expect(model.status == 65 && model.errors.contains("version 99 of the model"))
    }
  }

  @Test("calibrate wants exactly one server, and --execute to write to one")
  func usage() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      for arguments in [
        ["--out", "c.json"], ["--throwaway", "--observe", "host=x", "--out", "c.json"],
        ["--target", "host=x", "--out", "c.json"], ["--throwaway"],
      ] {
        let answer = try command.finish(command.start(["calibrate", "s.yaml"] + arguments))
        #expect(answer.status == 64)
      }
      let away = try command.run(
        "calibrate", "s.yaml", "--observe", "host=/nowhere", "--out", "c.json")
      #expect(away.status == 69)
    }
  }
}
