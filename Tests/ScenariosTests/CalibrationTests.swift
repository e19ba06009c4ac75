import Foundation
import Primitives
import Testing

@testable import Scenarios

@Suite struct CalibrationTests {
  private static let text = """
    name: s
    table: {name: t, rows: 96M, row_width: 100B}
    backfill: {set: {v: "1"}}
    strategy: {batch: {rows: 1000}}
    """

  /// The scenario, with a database, read with that calibration beside it.
  private func load(
    _ calibration: String, database: String = "{cores: 8}", sets: [String] = []
  ) throws(ScenarioFailure) -> LoadedScenario {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("calibration-\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = FileManager.default.createFile(atPath: path, contents: Data(calibration.utf8))
    return try ScenarioFile.load(
      text: Self.text + "\ndatabase: \(database)\n", path: "s.yaml", sets: sets, calibration: path)
  }

  private func sample(_ change: (inout CalibrationFile) -> Void = { _ in }) throws -> String {
    var file = CalibrationSample.file()
    change(&file)
    return try file.text()
  }

  @Test("default < preset < calibration < scenario < --set, and plan says which")
  func precedence() throws {
    let loaded = try load(
      try sample(),
      database: "{preset: rds-r6g.2xlarge-gp3, costs: {update_row: 5us}}",
      sets: ["database.costs.lock_row=1us"])
    let database = loaded.scenario.database
    #expect(database.costs.statement == .microseconds(20))
    #expect(database.costs.updateRow == .microseconds(5))
    #expect(database.costs.lockRow == .microseconds(1))
    #expect(database.costs.commit == Costs().commit)
    #expect(database.storage.writeLatency == .microseconds(400))
    #expect(database.storage.iops == 12_000)
    #expect(database.version == 15)
    func origin(_ path: String) -> String {
      loaded.resolved.first { $0.path == path }?.origin.description ?? ""
    }
    #expect(origin("database.costs.statement").hasPrefix("calibration "))
    #expect(origin("database.storage.write_latency").hasPrefix("calibration "))
    #expect(origin("database.costs.update_row").hasPrefix("file:"))
    #expect(origin("database.costs.lock_row") == "--set")
    #expect(origin("database.costs.commit").hasPrefix("default:"))
  }

  @Test("A scenario names its calibration by a path relative to itself")
  func relativePath() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("calibration-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try sample().write(
      to: folder.appendingPathComponent("c.json"), atomically: true, encoding: .utf8)
    let scenario = folder.appendingPathComponent("s.yaml")
    try (Self.text + "\ndatabase: {calibration: c.json}\n")
      .write(to: scenario, atomically: true, encoding: .utf8)
    let loaded = try ScenarioFile.load(path: scenario.path)
    #expect(loaded.scenario.database.costs.statement == .microseconds(20))
    #expect(
      try ScenarioFile.load(
        path: scenario.path, sets: ["database.calibration=null"]
      ).scenario.database.costs == Costs())
  }

  @Test("A trial takes one joint vector, by seed and trial alone; what the scenario wrote stays")
  func draws() throws {
    let scenario = try load(try sample()).scenario
    let draws = try #require(scenario.draws)
    var statements: Set<TimeSpan> = []
    for trial in 0..<100 {
      var (one, other) = (scenario.database, scenario.database)
      other.cores = 64
      draws.apply(seed: 7, trial: trial, to: &one)
      draws.apply(seed: 7, trial: trial, to: &other)
      #expect(one.costs == other.costs)
      statements.insert(one.costs.statement)
      // The sample's draws lie on one line: never one parameter's value with another draw's.
      let row = (one.costs.updateRow.seconds - 3e-6) / 1e-8
      let statement = (20e-6 - one.costs.statement.seconds) / 1e-7
      #expect(abs(row - statement) < 0.2)
    }
    #expect(statements.count > 15)
    let fixed = try load(try sample(), database: "{costs: {update_row: 5us}}").scenario
    #expect(fixed.draws?.parameters.map(\.name) == ["costs.statement"])
    let written = "{costs: {update_row: 5us, statement: 9us}}"
    #expect(try load(try sample(), database: written).scenario.draws == nil)
  }

  @Test("How far a scenario leaves what was calibrated")
  func extrapolation() throws {
    let used = try #require(try load(try sample()).calibration)
    #expect(used.extrapolation.map(\.dimension) == ["rows", "cores"])
    #expect(used.extrapolation.map(\.factor) == [480, 4])
    #expect(!used.isBeyondReach)
    let many = try #require(try load(try sample(), database: "{cores: 9}").calibration)
    #expect(many.isBeyondReach)
  }

  /// What a hand or another version may make of a file, and what is then said.
  struct Nonsense: Sendable, CustomTestStringConvertible {
    var from: String
    var to: String
    var message: String
    var testDescription: String { message }
  }

  static let nonsense = [
    Nonsense(from: "rehearse.calibration/1", to: "rehearse.calibration/2", message: "this is"),
    Nonsense(
      from: "\"engine\" : \"postgresql\"", to: "\"engine\" : \"oracle\"", message: "no engine"),
    Nonsense(from: "\"version\" : \"15.18\"", to: "\"version\" : \"new\"", message: "no version"),
    Nonsense(from: "costs.statement", to: "costs.statment", message: "no parameter"),
    Nonsense(from: "\"unit\" : \"s\"", to: "\"unit\" : \"ms\"", message: "is in \"ms\""),
    Nonsense(from: "\"unit\" : \"s\",", to: "", message: "is missing"),
    Nonsense(from: "\"high\" : 0.00044", to: "\"high\" : 0.0001", message: "not within its own"),
    Nonsense(from: "\"high\" : 0.00044", to: "\"high\" : 44", message: "has to lie between"),
    Nonsense(from: "\"reach\" : 1000", to: "\"reach\" : 0", message: "no range"),
    Nonsense(from: "{", to: "", message: "not a JSON document"),
  ]

  @Test("Nonsense is refused with its reason and place", arguments: nonsense)
  func refused(nonsense: Nonsense) throws {
    let whole = try sample()
    let at = try #require(whole.range(of: nonsense.from))
    let text = whole.replacingCharacters(in: at, with: nonsense.to)
    let failure = #expect(throws: ScenarioFailure.self) { _ = try load(text) }
    let problems = try #require(failure?.problems)
    #expect(problems.contains { $0.message.contains(nonsense.message) }, "\(problems)")
    #expect(problems.allSatisfy { $0.code == "RH0901" && !$0.hint.isEmpty })
  }

  @Test("A time slice of no length is refused, in a calibration and in a scenario")
  func noSlice() throws {
    let text = try sample {
      $0.parameters["costs.time_slice"] = .init(
        value: 0, unit: "s", low: 0, high: 0, half: .machine, method: "edited")
    }
    let failure = #expect(throws: ScenarioFailure.self) { _ = try load(text) }
    #expect(failure?.problems.first?.message.contains("has to lie between 1us and 10s") == true)
    #expect(throws: ScenarioFailure.self) {
      _ = try load(try sample(), database: "{costs: {time_slice: 0s}}")
    }
  }

  @Test("Quantiles that fall are refused")
  func fallingQuantiles() throws {
    let text = try sample {
      $0.parameters["storage.write_latency"]?.quantiles = ["0.05": 2e-4, "0.5": 4e-4, "0.9": 3e-4]
    }
    let failure = #expect(throws: ScenarioFailure.self) { _ = try load(text) }
    #expect(failure?.problems.first?.message.contains("do not rise") == true)
  }

  @Test("A value edited without its draws is refused")
  func editedValue() throws {
    let text = try sample {
      $0.parameters["costs.statement"] = .init(
        value: 40e-6, unit: "s", low: 36e-6, high: 44e-6, half: .machine, method: "edited")
    }
    let failure = #expect(throws: ScenarioFailure.self) { _ = try load(text) }
    #expect(failure?.problems.first?.message.contains("joint draws of costs.statement") == true)
  }

  @Test("Another major version or engine than the scenario's is refused")
  func otherServer() throws {
    for database in ["{version: \"16\"}", "{engine: mysql}"] {
      let failure = #expect(throws: ScenarioFailure.self) {
        _ = try load(try sample(), database: database)
      }
      #expect(failure?.problems.contains { $0.code == "RH0902" } == true)
    }
  }

  @Test("What is written can be read, and reads the same")
  func roundTrip() throws {
    let file = CalibrationSample.file()
    #expect(try CalibrationReading.read(text: try file.text(), path: "c.json") == file)
  }
}
