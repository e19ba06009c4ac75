import LiveDriver
import Testing

/// The suites that need a server: one primary with one replica serves them all, and ends with them.
@Suite(.oneCluster) struct OnAServer {}

struct OneCluster: SuiteTrait, TestScoping {
  @TaskLocal static var running: ThrowawayCluster?

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let plan = ClusterPlan(
      replicas: [.init(name: "replica-a")], sessions: 200)
    try await ThrowawayCluster.with(plan) { cluster in
      try await Self.$running.withValue(cluster) { try await function() }
    }
  }
}

extension Trait where Self == OneCluster {
  static var oneCluster: OneCluster { OneCluster() }
}

/// Runs blocking work with the shared cluster, on a thread of its own.
func withCluster<Value: Sendable>(
  _ body: @escaping @Sendable (ThrowawayCluster) throws -> Value
) async throws -> Value {
  let cluster = try #require(OneCluster.running)
  return try await onOwnThread { () throws(any Error) in try body(cluster) }
}

/// Runs blocking work with a new session of the database's owner on the shared primary.
func withSession<Value: Sendable>(
  _ body: @escaping @Sendable (Connection) throws -> Value
) async throws -> Value {
  try await withCluster { cluster in
    let session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
    defer { withExtendedLifetime(session) {} }
    return try body(session)
  }
}
