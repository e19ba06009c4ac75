import Testing

@Suite("What plan shows")
struct PlanTests {
  private func plan(_ arguments: String...) throws -> JSON {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      let process = try command.start(["plan", "s.yaml", "--format", "json"] + arguments)
      let answer = try command.finish(process)
      #expect(answer.status == 0)
      return try JSON.parse(answer.output)
    }
  }

  private func value(_ path: String, of plan: JSON) -> JSON? {
    plan["resolved"]?.items.first { $0["path"] == .string(path) }
  }

  private func estimate(_ name: String, of plan: JSON) -> Double? {
    plan["estimates"]?.items.first { $0["name"] == .string(name) }?["value"]?.number
  }

  @Test("Every value has an origin: the file, a default with its reason, the command line")
  func origins() throws {
    let plan = try plan("--seed", "9", "--set", "strategy.workers=3")
    #expect(value("table.rows", of: plan)?["origin"]?.string?.hasPrefix("file:3:") == true)
    #expect(value("table.fillfactor", of: plan)?["origin"]?.string?.hasPrefix("default: ") == true)
    #expect(value("strategy.workers", of: plan)?["origin"] == .string("--set"))
    #expect(value("run.seed", of: plan)?["value"] == .string("9"))
  }

  @Test("The arithmetic follows the scenario: 2,000 rows in batches of 200 are 10, of 500 are 4")
  func arithmetic() throws {
    let small = try plan()
    #expect(estimate("backfill.batches", of: small) == 10)
    #expect(estimate("backfill.rate_needed", of: small) == 2_000.0 / 600)
    let large = try plan("--set", "strategy.batch.rows=500")
    #expect(estimate("backfill.batches", of: large) == 4)
    #expect(small["bound_by"] == .string("workers"))
    let hold = try #require(estimate("locks.hold.max", of: small))
    #expect(try #require(estimate("locks.hold.max", of: large)) > hold)
  }

  @Test("Free text does not steer the terminal")
  func steering() throws {
    try Command.inFolder { command in
      let text = Small.scenario().replacing(
        "name: small\n", with: "name: small\ndescription: \"\\e[2J cleared\"\n")
      try command.write(text, to: "s.yaml")
      let answer = try command.run("plan", "s.yaml")
      #expect(answer.status == 0, "\(answer.errors)")
      #expect(answer.output.contains("[2J cleared"))
      #expect(!answer.output.contains("\u{1B}"))
    }
  }

  @Test("Traffic alone has values, and no arithmetic of a backfill")
  func trafficAlone() throws {
    let plan = try plan("--set", "backfill=null", "--set", "strategy=null")
    #expect(plan["estimates"] == .array([]))
    #expect(value("traffic.app.rate", of: plan)?["value"] == .string("20/s"))
  }
}
