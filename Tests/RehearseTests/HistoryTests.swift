import Foundation
import Testing

@Suite("The history of runs")
struct HistoryTests {
  private func simulate(
    _ command: Command, environment: [String: String] = [:]
  ) throws -> Command.Answer {
    try command.run(
      "simulate", "s.yaml", "--trials", "2", "--format", "json", environment: environment)
  }

  @Test("A kept run is shown again byte for byte, by its id, its start and as the latest")
  func again() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.failing), to: "s.yaml")
      let first = try simulate(command)
      #expect(first.status == 2)
      let list = try command.run("runs", "list", "--format", "json")
      let id = try #require(try JSON.parse(list.output)["runs"]?[0]?["id"]?.string)
      #expect(first.errors.contains("kept as \(id)"))
      for name in [id, String(id.dropLast(3)), "latest", "run:\(id)"] {
        #expect(try command.run("runs", "show", name, "--format", "json").output == first.output)
        #expect(try command.run("report", name, "--format", "json").output == first.output)
      }
    }
  }

  @Test("As text a kept run is shown again byte for byte; a run file does not know its scenario's")
  func text() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.undecided), to: "s.yaml")
      let first = try command.run("simulate", "s.yaml", "--trials", "3")
      let again = try command.run("report", "latest")
      #expect(again.status == 0)
      #expect(again.output == first.output)
      let json = try command.run("report", "latest", "--format", "json")
      try command.write(json.output, to: "run.json")
      #expect(
        try command.run("report", "run.json").output
          == first.output.replacingOccurrences(of: " s.yaml", with: " FILE"))
    }
  }

  @Test("A run file is as good as a kept run; one that is no run is refused with 65")
  func files() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      let first = try command.run(
        "simulate", "s.yaml", "--no-history", "--trials", "1", "--out", "json=run.json", "--format",
        "json")
      let report = try command.run("report", "run.json", "--format", "json")
      #expect(report.output == first.output)
      try command.write("{\"schema\": \"other/1\"}", to: "other.json")
      #expect(try command.run("report", "other.json").status == 65)
    }
  }

  @Test("Nothing is kept with --no-history, and an empty history is no error")
  func nothing() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      _ = try command.run("simulate", "s.yaml", "--trials", "1", "--no-history")
      #expect(throws: (any Error).self) { try command.read(".rehearse/history.sqlite") }
      let list = try command.run("runs", "list")
      #expect(list.status == 0)
      #expect(list.output == "no runs yet\n")
      #expect(try command.run("runs", "show", "latest").status == 66)
      #expect(try command.run("report", "2026").status == 66)
    }
  }

  @Test("Pruning keeps the newest of each scenario")
  func prune() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      for _ in 0..<3 { _ = try simulate(command) }
      #expect(try command.run("runs", "prune", "--keep", "1").output == "2 runs deleted\n")
      let list = try JSON.parse(command.run("runs", "list", "--format", "json").output)
      #expect(list["runs"]?.items.count == 1)
    }
  }

  @Test("A damaged history costs a warning and stays as it is; the result and status are as ever")
  func damaged() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.failing), to: "s.yaml")
      let healthy = try simulate(command, environment: ["REHEARSE_HISTORY": "other.sqlite"])
      let garbage = String(repeating: "this is no database. ", count: 500)
      try command.write(garbage, to: "h.sqlite")
      let answer = try simulate(command, environment: ["REHEARSE_HISTORY": "h.sqlite"])
      #expect(answer.status == 2)
      #expect(answer.output == healthy.output)
      #expect(answer.errors.contains("warning: this run is not kept: the run history h.sqlite"))
      #expect(answer.errors.contains("mv h.sqlite h.sqlite.damaged"))
      #expect(try command.read("h.sqlite") == garbage)
      let list = try command.run("runs", "list", environment: ["REHEARSE_HISTORY": "h.sqlite"])
      #expect(list.status == 65)
    }
  }

  @Test("A locked history costs a warning; the result and status are as ever")
  func locked() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.failing), to: "s.yaml")
      let healthy = try simulate(command)
      let history = open(command.path(".rehearse/history.sqlite"), O_RDWR)
      defer { close(history) }
      // The bytes that SQLite's own locks lie on: os_unix.c, from PENDING_BYTE on.
      var lock = flock()
      lock.l_type = Int16(F_WRLCK)
      lock.l_whence = Int16(SEEK_SET)
      lock.l_start = 0x4000_0000
      lock.l_len = 512
      #expect(fcntl(history, F_SETLK, &lock) == 0)
      let answer = try simulate(command)
      #expect(answer.status == 2)
      #expect(answer.output == healthy.output)
      #expect(answer.errors.contains("is locked by another process"))
    }
  }

  @Test("A history that cannot be written at all costs a warning too")
  func notWritable() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.passing), to: "s.yaml")
      try command.write("a file, not a folder", to: "blocked")
      let answer = try simulate(command, environment: ["REHEARSE_HISTORY": "blocked/h.sqlite"])
      #expect(answer.status == 0)
      #expect(answer.errors.contains("warning: this run is not kept"))
    }
  }

  @Test("A kept run is shown in every format, as it was when it was made")
  func formats() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.passing), to: "s.yaml")
      let made = try command.run("simulate", "s.yaml", "--trials", "2", "--out", "html=made.html")
      #expect(made.status == 0)
      for (format, part) in [
        ("html", "<h1>small</h1>"), ("markdown", "### `small`: **PASS**"),
        ("junit", "<testsuite name=\"small\" tests=\"1\" failures=\"0\""),
        ("csv", "small,simulated,3,2,"), ("openmetrics", "# EOF"), ("sarif", "\"2.1.0\""),
      ] {
        let answer = try command.run("report", "latest", "--format", format)
        #expect(answer.status == 0)
        #expect(answer.output.contains(part), "\(format)")
      }
      let again = try command.run("report", "latest", "--format", "html")
      #expect(try command.read("made.html") == again.output)
      #expect(try command.run("report", "latest", "--format", "pdf").status == 64)
    }
  }
}
