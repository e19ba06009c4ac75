import Foundation
import Glibc
import Testing

@Suite("live and the host it runs on")
struct LiveSurroundingsTests {
  private static let scenario = """
    version: 1
    name: small
    table: {name: t, rows: 500, row_width: 100B}
    backfill: {set: {v: "1"}, deadline: 10min}
    strategy: {batch: {rows: 200}}
    run: {seed: 3, warmup: 0s, before: 100ms, after: 1s}

    """

  /// A command in a folder of its own, whose temporary files lie in `tmp` there.
  private func inFolder(_ body: (Command, _ temporary: String) throws -> Void) throws {
    try Command.inFolder { command in
      try command.write(Self.scenario, to: "s.yaml")
      let temporary = command.path("tmp")
      try FileManager.default.createDirectory(
        atPath: temporary, withIntermediateDirectories: false)
      try body(command, temporary)
    }
  }

  /// A run whose servers are up and that will not end by itself.
  private func startLongRun(_ command: Command, _ temporary: String) throws -> Process {
    let process = try command.start(
      ["live", "s.yaml", "--throwaway", "--no-history", "--set", "run.before=10min"],
      environment: ["TMPDIR": temporary])
    while process.isRunning, try !command.read(".stderr").contains("before after") {
      usleep(50_000)
    }
    try #require(process.isRunning)
    return process
  }

  private func killed(_ process: Process) {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  @Test("The servers of a run that is killed end soon after it, and nothing of theirs stays")
  func reaped() throws {
    try inFolder { command, temporary in
      let process = try startLongRun(command, temporary)
      #expect(!servers(below: temporary).isEmpty)
      killed(process)
      // A minute is more than the slowest machine takes.
      for _ in 0..<1_200 where !contents(of: temporary).isEmpty { usleep(50_000) }
      #expect(contents(of: temporary) == [])
      #expect(servers(below: temporary).isEmpty)
    }
  }

  /// How far a run is when it is asked to stop.
  enum Preparation: CaseIterable {
    case makingServers, fillingTable

    func isReached(_ command: Command, _ temporary: String) throws -> Bool {
      switch self {
      case .makingServers: contents(of: temporary).contains { !$0.hasSuffix(".lock") }
      case .fillingTable: try command.read(".stderr").contains("rows filled")
      }
    }
  }

  /// Without a backfill nothing is planned, and its table takes longer to fill than any test.
  private static let largeTable = """
    version: 1
    name: large
    table: {name: t, rows: 50M, row_width: 100B}
    traffic: [{name: app, rate: 1/s, statements: [{kind: select, rows: 1, by: primary_key}]}]
    pools: {app: {size: 1, wait_timeout: 1s}}
    run: {seed: 3}

    """

  @Test(
    "Stopped while its servers are made or its table is filled, a run leaves nothing behind",
    arguments: Preparation.allCases)
  func stoppedEarly(_ preparation: Preparation) throws {
    // Ctrl-C goes to all programs that a terminal has started, a supervisor's SIGTERM to one.
    for (number, isToAll, status) in [(SIGINT, true, Int32(130)), (SIGTERM, false, 143)] {
      try inFolder { command, temporary in
        try command.write(Self.largeTable, to: "large.yaml")
        let process = try command.start(
          ["live", "large.yaml", "--throwaway", "--no-history"], environment: ["TMPDIR": temporary])
        while process.isRunning, try !preparation.isReached(command, temporary) { usleep(5_000) }
        let own = process.processIdentifier
        try #require(!isToAll || getpgid(own) == own)
        kill(isToAll ? -own : own, number)
        let answer = try command.finish(process)
        #expect(answer.status == status, "\(answer.errors)")
        #expect(answer.errors.contains("stopped while"))
        #expect(contents(of: temporary) == [])
        #expect(servers(below: temporary).isEmpty)
      }
    }
  }

  @Test("What even that could not clear up, doctor does")
  func doctor() throws {
    try inFolder { command, temporary in
      let process = try startLongRun(command, temporary)
      for child in children(of: process) where commandLine(of: child).contains("read -r line") {
        kill(child, SIGKILL)
      }
      killed(process)
      #expect(!servers(below: temporary).isEmpty)
      let folder = try #require(contents(of: temporary).first { !$0.hasSuffix(".lock") })
      let answer = try command.run("doctor", environment: ["TMPDIR": temporary])
      #expect(answer.status == 0, "\(answer.output)")
      #expect(answer.output.contains("removed what a killed run had left: \(temporary)/\(folder)"))
      #expect(contents(of: temporary) == [])
      #expect(servers(below: temporary).isEmpty)
      let again = try command.run("doctor", environment: ["TMPDIR": temporary])
      #expect(again.output.contains("none was left over"))
    }
  }

  @Test("An ordinary user has a cluster as well, within what they may do")
  func ordinaryUser() throws {
    guard geteuid() == 0 else { return print("skipped: all tests run as an ordinary user here") }
    let setpriv = URL(fileURLWithPath: "/usr/bin/setpriv")
    guard let user = getpwnam("nobody")?.pointee,
      FileManager.default.isExecutableFile(atPath: setpriv.path)
    else { return print("skipped: there is no user nobody, or no setpriv") }
    try inFolder { command, temporary in
      try FileManager.default.copyItem(
        at: Command.optimised ?? Command.executable,
        to: URL(fileURLWithPath: command.path("rehearse")))
      for path in [command.folder.path, temporary, command.path("s.yaml")] {
        try #require(chown(path, user.pw_uid, user.pw_gid) == 0)
      }
      func run(_ more: String...) throws -> Command.Answer {
        try command.finish(
          command.start(
            [
              "--reuid=\(user.pw_uid)", "--regid=\(user.pw_gid)", "--clear-groups", "--",
              "./rehearse", "live", "s.yaml", "--throwaway", "--format", "json",
            ] + more, environment: ["TMPDIR": temporary], executable: setpriv))
      }
      let live = try run()
      #expect(live.status == 0, "\(live.errors)")
      #expect(
        try JSON.parse(live.output)["metrics"]?["backfill.rows"]?["value"] == .number(500))
      var status = stat()
      #expect(stat(command.path(".rehearse/history.sqlite"), &status) == 0)
      #expect(status.st_uid == user.pw_uid)
      #expect(contents(of: temporary) == [])
      let limited = try run("--iops", "300")
      #expect(limited.status == 77, "\(limited.errors)")
      #expect(limited.errors.contains("run as root on Linux"))
      #expect(contents(of: temporary) == [])
    }
  }
}

private func contents(of folder: String) -> [String] {
  (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? ["not there"]
}

/// Processes whose working directory lies below a folder, as a server's does.
private func servers(below folder: String) -> [String] {
  contents(of: "/proc").filter { process in
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
    return link?.hasPrefix(folder + "/") == true
  }
}

private func children(of process: Process) -> [pid_t] {
  let tasks = "/proc/\(process.processIdentifier)/task"
  return contents(of: tasks).flatMap { task -> [pid_t] in
    let text = (try? String(contentsOfFile: "\(tasks)/\(task)/children", encoding: .utf8)) ?? ""
    return text.split(separator: " ").compactMap { pid_t($0) }
  }
}

private func commandLine(of process: pid_t) -> String {
  (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
}
