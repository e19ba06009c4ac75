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

  /// Traffic with a curve, a replica with a name, and gates that are met.
  static let extras =
    Small.scenario(
      gates: """
        [{id: soon, metric: backfill.duration, expect: "<= 10min"}, \
        {id: device, metric: storage.utilization, expect: "<= 95%"}]
        """
    ).replacing("rate: 20/s,", with: "rate: 20/s, curve: {\"00:00\": 0.5, \"12:00\": 1.0},") + space

  @Test("Headroom, start times and sensitivity are answered within 80 columns; the run is kept")
  func answersExtras() throws {
    try Command.inFolder { command in
      try command.write(Self.extras, to: "s.yaml")
      let answer = try command.run("tune", "s.yaml", "--headroom", "--start-times", "--sensitivity")
      #expect(answer.status == 0, "\(answer.errors)")
      #expect(answer.output.split(separator: "\n").filter { $0.count > 80 } == [])
      #expect(answer.output.contains("\nHEADROOM  "))
      for hour in ["00:00", "02:00", "22:00"] { #expect(answer.output.contains("\n  \(hour) ")) }
      let inputs = answer.output.split(separator: "\n").drop { !$0.hasPrefix("WORTH MEASURING") }
      #expect(inputs.contains { $0.contains("a default") })
      // What the scenario says is none, by whatever part of the path.
      for written in ["table.rows ", "traffic ", "replicas.r.network "] {
        #expect(!inputs.contains { $0.contains(written) && $0.contains("a default") })
      }
      let kept = try JSON.parse(command.run("report", "latest", "--format", "json").output)
      #expect(kept["schema"] == .string("rehearse.run/1"))
      #expect(kept["verdict"] == .string("pass"))
      let rows = kept["scenario"]?.items.first { $0["path"] == .string("strategy.batch.rows") }
      let chosen = try #require(rows?["value"]?.string)
      #expect(answer.output.contains("strategy.batch.rows = \(chosen)"))
    }
  }

  @Test(
    "An extra that has nothing to say is said to have nothing, and nothing is kept if not wanted")
  func nothingToSay() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario() + Self.space, to: "s.yaml")
      let answer = try command.run("tune", "s.yaml", "--no-history", "--headroom", "--start-times")
      #expect(answer.status == 0, "\(answer.errors)")
      #expect(answer.errors.contains("--headroom says nothing here"))
      #expect(answer.errors.contains("--start-times says nothing here"))
      #expect(throws: (any Error).self) { try command.read(".rehearse/history.sqlite") }
    }
  }

  @Test(
    "The other two objectives choose among what meets the gates",
    arguments: [("min_impact", "the least impact"), ("max_headroom", "the most headroom")])
  func objectives(objective: String, words: String) throws {
    try Command.inFolder { command in
      try command.write(
        Self.extras.replacing("tune:\n", with: "tune:\n  objective: \(objective)\n"), to: "s.yaml")
      let text = try command.run("tune", "s.yaml", "--no-history", "--out", "json=t.json")
      #expect(text.status == 0, "\(text.errors)")
      #expect(text.output.contains("tuned for \(words)"))
      #expect(!text.output.contains("BOUND BY"))
      #expect(text.output.split(separator: "\n").filter { $0.count > 80 } == [])
      #expect(try JSON.parse(command.read("t.json"))["objective"] == .string(objective))
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
