import Testing

@Suite("Exit statuses of simulate and its relatives")
struct ExitStatusTests {
  private static func status(_ gates: String, _ arguments: String...) throws -> Int32 {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: gates), to: "s.yaml")
      let process = try command.start(
        ["simulate", "s.yaml", "--no-history", "--trials", "2"] + arguments)
      return try command.finish(process).status
    }
  }

  @Test("0 where every gate passed, and where there is none")
  func success() throws {
    #expect(try Self.status(Small.passing) == 0)
    #expect(try Self.status("[]") == 0)
  }

  @Test("2 where a gate failed, 3 where one is undecided")
  func verdicts() throws {
    #expect(try Self.status(Small.failing) == 2)
    #expect(try Self.status(Small.undecided) == 3)
  }

  @Test("A warn-level gate that fails changes nothing")
  func warning() throws {
    let gate = "[{id: soon, metric: backfill.duration, expect: \"<= 1us\", level: warn}]"
    #expect(try Self.status(gate) == 0)
  }

  @Test("Of several files the failed one decides, then the undecided one")
  func precedence() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.passing), to: "pass.yaml")
      try command.write(Small.scenario(gates: Small.failing), to: "fail.yaml")
      try command.write(Small.scenario(gates: Small.undecided), to: "open.yaml")
      let common = ["simulate", "--no-history", "--trials", "2"]
      func status(_ files: String...) throws -> Int32 {
        try command.finish(command.start(common + files)).status
      }
      #expect(try status("pass.yaml", "pass.yaml") == 0)
      #expect(try status("pass.yaml", "open.yaml") == 3)
      #expect(try status("open.yaml", "fail.yaml", "pass.yaml") == 2)
    }
  }

  @Test("A time bound that is hit is at best inconclusive: 3, and says what is missing")
  func timeBound() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.passing), to: "s.yaml")
      let answer = try command.run(
        "simulate", "s.yaml", "--no-history", "--trials", "100000", "--max-time", "1ms", "--format",
        "json")
      #expect(answer.status == 3)
      let run = try JSON.parse(answer.output)
      #expect(run["complete"] == .bool(false))
      #expect(run["verdict"] == .string("inconclusive"))
    }
  }

  @Test("64 for options that make no sense, before anything is read")
  func usage() throws {
    try Command.inFolder { command in
      for wrong in [
        ["simulate"], ["simulate", "x.yaml", "--trials", "none"],
        ["simulate", "x.yaml", "--trials", "0"], ["simulate", "x.yaml", "-j", "0"],
        ["simulate", "x.yaml", "--max-time", "5"], ["simulate", "x.yaml", "--out", "pdf=x"],
        ["simulate", "x.yaml", "--format", "xml"],
      ] {
        let answer = try command.finish(command.start(wrong))
        #expect(answer.status == 64, "\(wrong)")
      }
    }
  }

  @Test("65 for an invalid scenario: every problem with its place, in both forms")
  func invalid() throws {
    try Command.inFolder { command in
      try command.write("table: {name: t, rows: 5, row_width: 100}\nbackfil: {}\n", to: "s.yaml")
      for verb in ["validate", "plan", "simulate"] {
        let text = try command.run(verb, "s.yaml")
        #expect(text.status == 65)
        #expect(text.output.isEmpty)
        #expect(text.errors.contains("s.yaml:1:38: error[RH"))
        #expect(text.errors.contains("did you mean \"backfill\"?"))
        let json = try command.run(verb, "s.yaml", "--format", "json")
        #expect(json.status == 65)
        let document = try JSON.parse(json.output)
        #expect(document["schema"] == .string("rehearse.error/1"))
        #expect(document["exit_code"] == .number(65))
        #expect(document["problems"]?.items.count ?? 0 >= 2)
      }
    }
  }

  @Test("65 for what is known but not built")
  func notBuilt() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      let mysql = try command.run("simulate", "s.yaml", "--set", "database.engine=mysql")
      #expect(mysql.status == 65)
    }
  }

  @Test("69 for a server out of reach, without the password that was to get there")
  func unreachable() throws {
    try Command.inFolder { command in
      let dsn = "postgresql://me:hunter2@localhost:1/shop"
      let answer = try command.run("init", "--from-database", dsn, "--table", "orders")
      #expect(answer.status == 69)
      #expect(!answer.errors.contains("hunter2") && !answer.output.contains("hunter2"))
      let malformed = try command.run(
        "init", "--from-database", "host=db hunter2", "--table", "orders")
      #expect(malformed.status == 64)
      #expect(!malformed.errors.contains("hunter2"))
      #expect(try command.run("init", "--from-database", dsn).status == 64)
    }
  }

  @Test("66 for a file that is not there")
  func noInput() throws {
    try Command.inFolder { command in
      for verb in ["validate", "plan", "simulate"] {
        let answer = try command.run(verb, "nowhere.yaml", "--format", "json")
        #expect(answer.status == 66)
        #expect(try JSON.parse(answer.output)["exit_code"] == .number(66))
      }
      #expect(try command.run("presets", "nothing").status == 66)
      #expect(try command.run("explain", "RH9999").status == 66)
    }
  }

  @Test("73 for an output that cannot be written, before the run starts")
  func notWritable() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      let answer = try command.run(
        "simulate", "s.yaml", "--trials", "100000", "--out", "json=no/such/folder/run.json")
      #expect(answer.status == 73)
      #expect(answer.output.isEmpty)
      #expect(answer.errors.contains("no/such/folder/run.json"))
      try command.write("", to: "taken.yaml")
      #expect(try command.run("init", "taken.yaml").status == 73)
    }
  }

  @Test("An output file that is checked but never written is not left behind")
  func nothingLeftBehind() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      _ = try command.run(
        "simulate", "s.yaml", "--out", "json=fine.json", "--out", "text=no/such/run.txt")
      #expect(throws: (any Error).self) { try command.read("fine.json") }
    }
  }
}
