import Foundation
import Testing

@Suite("The decisions of a kept run")
struct DecisionTests {
  @Test("Each run keeps them: shown line by line, as JSON, and replayed")
  func kept() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      _ = try command.run("simulate", "s.yaml", "--trials", "2")
      let text = try command.run("runs", "show", "latest", "--decisions")
      #expect(text.status == 0)
      let lines = text.output.split(separator: "\n")
      #expect(lines.first?.contains("started") == true)
      #expect(lines.last?.hasSuffix("-> finish") == true)
      #expect(text.errors.contains("\(lines.count) events; replayed, they give the same actions"))
      let json = try command.run("runs", "show", "latest", "--decisions", "--format", "json")
      let log = try JSON.parse(json.output)
      #expect(log["version"] == .number(2))
      #expect(log["entries"]?.items.count == lines.count)
    }
  }

  @Test("A run without a backfill has none: 66")
  func none() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      _ = try command.run(
        "simulate", "s.yaml", "--trials", "1", "--set", "backfill=null", "--set", "strategy=null")
      #expect(try command.run("runs", "show", "latest").status == 0)
      #expect(try command.run("runs", "show", "latest", "--decisions").status == 66)
    }
  }

  @Test("The text of a kept run names the scenario as it was named then")
  func source() throws {
    try Command.inFolder { command in
      try FileManager.default.createDirectory(
        atPath: command.path("deep"), withIntermediateDirectories: true)
      try command.write(Small.scenario(gates: Small.undecided), to: "deep/s.yaml")
      let first = try command.run("simulate", "deep/s.yaml", "--trials", "3")
      #expect(first.output.contains("rehearse simulate deep/s.yaml --trials"))
      #expect(try command.run("runs", "show", "latest").output == first.output)
      let list = try JSON.parse(command.run("runs", "list", "--format", "json").output)
      #expect(list["runs"]?[0]?["source"] == .string("deep/s.yaml"))
    }
  }
}
