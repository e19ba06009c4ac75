import Foundation
import LiveDriver
import Testing

/// Limits of control groups on real servers; where the host has none to write, it says so.
@Suite(.serialized) struct LimitTests {
  @Test("With a limit of 300, a saturated server writes 300 times a second, within 10 %")
  func operations() async throws {
    guard let limited = try await withLimits(ResourceLimits(operations: 300), writeRate) else {
      return
    }
    #expect(abs(limited / 300 - 1) < 0.1, "\(limited) writes a second")
  }

  @Test("A replica held to a fifth of a core runs under that quota, the primary does not")
  func replicaCores() async throws {
    let plan = ClusterPlan(
      replicas: [.init(name: "slow")], limits: ResourceLimits(replicaCores: 0.2))
    let found = try await withLimits(plan) { cluster in
      let replica = try #require(cluster.replicas.first)
      return [cluster.primary, replica].map { groups(of: $0).filter { $0.contains("rehearse-") } }
    }
    guard let found else { return }
    #expect(found[0] == [])
    #expect(found[1].count == 1)
  }

  @Test("A limit on a folder that lies on no disk is refused, and nothing is left behind")
  func noDisk() async throws {
    guard FileManager.default.fileExists(atPath: "/dev/shm") else { return }
    let plan = ClusterPlan(limits: ResourceLimits(operations: 300), base: "/dev/shm")
    let error = await #expect(throws: ClusterError.self) {
      _ = try await ThrowawayCluster.start(plan)
    }
    #expect(error?.kind == .refused)
    #expect(!contents(of: "/dev/shm").contains { $0.hasPrefix("rehearse-") })
  }

  /// Physical writes a second of the server's processes over 3 s of single-row commits by many.
  private func writeRate(_ cluster: ThrowawayCluster) async throws -> Double {
    let server = cluster.primary
    try await onOwnThread { () throws(ServerError) in
      let session = try Connection(server.session, applicationName: "rehearse-test")
      try session.execute("CREATE TABLE busy AS SELECT n, 0 AS v FROM generate_series(1, 64) AS n")
    }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(5)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 1...8 {
        group.addTask {
          try await onOwnThread { () throws(ServerError) in
            let session = try Connection(server.session, applicationName: "rehearse-test")
            while ContinuousClock().now < end {
              try session.execute("UPDATE busy SET v = v + 1 WHERE n = $1::int", ["\(worker)"])
            }
          }
        }
      }
      try await Task.sleep(for: .seconds(1))
      let (from, before) = (clock.now, try operations(of: server))
      try await Task.sleep(for: .seconds(3))
      let (to, after) = (clock.now, try operations(of: server))
      try await group.waitForAll()
      return Double(after - before) / ((to - from) / .seconds(1))
    }
  }

  /// Writes that the disk has taken from the server's group so far.
  private func operations(of server: LocalServer) throws -> Int {
    let group = try #require(groups(of: server).first { $0.contains("rehearse-") })
    for file in ["blkio.throttle.io_serviced", "io.stat"] {
      guard let text = try? String(contentsOfFile: "\(group)/\(file)", encoding: .utf8) else {
        continue
      }
      let words = text.split { $0.isWhitespace || $0 == "=" }
      guard let i = words.firstIndex(where: { $0 == "Write" || $0 == "wios" }) else { return 0 }
      return Int(words[i + 1]) ?? 0
    }
    throw CocoaError(.fileReadNoSuchFile)
  }

  /// The folders of the control groups that hold a server.
  private func groups(of server: LocalServer) -> [String] {
    let file = try? String(contentsOfFile: "\(server.data)/postmaster.pid", encoding: .utf8)
    let process = file?.split(separator: "\n").first.map(String.init) ?? ""
    let text = (try? String(contentsOfFile: "/proc/\(process)/cgroup", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").flatMap { line -> [String] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      let roots = parts[1].isEmpty ? ["", "/unified"] : ["/" + parts[1]]
      return roots.map { "/sys/fs/cgroup\($0)\(parts[2])" }
        .filter { FileManager.default.fileExists(atPath: $0) }
    }
  }

  /// Nil, with a line on the screen, where the host does not let control groups be made.
  private func withLimits<Value: Sendable>(
    _ limits: ResourceLimits, _ body: (ThrowawayCluster) async throws -> Value
  ) async throws -> Value? {
    try await withLimits(ClusterPlan(limits: limits), body)
  }

  private func withLimits<Value: Sendable>(
    _ plan: ClusterPlan, _ body: (ThrowawayCluster) async throws -> Value
  ) async throws -> Value? {
    do {
      return try await ThrowawayCluster.with(plan, body)
    } catch let error as ClusterError where error.kind == .refused {
      print("skipped: \(error.message)")
      return nil
    }
  }
}
