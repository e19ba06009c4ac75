import Foundation
import Glibc

/// The built command, run as a child process in a folder of its own.
struct Command {
  struct Answer {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The child's working directory; removed by whoever made it.
  let folder: URL

  /// Beside the test bundle, where the build puts both.
  static let executable: URL = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent().appendingPathComponent("rehearse")
  }()

  /// The optimised build, where there is one.
  static let optimised: URL? = {
    let file = packageRoot.appendingPathComponent(".build/release/rehearse")
    return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
  }()

  static let packageRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Gives `body` a command in an empty folder.
  static func inFolder<T>(_ body: (Command) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("rehearse-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(Command(folder: folder))
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  func start(
    _ arguments: [String], environment: [String: String] = [:], without: [String] = [],
    output: FileHandle? = nil, executable: URL = Command.executable
  ) throws -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var variables = [
      "PATH": "/usr/bin:/bin", "NO_COLOR": "1", "COLUMNS": "80", "HOME": folder.path,
    ]
    if let library = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] {
      variables["LD_LIBRARY_PATH"] = library
    }
    for name in without { variables[name] = nil }
    process.environment = variables.merging(environment) { $1 }
    _ = FileManager.default.createFile(atPath: path(".stdout"), contents: nil)
    _ = FileManager.default.createFile(atPath: path(".stderr"), contents: nil)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output ?? FileHandle(forWritingAtPath: path(".stdout"))
    process.standardError = FileHandle(forWritingAtPath: path(".stderr"))
    try process.run()
    return process
  }

  func finish(_ process: Process) throws -> Answer {
    process.waitUntilExit()
    return Answer(
      status: process.terminationStatus, output: try read(".stdout"), errors: try read(".stderr"))
  }

  func run(
    _ arguments: String..., environment: [String: String] = [:],
    executable: URL = Command.executable
  ) throws -> Answer {
    try finish(start(arguments, environment: environment, executable: executable))
  }
}
