import Foundation

/// A postmaster, found by the file it leaves in its data folder.
struct ServerProcess: Hashable, Sendable {
  let processID: pid_t
  let data: String

  /// Nil if none runs on that data folder.
  init?(data: String) {
    guard let text = try? String(contentsOfFile: "\(data)/postmaster.pid", encoding: .utf8),
      let line = text.split(separator: "\n").first, let processID = pid_t(line), processID > 1
    else { return nil }
    self.processID = processID
    self.data = data
    guard isRunning else { return nil }
  }

  /// A postmaster's working directory is its data folder, and no other program's is.
  var isRunning: Bool {
    #if os(Linux)
      let link = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/\(processID)/cwd")
      return link == data
    #else
      return kill(processID, 0) == 0
    #endif
  }

  /// Ends the server without a checkpoint and waits until it is gone, at most 15 s.
  func stop() throws(ClusterError) {
    for signal in [SIGQUIT, SIGKILL] {
      kill(processID, signal)
      for _ in 0..<750 {
        guard isRunning else { return }
        usleep(10_000)
      }
    }
    throw ClusterError("the server with process id \(processID) does not end")
  }

  /// Stops every server whose data folder lies directly in `folder`.
  static func stopAll(in folder: String) throws(ClusterError) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted() { try ServerProcess(data: "\(folder)/\(name)")?.stop() }
  }
}
