import Testing

@Suite("What tune says and writes")
struct TuneTests {
  private static let space = """
    tune:
      space:
        strategy.batch.rows: [200, 1000]   # two are enough here
        strategy.workers: [1, 2]

    """

  @Test("A confirmed setting: status 0, 59 of 59, and a copy of the scenario with comments kept")
  func confirmed() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.undecided) + Self.space, to: "s.yaml")
      let answer = try command.run(
        "tune", "s.yaml", "--format", "json", "--write", "tuned.yaml", "--out", "text=tune.txt")
      #expect(answer.status == 0, "\(answer.errors)")
      let document = try JSON.parse(answer.output)
      #expect(document["schema"] == .string("rehearse.tune/1"))
      #expect(document["complete"] == .bool(true))
      let choice = document["recommended"]
      #expect(choice?["confidence"]?["passed"] == .number(59))
      #expect(choice?["confidence"]?["trials"] == .number(59))
      let rows = try #require(choice?["settings"]?["strategy.batch.rows"]?.string)
      #expect(document["evaluated"]?["points"]?.number ?? 0 >= 1)
      #expect(document["points"]?.items.isEmpty == false)
      let tuned = try command.read("tuned.yaml")
      #expect(tuned.contains("batch: {rows: \(rows)}"))
      #expect(tuned.contains("# two are enough here"))
      #expect(try command.run("validate", "tuned.yaml").status == 0)
      let text = try command.read("tune.txt")
      #expect(text.contains("at least 95% of simulated runs meet every gate"))
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
  }

  @Test("Nothing feasible: status 2, and which gate keeps out what")
  func infeasible() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.failing) + Self.space, to: "s.yaml")
      let answer = try command.run("tune", "s.yaml", "--write", "tuned.yaml")
      #expect(answer.status == 2)
      #expect(answer.output.contains("EXCLUDED BY\n  gate soon (backfill.duration <= 1us): "))
      #expect(answer.output.contains("VERDICT  NOTHING FEASIBLE"))
      #expect(answer.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
      #expect(throws: (any Error).self) { try command.read("tuned.yaml") }
    }
  }

  @Test("A space that makes no sense, and nothing to tune: status 65 with code and place")
  func nonsense() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      for (set, code) in [
        ("tune.space={strategy.workers: {from: 4, to: 2}}", "RH0803"),
        ("tune.space={strategy.worker: [1]}", "RH0801"), ("strategy.preset=monolithic", "RH0804"),
      ] {
        let answer = try command.run("tune", "s.yaml", "--set", set, "--format", "json")
        #expect(answer.status == 65)
        let problem = try JSON.parse(answer.output)["problems"]?[0]
        #expect(problem?["code"] == .string(code), "\(answer.errors)")
        #expect(problem?["line"]?.number ?? 0 >= 1)
        #expect(problem?["hint"]?.string?.isEmpty == false)
      }
    }
  }

  @Test("Out of time: status 3 and an incomplete document")
  func outOfTime() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.undecided) + Self.space, to: "s.yaml")
      let answer = try command.run("tune", "s.yaml", "--max-time", "1ms", "--format", "json")
      #expect(answer.status == 3)
      #expect(try JSON.parse(answer.output)["complete"] == .bool(false))
    }
  }
}
