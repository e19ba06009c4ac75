import Foundation
import Testing

/// The scenarios of the repository, each with its recorded outcome.
@Suite("The scenarios that come with rehearse")
struct ScenarioFileTests {
  static let names: [String] = {
    let folder = Command.packageRoot.appendingPathComponent("scenarios").path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }()

  @Test("There are scenarios, the quick start among them")
  func some() { #expect(Self.names.contains("quickstart")) }

  @Test("What init writes is valid, and plan shows it")
  func starter() throws {
    try Command.inFolder { command in
      #expect(try command.run("init").status == 0)
      let valid = try command.run("validate", "scenario.yaml")
      #expect(valid.output == "scenario.yaml: valid\n")
      #expect(valid.errors.isEmpty)
      #expect(try command.run("plan", "scenario.yaml").status == 0)
    }
  }

  @Test(
    "What init writes, and the quick start, pass as written, every gate with a tenth to spare",
    .enabled(if: Command.optimised != nil, "make build first: an unoptimised build is too slow"),
    arguments: ["scenario", "quickstart"])
  func passes(name: String) throws {
    guard let executable = Command.optimised else { return }
    try Command.inFolder { command in
      if name == "scenario" {
        _ = try command.run("init", executable: executable)
      } else {
        let file = Command.packageRoot.appendingPathComponent("scenarios/\(name).yaml").path
        try command.write(String(contentsOfFile: file, encoding: .utf8), to: "\(name).yaml")
      }
      let answer = try command.run(
        "simulate", "\(name).yaml", "--no-history", "--format", "json", executable: executable)
      #expect(answer.status == 0)
      let run = try JSON.parse(answer.output)
      #expect(run["verdict"] == .string("pass"))
      let margins = run["gates"]?.items.compactMap { gate -> Double? in
        guard let margin = gate["margin"]?.number, let limit = gate["limit"]?.number else {
          return nil
        }
        return margin / limit
      }
      #expect(margins?.count ?? 0 >= 3 && margins?.allSatisfy { $0 > 0.1 } ?? false, "\(margins)")
    }
  }

  @Test("Each is valid, and its plan fits 80 columns", arguments: names)
  func plan(name: String) throws {
    try Command.inFolder { command in
      let file = Command.packageRoot.appendingPathComponent("scenarios/\(name).yaml").path
      try command.write(String(contentsOfFile: file, encoding: .utf8), to: "\(name).yaml")
      let answer = try command.run("plan", "\(name).yaml")
      #expect(answer.status == 0)
      let wide = answer.output.split(separator: "\n").filter { $0.count > 80 }.map { String($0) }
      #expect(wide == [])
    }
  }

  @Test(
    "Three trials of each comes out as recorded in scenarios/expected",
    .enabled(if: Command.optimised != nil, "make build first: an unoptimised build is too slow"),
    arguments: names)
  func outcome(name: String) throws {
    guard let executable = Command.optimised else { return }
    let file = Command.packageRoot.appendingPathComponent("scenarios/\(name).yaml").path
    let answer = try Command.inFolder { command in
      try command.write(String(contentsOfFile: file, encoding: .utf8), to: "\(name).yaml")
      return try command.run(
        "simulate", "\(name).yaml", "--no-history", "--trials", "3", executable: executable)
    }
    #expect([0, 2, 3].contains(answer.status), "\(answer.errors)")
    let wide = answer.output.split(separator: "\n").filter { $0.count > 80 }.map { String($0) }
    #expect(wide == [])
    try Golden.expect(answer.output, equals: "scenarios/expected/\(name).txt")
  }
}
