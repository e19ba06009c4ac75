import Testing

@Suite("Verbs that read a server")
struct InspectionTests {
  @Test(
    "A server out of reach is exit 69, without its password, also as JSON",
    arguments: [
      ["verify", "s.yaml"], ["diagnose"],
    ])
  func unreachable(verb: [String]) throws {
    try Command.inFolder { command in
      try command.write(
        "name: s\ntable: {name: t, rows: 10, row_width: 100B}\nbackfill: {set: {v: \"1\"}}\n",
        to: "s.yaml")
      let answer = try command.finish(
        command.start(
          verb + ["--target", "postgresql://me:hunter2@127.0.0.1:1/none", "--format", "json"]))
      #expect(answer.status == 69)
      #expect(!(answer.errors + answer.output).contains("hunter2"))
      #expect(try JSON.parse(answer.output)["exit_code"] == .number(69))
      #expect(try command.run("diagnose").status == 64)
      let both = try command.run(
        "verify", "s.yaml", "--target", "host=x", "--before", "a", "--baseline-count", "3")
      #expect(both.status == 64)
    }
  }
}
