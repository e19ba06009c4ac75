import Foundation
import Testing

/// The environment that `scripts/parsers` makes; nil where it is not there.
private let python: URL? = {
  let file = Command.packageRoot.appendingPathComponent(".tools/parsers/bin/python")
  return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
}()

@Suite(
  "Outputs as other people's parsers read them",
  .enabled(if: python != nil, "scripts/parsers has not made .tools/parsers (is PyPI reachable?)"))
struct ParserTests {
  private func read(_ command: Command, _ files: String...) throws -> Command.Answer {
    let script = Command.packageRoot.appendingPathComponent("Tests/Parsers/read.py").path
    return try command.finish(
      command.start([script] + files, executable: try #require(python)))
  }

  @Test(
    "JUnit, SARIF, OpenMetrics and JSON are what they say, with a name that tries to break them")
  func outputs() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.failing), to: "s.yaml")
      let run = try command.run(
        "simulate", "s.yaml", "--no-history", "--trials", "3", "--format", "json")
      try command.write(run.output, to: "run.json")
      // A scenario's file cannot have such names; a run's can.
      let name = #"</x>'\"\\ {} # EOF ]]> ä"#
      let hostile = run.output.replacing("\"small\"", with: "\"\(name)\"")
        .replacing("\"soon\"", with: "\"\(name)\"")
      #expect(hostile != run.output)
      try command.write(hostile, to: "hostile.json")
      let undecided = Small.scenario(gates: Small.undecided)
      try command.write(undecided.replacing("name: small", with: "name: open"), to: "open.yaml")
      let open = try command.run(
        "simulate", "open.yaml", "--no-history", "--trials", "3", "--format", "json")
      #expect(open.status == 3)
      try command.write(open.output, to: "open.json")
      let answer = try command.run(
        "report", "run.json", "hostile.json", "open.json", "--out", "junit=o.xml", "--out",
        "sarif=o.sarif",
        "--out", "openmetrics=o.prom")
      #expect(answer.status == 0, "\(answer.errors)")
      try command.write(try command.run("schema", "run").output, to: "run.schema")
      let verdict = try read(
        command, "junit=o.xml", "sarif=o.sarif", "openmetrics=o.prom", "json:run.schema=run.json",
        "json:run.schema=hostile.json")
      #expect(verdict.status == 0, "\(verdict.errors)")
    }
  }

  @Test("What tune and compare write fits their schemas, whatever came of it")
  func tuneAndCompare() throws {
    try Command.inFolder { command in
      for name in ["tune", "comparison"] {
        try command.write(try command.run("schema", name).output, to: "\(name).schema")
      }
      try command.write(TuneTests.extras, to: "s.yaml")
      try command.write(Small.scenario(gates: Small.failing), to: "infeasible.yaml")
      let runs: [(String, [String], Int32)] = [
        ("tune", ["tune", "s.yaml", "--headroom", "--start-times", "--sensitivity"], 0),
        ("tune", ["tune", "infeasible.yaml"], 2),
        ("tune", ["tune", "s.yaml", "--max-time", "1ms"], 3),
        ("comparison", ["compare", "s.yaml", "preset:gh-ost", "preset:monolithic"], 0),
      ]
      for (schema, arguments, status) in runs {
        let answer = try command.finish(
          command.start(
            arguments
              + ["--no-history", "--format", "json"].suffix(
                schema == "tune" ? 3 : 2)))
        #expect(answer.status == status, "\(answer.errors)")
        try command.write(answer.output, to: "o.json")
        let verdict = try read(command, "json:\(schema).schema=o.json")
        #expect(verdict.status == 0, "\(arguments): \(verdict.errors)")
      }
    }
  }

  @Test("What ci writes of several runs, a regression among them, is what it says")
  func regression() throws {
    try Command.inFolder { command in
      try command.write(try command.run("schema", "runs").output, to: "runs.schema")
      let sound = Small.scenario(gates: Small.passing)
      try command.write(sound, to: "s.yaml")
      try command.write(sound.replacing("name: small", with: "name: other"), to: "t.yaml")
      #expect(try command.run("baseline", "save", "s.yaml").status == 0)
      try command.write(sound.replacing("pause: 10ms", with: "pause: 900ms"), to: "s.yaml")
      let answer = try command.run(
        "ci", "s.yaml", "t.yaml", "--no-history", "--format", "json", "--out", "junit=o.xml",
        "--out",
        "sarif=o.sarif")
      #expect(answer.status == 2, "\(answer.errors)")
      #expect(answer.output.contains("\"baselines\""))
      try command.write(answer.output, to: "o.json")
      let verdict = try read(command, "junit=o.xml", "sarif=o.sarif", "json:runs.schema=o.json")
      #expect(verdict.status == 0, "\(verdict.errors)")
    }
  }

  @Test("A broken document is objected to by each parser")
  func broken() throws {
    try Command.inFolder { command in
      try command.write("<testsuites><testsuite name='a' tests='2'/></testsuites>", to: "o.xml")
      try command.write("{\"version\": \"2.1.0\", \"runs\": [{}]}", to: "o.sarif")
      try command.write("rehearse_x 1\n", to: "o.prom")
      try command.write("{}", to: "o.json")
      try command.write(try command.run("schema", "run").output, to: "run.schema")
      for file in ["junit=o.xml", "sarif=o.sarif", "openmetrics=o.prom", "json:run.schema=o.json"] {
        #expect(try read(command, file).status == 1, "\(file)")
      }
      let counts = "tests='1' failures='0' errors='0'"
      for (attribute, status) in [("", 0), (" colour='red'", 1)] as [(String, Int32)] {
        try command.write(
          "<testsuites><testsuite name='a' \(counts)\(attribute)><testcase name='b'/></testsuite>"
            + "</testsuites>", to: "o.xml")
        #expect(try read(command, "junit=o.xml").status == status)
      }
    }
  }
}
