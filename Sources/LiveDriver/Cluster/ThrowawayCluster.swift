import Foundation
import Scenarios

/// A primary and its streaming replicas in a temporary folder, reached over sockets that only the
/// server's user and root can open.
package struct ThrowawayCluster: Sendable {
  package let installation: Installation
  package let folder: ClusterFolder
  package let primary: LocalServer
  package let replicas: [LocalServer]
  /// What is not as the scenario asks, a sentence each.
  package let notes: [String]
  let user: ServerUser
  let reaper: Reaper?

  /// Only names sockets: nothing listens on the network.
  package static let firstPort = 5432

  /// Runs `body` with a new cluster and removes it, however `body` ends.
  ///
  /// Cancelling the task stops `body` as far as it looks at that, and never the removal.
  package static func with<Value: Sendable>(
    _ plan: ClusterPlan, _ body: (ThrowawayCluster) async throws -> Value
  ) async throws -> Value {
    let cluster = try await start(plan)
    let outcome: Result<Value, any Error>
    do { outcome = .success(try await body(cluster)) } catch { outcome = .failure(error) }
    try await cluster.remove()
    return try outcome.get()
  }

  /// Makes and starts it, after removing what crashed runs have left over.
  package static func start(_ plan: ClusterPlan) async throws(ClusterError) -> ThrowawayCluster {
    try await onOwnThread { () throws(ClusterError) in
      _ = try ClusterFolder.removeLeftovers(in: plan.base)
    }
    let user = try ServerUser.choose()
    let installation = try await Installation.find(majorVersion: plan.version)
    let folder = try ClusterFolder.make(in: plan.base, for: user)
    let reaper = plan.reaper.isEmpty ? nil : Reaper(becoming: plan.reaper)
    do throws(ClusterError) {
      var building = ClusterBuilding(
        plan: plan, installation: installation, folder: folder, user: user, reaper: reaper)
      return try await building.build()
    } catch {
      try await onOwnThread { () throws(ClusterError) in
        try folder.remove()
        reaper?.dismiss()
      }
      // A terminal sends Ctrl-C to the programs as well: then they fail because of it.
      throw plan.shouldStop() ? ClusterError.stopped : error
    }
  }

  /// Stops the servers without ceremony and removes the folder.
  package func remove() async throws(ClusterError) {
    try await onOwnThread { [folder, reaper] () throws(ClusterError) in
      try folder.remove()
      reaper?.dismiss()
    }
  }

  package enum Stop: String, Sendable {
    /// Ends sessions, then checkpoints.
    case fast
    /// As a crash would.
    case immediate
  }

  package func stop(_ server: LocalServer, _ stop: Stop = .fast) async throws(ClusterError) {
    try await control(server, ["stop", "-m", stop.rawValue])
  }

  /// Returns when the server accepts connections.
  package func start(_ server: LocalServer) async throws(ClusterError) {
    try await control(server, ["start", "-l", server.log])
  }

  private func control(_ server: LocalServer, _ arguments: [String]) async throws(ClusterError) {
    let outcome = try await ChildProcess(
      installation.path(of: "pg_ctl"), ["-D", server.data, "-w", "-t", "120", "-s"] + arguments,
      as: user, in: server.controlGroups
    ).run()
    guard outcome.succeeded else {
      throw ClusterError(
        "\(server.name) does not \(arguments[0]): \(Self.reason(outcome.text, server))")
    }
  }

  /// The log's last complaint says more than pg_ctl does.
  private static func reason(_ text: String, _ server: LocalServer) -> String {
    let log = (try? String(contentsOfFile: server.log, encoding: .utf8)) ?? ""
    let complaint = log.split(separator: "\n").last {
      $0.contains("FATAL:") || $0.contains("PANIC:")
    }
    return complaint.map(String.init) ?? text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
