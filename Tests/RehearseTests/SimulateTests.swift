import Foundation
import Testing

@Suite("What simulate writes")
struct SimulateTests {
  @Test("The result does not depend on the number of threads, byte for byte")
  func threads() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.undecided), to: "s.yaml")
      for format in ["text", "json"] {
        let one = try command.run(
          "simulate", "s.yaml", "--no-history", "--trials", "5", "-j", "1", "--format", format)
        let three = try command.run(
          "simulate", "s.yaml", "--no-history", "--trials", "5", "-j", "3", "--format", format)
        #expect(!one.output.isEmpty)
        #expect(one.output == three.output)
      }
    }
  }

  @Test("Auto goes on until a gate is decided: 30 passes are not enough, 40 are")
  func auto() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.undecided), to: "s.yaml")
      let answer = try command.run("simulate", "s.yaml", "--no-history", "--format", "json")
      #expect(answer.status == 0)
      #expect(try JSON.parse(answer.output)["trials"] == .number(40))
    }
  }

  @Test("One file gives one run, several give one document with all of them in order")
  func documents() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "a.yaml")
      try command.write(
        Small.scenario().replacingOccurrences(of: "name: small", with: "name: other"), to: "b.yaml")
      let one = try command.run(
        "simulate", "a.yaml", "--no-history", "--trials", "1", "--format", "json")
      #expect(try JSON.parse(one.output)["schema"] == .string("rehearse.run/1"))
      let two = try command.run(
        "simulate", "a.yaml", "b.yaml", "--no-history", "--trials", "1", "--format", "json")
      let document = try JSON.parse(two.output)
      #expect(document["schema"] == .string("rehearse.runs/1"))
      #expect(document["runs"]?.items.map { $0["name"] } == [.string("small"), .string("other")])
      let alone = try JSON.parse(one.output)
      #expect(document["runs"]?[0] == alone)
    }
  }

  @Test("A document has the keys that the contract names")
  func keys() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.failing), to: "s.yaml")
      let answer = try command.run(
        "simulate", "s.yaml", "--no-history", "--trials", "3", "--format", "json")
      let run = try JSON.parse(answer.output)
      let wanted = [
        "schema", "world", "model_version", "seed", "versions", "host", "scenario", "complete",
        "censored", "trace_hash", "gates", "verdict", "metrics",
      ]
      #expect(wanted.filter { run[$0] == nil } == [])
      let gate = try #require(run["gates"]?[0])
      let parts = [
        "id", "verdict", "value", "low", "high", "n", "trials_passed", "limit", "margin",
        "first_breach_s", "level",
      ]
      #expect(parts.filter { gate[$0] == nil } == [])
      #expect(gate["limit"] == .number(1e-6))
      let metric = try #require(run["metrics"]?["app.latency.p99{class=app,phase=during}"])
      #expect(
        metric.keys == ["high", "low", "n", "predicted_high", "predicted_low", "unit", "value"])
      #expect(metric["unit"] == .string("s"))
    }
  }

  @Test("Files written beside stdout hold the same result")
  func files() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.passing), to: "s.yaml")
      let answer = try command.run(
        "simulate", "s.yaml", "--no-history", "--trials", "3", "--out", "json=run.json", "--out",
        "text=run.txt")
      #expect(answer.status == 0)
      #expect(try command.read("run.txt") == answer.output)
      let written = try JSON.parse(command.read("run.json"))
      #expect(written["verdict"] == .string("pass"))
    }
  }

  @Test("A value set on the command line is used, and shown with its origin")
  func sets() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      let answer = try command.run(
        "simulate", "s.yaml", "--no-history", "--trials", "1", "--seed", "11", "--set",
        "strategy.batch.rows=500", "--format", "json")
      let run = try JSON.parse(answer.output)
      #expect(run["seed"] == .number(11))
      let batch = run["scenario"]?.items.first { $0["path"] == .string("strategy.batch.rows") }
      #expect(batch?["value"] == .string("500"))
      #expect(batch?["origin"] == .string("--set"))
    }
  }

  @Test("Without a terminal nothing is coloured unless forced, and NO_COLOR wins")
  func colour() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.passing), to: "s.yaml")
      func output(_ environment: [String: String]) throws -> String {
        let process = try command.start(
          ["simulate", "s.yaml", "--no-history", "--trials", "3"], environment: environment,
          without: ["NO_COLOR"])
        return try command.finish(process).output
      }
      let escape = "\u{1B}["
      #expect(try !output([:]).contains(escape))
      #expect(try output(["CLICOLOR_FORCE": "1"]).contains(escape + "32mPASS"))
      #expect(try !output(["CLICOLOR_FORCE": "1", "NO_COLOR": ""]).contains(escape))
    }
  }
}
