import Foundation
import Glibc
import Testing

@Suite("What live writes")
struct LiveTests {
  private static let scenario = """
    version: 1
    name: small
    table: {name: t, rows: 2k, row_width: 100B}
    backfill: {set: {v: "1"}, deadline: 10min}
    strategy: {batch: {rows: 200}, pause: 10ms}
    traffic: [{name: app, rate: 20/s, statements: [{kind: update, rows: 1, by: primary_key}]}]
    pools: {app: {size: 4, wait_timeout: 60s}}
    database: {replicas: [{name: r, network: 100MiB/s}]}
    gates: [{id: soon, metric: backfill.duration, expect: "<= 10min"}]
    run: {seed: 3, warmup: 0s, before: 500ms, after: 1s}

    """

  @Test("A live run is one document with the metrics of a simulated one, kept with its decisions")
  func document() throws {
    try Command.inFolder { command in
      try command.write(Self.scenario, to: "s.yaml")
      let live = try command.run("live", "s.yaml", "--throwaway", "--format", "json")
      #expect(live.status == 0, "\(live.errors)")
      let simulated = try command.run("simulate", "s.yaml", "--trials", "1", "--format", "json")
      let (mine, other) = (try JSON.parse(live.output), try JSON.parse(simulated.output))
      #expect(mine["world"] == .string("live"))
      let names = try #require(mine["metrics"]?.keys)
      #expect(names == other["metrics"]?.keys)
      for name in names {
        let (live, simulated) = (mine["metrics"]?[name], other["metrics"]?[name])
        #expect(live?.keys == simulated?.keys, "\(name)")
        #expect(live?["unit"] == simulated?["unit"], "\(name)")
      }
      #expect(mine["metrics"]?["backfill.rows"]?["value"] == .number(2_000))
      #expect(mine["driver"]?["planned_s"]?.number ?? 0 > 1.5)
      #expect(live.errors.contains("on this host's"))
      #expect(mine["trace_hash"] == .null)
      #expect(mine["driver"]?["transactions"]?.number ?? 0 > 5)
      #expect(live.errors.contains("kept as"))
      let listed = try command.run("runs", "list", "--format", "json")
      #expect(listed.output.contains("\"live\""))
    }
  }

  @Test("Ctrl-C gives the partial result, marked incomplete, and leaves no server behind")
  func interrupted() throws {
    try Command.inFolder { command in
      try command.write(Self.scenario, to: "s.yaml")
      let process = try command.start([
        "live", "s.yaml", "--throwaway", "--no-history", "--format", "json", "--set",
        "run.before=60s",
      ])
      // The connections of the traffic are there once the phases have begun.
      while process.isRunning, try !command.read(".stderr").contains("before after") {
        usleep(50_000)
      }
      kill(process.processIdentifier, SIGINT)
      let answer = try command.finish(process)
      #expect(answer.status == 130, "\(answer.errors)")
      #expect(try JSON.parse(answer.output)["complete"] == .bool(false))
    }
  }

  @Test("A server has to be named or made, and nothing is written without --execute")
  func usage() throws {
    try Command.inFolder { command in
      try command.write(Self.scenario, to: "s.yaml")
      #expect(try command.run("live", "s.yaml").status == 64)
      #expect(try command.run("live", "s.yaml", "--throwaway", "--target", "host=x").status == 64)
      #expect(try command.run("live", "s.yaml", "--throwaway", "--execute").status == 64)
      let secret = "postgresql://me:hunter2@127.0.0.1:1/none"
      let answer = try command.run("live", "s.yaml", "--target", secret)
      #expect(answer.status == 69)
      #expect(answer.errors.contains("psql takes the same one"))
      #expect(!(answer.errors + answer.output).contains("hunter2"))
    }
  }

  @Test("What a throwaway cluster lacks is said, with what to do about it: 69")
  func lacking() throws {
    try Command.inFolder { command in
      try command.write(Self.scenario, to: "s.yaml")
      let live = ["live", "s.yaml", "--throwaway", "--no-history"]
      let deep = command.path(String(repeating: "deep", count: 25))
      try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: false)
      let long = try command.finish(command.start(live, environment: ["TMPDIR": deep]))
      #expect(long.status == 69)
      #expect(long.errors.contains("set TMPDIR to a folder with a shorter path"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: deep) == [])

      let hidden = "mount -t tmpfs none /usr/lib/postgresql && exec \"$0\" \"$@\""
      let unshare = URL(fileURLWithPath: "/usr/bin/unshare")
      guard try command.run("-m", "sh", "-c", hidden, "true", executable: unshare).status == 0
      else { return print("skipped: this process may not hide the installed server") }
      let missing = try command.finish(
        command.start(
          ["-m", "sh", "-c", hidden, Command.executable.path] + live, executable: unshare))
      #expect(missing.status == 69)
      #expect(missing.errors.contains("no PostgreSQL server is installed here"))
      #expect(missing.errors.contains("apt-get install postgresql"))
    }
  }
}
