import Foundation
import Testing

@Suite("Ctrl-C and SIGTERM")
struct InterruptTests {
  /// A run that lasts until it is stopped, and has finished some trials already.
  private func endless(_ command: Command, output: FileHandle? = nil) throws -> Process {
    try command.write(Small.scenario(gates: Small.failing), to: "s.yaml")
    let process = try command.start(
      ["simulate", "s.yaml", "--no-history", "--trials", "100000", "--format", "json"],
      output: output)
    // The first line of progress says that trials have finished.
    while try process.isRunning && command.read(".stderr").isEmpty { usleep(20_000) }
    return process
  }

  @Test("The first one keeps what has finished, marks it incomplete and exits 130; SIGTERM 143")
  func interrupted() throws {
    for (number, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
      try Command.inFolder { command in
        let process = try endless(command)
        kill(process.processIdentifier, number)
        let answer = try command.finish(process)
        // The gate failed too: the signal comes first.
        #expect(answer.status == status)
        let run = try JSON.parse(answer.output)
        #expect(run["complete"] == .bool(false))
        #expect(run["verdict"] == .string("fail"))
        #expect(run["trials"]?.number ?? 0 > 0)
      }
    }
  }

  @Test("The second one kills, also where the result cannot be handed over")
  func killed() throws {
    try Command.inFolder { command in
      let reader = try fullPipe()
      let process = try endless(command, output: reader.fileHandleForWriting)
      kill(process.processIdentifier, SIGINT)
      // Taken once the process no longer catches it: two at once would count as one.
      while process.isRunning && catches(SIGINT, process.processIdentifier) { usleep(10_000) }
      usleep(200_000)
      #expect(process.isRunning)
      kill(process.processIdentifier, SIGINT)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
      #expect(process.terminationStatus == SIGINT)
    }
  }

  /// A pipe that nobody reads and that takes no more, so that a writer waits for ever.
  private func fullPipe() throws -> Pipe {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
    let bytes = [UInt8](repeating: 32, count: 4_096)
    while write(descriptor, bytes, bytes.count) > 0 {}
    try #require(errno == EAGAIN)
    _ = fcntl(descriptor, F_SETFL, flags)
    return pipe
  }

  /// From the mask of caught signals in proc(5).
  private func catches(_ number: Int32, _ process: pid_t) -> Bool {
    let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("SigCgt:") } ?? ""
    let mask = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) ?? 0
    return mask & 1 << UInt64(number - 1) != 0
  }
}
