import Foundation
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// A program that runs to its end, with nothing of our environment but PATH.
struct ChildProcess: Sendable {
  struct Outcome: Sendable {
    var succeeded: Bool
    /// Both output streams, as they came.
    var text: String
  }

  var program: String
  var arguments: [String]
  var user: ServerUser
  /// Control groups that the program and all it starts belong to.
  var controlGroups: [ControlGroup]

  init(
    _ program: String, _ arguments: [String], as user: ServerUser = .ourselves,
    in controlGroups: [ControlGroup] = []
  ) {
    self.program = program
    self.arguments = arguments
    self.user = user
    self.controlGroups = controlGroups
  }

  /// - Throws: `ClusterError` if the program cannot be started; one that fails is an outcome.
  func run() async throws(ClusterError) -> Outcome {
    do {
      return controlGroups.isEmpty ? try await runPlainly() : try await runHeld()
    } catch let error as ClusterError {
      throw error
    } catch {
      throw ClusterError("\(command[0]) cannot be run: \(error)")
    }
  }

  /// The program with its arguments, behind one that becomes the user where it is not ours.
  ///
  /// A child of a process with several threads must not change its user itself before it has become
  /// another program: glibc's setuid and its like wait for locks that a vanished thread may hold.
  private var command: [String] {
    switch user {
    case .ourselves: [program] + arguments
    case .other(let name, let userID, let groupID):
      #if os(Linux)
        ["setpriv", "--reuid=\(userID)", "--regid=\(groupID)", "--clear-groups", "--", program]
          + arguments
      #else
        ["sudo", "-n", "-u", name, "--", program] + arguments
      #endif
    }
  }

  /// PostgreSQL's programs read PG… variables, and print in the locale's language.
  private var environment: Environment {
    .custom([
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C",
    ])
  }

  private func runPlainly() async throws -> Outcome {
    let result = try await Subprocess.run(
      executable, arguments: Arguments(Array(command.dropFirst())), environment: environment,
      workingDirectory: "/", input: .none, output: .string(limit: 1 << 20),
      error: .combinedWithOutput)
    return Outcome(succeeded: result.terminationStatus.isSuccess, text: result.standardOutput)
  }

  private var executable: Executable {
    command[0].contains("/") ? .path(FilePath(command[0])) : .name(command[0])
  }

  /// Starts a shell that waits for a line, puts it into the groups, and lets it become the program:
  /// no process of the program's is ever outside of them.
  private func runHeld() async throws -> Outcome {
    let result = try await Subprocess.run(
      .path("/bin/sh"),
      arguments: Arguments(["-c", "read -r line && exec \"$@\"", "sh"] + command),
      environment: environment, workingDirectory: "/", input: .inputWriter, output: .sequence,
      error: .combinedWithOutput
    ) { execution in
      for group in controlGroups { try group.add(Int(execution.processIdentifier.value)) }
      _ = try await execution.standardInputWriter.write("go\n")
      try await execution.standardInputWriter.finish()
      var text = ""
      for try await line in execution.standardOutput.strings() { text += line + "\n" }
      return text
    }
    return Outcome(succeeded: result.terminationStatus.isSuccess, text: result.closureResult)
  }
}
