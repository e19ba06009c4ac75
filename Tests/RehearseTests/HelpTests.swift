import Testing

@Suite("Help and usage")
struct HelpTests {
  static let verbs = [
    "init", "validate", "plan", "presets", "simulate", "compare", "calibrate", "script", "report",
    "runs",
    "ci", "baseline", "verify", "diagnose", "explain", "schema", "doctor", "version",
  ]

  @Test("Help is an answer: on stdout, exit 0, as recorded", arguments: [""] + verbs)
  func help(verb: String) throws {
    let answer = try Command.inFolder {
      try verb.isEmpty ? $0.run("--help") : $0.run(verb, "--help")
    }
    #expect(answer.status == 0)
    #expect(answer.errors.isEmpty)
    let name = verb.isEmpty ? "rehearse" : verb
    try Golden.expect(answer.output, equals: "Tests/Goldens/help-\(name).txt")
  }

  @Test("No line of help is wider than 80 columns", arguments: [""] + verbs)
  func width(verb: String) throws {
    let answer = try Command.inFolder {
      try verb.isEmpty ? $0.run("--help") : $0.run(verb, "--help")
    }
    let wide = answer.output.split(separator: "\n").filter { $0.count > 80 }
    #expect(wide == [])
  }

  @Test("An unknown verb or flag is bad usage with a suggestion, exit 64")
  func unknown() throws {
    try Command.inFolder { command in
      let verb = try command.run("simulat")
      #expect(verb.status == 64)
      #expect(verb.errors.contains("there is no verb \"simulat\""))
      #expect(verb.errors.contains("did you mean simulate?"))
      let flag = try command.run("version", "--fromat", "json")
      #expect(flag.status == 64)
      #expect(flag.output.isEmpty)
      #expect(flag.errors.contains("Did you mean '--format'?"))
    }
  }

  @Test("Bad usage under --format json is one JSON document on stdout")
  func usageAsJSON() throws {
    for arguments in [
      ["version", "--wrong", "--format", "json"], ["verify", "x", "--format=json"],
    ] {
      let answer = try Command.inFolder { try $0.finish($0.start(arguments)) }
      #expect(answer.status == 64)
      let document = try JSON.parse(answer.output)
      #expect(document["schema"] == .string("rehearse.error/1"))
      #expect(document["exit_code"] == .number(64))
    }
  }
}
