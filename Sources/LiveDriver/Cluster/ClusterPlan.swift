import Foundation
import Scenarios
import Strategies

/// What to make: the servers of a scenario, as this host can have them.
package struct ClusterPlan: Sendable {
  package struct Replica: Hashable, Sendable {
    package var name: String
    /// The primary's commits wait for it.
    package var isSynchronous: Bool

    package init(name: String, isSynchronous: Bool = false) {
      self.name = name
      self.isSynchronous = isSynchronous
    }
  }

  /// Nil takes the newest installed one.
  package var version: Int?
  package var replicas: [Replica]
  /// Sessions that the run opens on one server at most, besides the observer's.
  package var sessions: Int
  package var settings: ServerSettings?
  package var limits: ResourceLimits
  /// Where the temporary folder goes.
  package var base: String
  /// Where the primary's write-ahead log goes, an empty folder that the server's user can write; nil
  /// keeps it with the data.
  package var logFolder: String?
  /// A program with its arguments that removes leftovers, run if this process is killed; empty leaves
  /// them to the next run.
  package var reaper: [String] = []
  /// Asked between the steps: true ends them, with what there is removed.
  package var shouldStop: @Sendable () -> Bool = { false }

  /// Of the observer, the sensors, whoever fills the table, and people who want to look.
  static let spareSessions = 10

  /// What one of so many servers on this host can have for shared_buffers, bytes: a quarter of the host for
  /// all of them, as one server would take on a host of its own.
  package static func mostBuffers(servers: Int) -> Int {
    Int(ProcessInfo.processInfo.physicalMemory) / 4 / servers
  }

  package init(
    version: Int? = nil, replicas: [Replica] = [], sessions: Int = 20,
    settings: ServerSettings? = nil, limits: ResourceLimits = ResourceLimits(),
    base: String = ClusterFolder.usualBase(), logFolder: String? = nil
  ) {
    self.version = version
    self.replicas = replicas
    self.sessions = sessions
    self.settings = settings
    self.limits = limits
    self.base = base
    self.logFolder = logFolder
  }

  package init(
    _ scenario: Scenario, limits: ResourceLimits = ResourceLimits(),
    base: String = ClusterFolder.usualBase()
  ) {
    self.init(
      version: scenario.database.version,
      replicas: scenario.database.replicas.map {
        Replica(name: $0.name, isSynchronous: $0.mode == .sync)
      },
      sessions: Self.sessions(of: scenario), settings: scenario.database.settings, limits: limits,
      base: base)
  }

  /// Every pool filled, every worker with its connection, also those that an event adds.
  static func sessions(of scenario: Scenario) -> Int {
    let added = scenario.events.map { event -> Int in
      guard case .set(_, .workers(let count)) = event.effect else { return 0 }
      return count
    }
    return scenario.pools.reduce(0) { $0 + $1.size }
      + max(scenario.strategy.workers, added.max() ?? 0) + scenario.events.count
  }
}

/// What control groups hold servers to; nil leaves the host's own.
package struct ResourceLimits: Hashable, Sendable {
  /// The primary's reads a second, and its writes.
  package var operations: Double?
  /// The primary's bytes read a second, and written.
  package var throughput: Double?
  /// Cores of each replica; 0.2 is a fifth of one.
  package var replicaCores: Double?
  package var replicaOperations: Double?

  package init(
    operations: Double? = nil, throughput: Double? = nil, replicaCores: Double? = nil,
    replicaOperations: Double? = nil
  ) {
    self.operations = operations
    self.throughput = throughput
    self.replicaCores = replicaCores
    self.replicaOperations = replicaOperations
  }
}
