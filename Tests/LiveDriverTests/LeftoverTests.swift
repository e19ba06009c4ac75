import Foundation
import LiveDriver
import Testing

/// What stays behind, and what does not; no server but those each test makes.
@Suite struct LeftoverTests {
  @Test("A cluster is gone after its body throws, even if its task is cancelled")
  func removedAfterCancel() async throws {
    try await withEmptyFolder { base in
      let (started, signal) = AsyncStream<Void>.makeStream()
      let task = Task {
        try await ThrowawayCluster.with(ClusterPlan(base: base)) { _ in
          signal.yield()
          try await Task.sleep(for: .seconds(60))
        }
      }
      for await _ in started { break }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(contents(of: base) == [])
      #expect(serverProcesses(below: base).isEmpty)
    }
  }

  @Test("A dead owner's cluster is stopped and removed, a living one's is left alone")
  func removesLeftovers() async throws {
    try await withEmptyFolder { base in
      let cluster = try await ThrowawayCluster.start(ClusterPlan(base: base))
      #expect(try ClusterFolder.removeLeftovers(in: base) == [])
      #expect(!serverProcesses(below: base).isEmpty)
      // What the system does when the owner dies, however it dies.
      cluster.folder.abandon()
      #expect(try ClusterFolder.removeLeftovers(in: base) == [cluster.folder.path])
      #expect(serverProcesses(below: base).isEmpty)
      #expect(contents(of: base) == [])
    }
  }

  @Test("Folders that do not carry our lock stay, whatever their name")
  func leavesOthersAlone() async throws {
    try await withEmptyFolder { base in
      try FileManager.default.createDirectory(
        atPath: base + "/rehearse-precious", withIntermediateDirectories: false)
      try Data().write(to: URL(fileURLWithPath: base + "/other.lock"))
      #expect(try ClusterFolder.removeLeftovers(in: base) == [])
      #expect(contents(of: base) == ["other.lock", "rehearse-precious"])
    }
  }

  @Test("What cannot be had is said, with what to do, and leaves nothing behind")
  func troubles() async throws {
    try await withEmptyFolder { base in
      let deep = base + "/" + String(repeating: "deep", count: 25)
      try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: false)
      for (plan, word) in [
        (ClusterPlan(base: deep), "socket"), (ClusterPlan(base: base + "/missing"), "not writable"),
        (ClusterPlan(base: base, logFolder: "/proc/nowhere"), "data folder"),
      ] {
        let error = await #expect(throws: ClusterError.self) {
          _ = try await ThrowawayCluster.start(plan)
        }
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        #expect(error?.kind == .unavailable)
      }
      #expect(contents(of: base).count == 1)
    }
    let error = await #expect(throws: ClusterError.self) {
      _ = try await Installation.find(in: ["/nowhere"])
    }
    #expect(error?.help.isEmpty == false)
  }

  @Test("A version outside 13 to 18 is not taken")
  func wrongVersion() async throws {
    try await withEmptyFolder { folder in
      for name in ["postgres", "initdb", "pg_ctl"] {
        let path = "\(folder)/\(name)"
        try "#!/bin/sh\necho 'postgres (PostgreSQL) 12.22'\n".write(
          toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      }
      let error = await #expect(throws: ClusterError.self) {
        _ = try await Installation.find(in: [folder])
      }
      #expect(error?.message.contains("12.22") == true)
    }
  }
}

/// Runs `body` with the path of a new folder, removed afterwards.
func withEmptyFolder(_ body: (String) async throws -> Void) async throws {
  let base = "/tmp/rehearsal-\(Int.random(in: 0..<1_000_000_000))"
  try FileManager.default.createDirectory(
    atPath: base, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o777])
  chmod(base, 0o777)
  let outcome: Result<Void, any Error>
  do { outcome = .success(try await body(base)) } catch { outcome = .failure(error) }
  try FileManager.default.removeItem(atPath: base)
  try outcome.get()
}

func contents(of folder: String) -> [String] {
  (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? ["not there"]
}

/// Processes whose working directory lies below a folder.
func serverProcesses(below folder: String) -> [String] {
  let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return processes.filter { process in
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
    return link?.hasPrefix(folder + "/") == true
  }
}
