import Foundation

/// Has a program clear up after this process, should it end so suddenly that it cannot: servers go on
/// when whoever started them is killed.
///
/// A shell waits for the end of a pipe whose other end only this process has, which the system closes
/// however it ends; then it becomes that program.
final class Reaper: @unchecked Sendable {
  private static let script = "trap '' HUP INT TERM; read -r line; exec \"$@\""

  private let shell = Process()
  private let pipe = Pipe()

  /// Nil where no shell can be started: what is left over then stays until the next run.
  init?(becoming command: [String]) {
    let ours = pipe.fileHandleForWriting.fileDescriptor
    // Programs that are started meanwhile must not hold it open.
    _ = fcntl(ours, F_SETFD, FD_CLOEXEC)
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", Self.script, "sh"] + command
    shell.currentDirectoryURL = URL(fileURLWithPath: "/")
    shell.standardInput = pipe.fileHandleForReading
    shell.standardOutput = FileHandle.nullDevice
    shell.standardError = FileHandle.nullDevice
    do { try shell.run() } catch { return nil }
  }

  /// Everything has been cleared up.
  func dismiss() {
    kill(shell.processIdentifier, SIGKILL)
    shell.waitUntilExit()
  }
}
