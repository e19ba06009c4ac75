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

  /// Writes a second over a checkpoint of 900 single pages, which ends when the disk has them.
  ///
  /// Every other page is modified, so that no two of them become one write; commits would show the
  /// time that the disk takes for a flush instead.
  private func writeRate(_ cluster: ThrowawayCluster) async throws -> Double {
    let server = cluster.primary
    try await onOwnThread { () throws(ServerError) in
      let session = try Connection(server.administration, applicationName: "rehearse-test")
      for sql in [
        "CREATE TABLE busy (n int, page text)",
        "ALTER TABLE busy ALTER page SET STORAGE PLAIN",
        "INSERT INTO busy SELECT n, repeat('x', 7000) FROM generate_series(1, 1800) AS n",
        // Reads would set hint bits in every page.
        "VACUUM busy", "CHECKPOINT", "SELECT FROM busy WHERE n % 2 = 0 FOR UPDATE",
      ] { try session.execute(sql) }
    }
    let before = try operations(of: server)
    let duration = try await onOwnThread { () throws(ServerError) in
      let session = try Connection(server.administration, applicationName: "rehearse-test")
      let start = ContinuousClock().now
      try session.execute("CHECKPOINT")
      return ContinuousClock().now - start
    }
    return Double(try operations(of: server) - before) / (duration / .seconds(1))
  }

  /// Writes that the server's group has asked for so far.
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
      let (value, folder) = try await ThrowawayCluster.with(plan) {
        (try await body($0), $0.folder.path)
      }
      let name = folder.split(separator: "/").last ?? ""
      for hierarchy in ["blkio", "cpu", ".", "unified"] {
        let left = contents(of: "/sys/fs/cgroup/\(hierarchy)").filter { $0.hasPrefix(name) }
        #expect(left == [])
      }
      return value
    } catch let error as ClusterError where error.kind == .refused {
      print("skipped: \(error.message)")
      return nil
    }
  }
}
