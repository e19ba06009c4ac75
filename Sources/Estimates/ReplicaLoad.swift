import Primitives
import Scenarios

/// A replica as three queues in a row: its link, its disk and its one replay process.
///
/// Each is fed with the log that the primary writes. Work is counted in seconds of each queue, so
/// that every capacity is 1.
package struct ReplicaLoad: Hashable, Sendable {
  package var network: ReplicationBacklog
  package var disk: ReplicationBacklog
  package var replay: ReplicationBacklog

  /// In the order in which log passes them.
  package var stages: [ReplicationBacklog] { [network, disk, replay] }

  /// Of queues in a row the busiest one alone gathers a backlog that lasts: what passes it is no more
  /// than the others can take.
  package var peakLag: Double { stages.map(\.peakLag).max() ?? 0 }
  package var drain: Double { stages.map(\.drain).max() ?? 0 }
}

extension Pass {
  /// The largest write that a flush of the received log consists of.
  private static let flushedAtOnce = 262_144.0

  func load(of replica: Replica, _ scenario: Scenario, duration: Double) -> ReplicaLoad {
    let rate = rates.binding?.rowsPerSecond ?? 0
    func backlog(traffic: Double, perRow: Double) -> ReplicationBacklog {
      ReplicationBacklog(
        during: traffic + rate * perRow, after: traffic, capacity: 1,
        duration: duration.isFinite ? duration : 0)
    }
    let disk = Self.logBandwidth(replica.storage)
    // On the primary's own disk, replicas make the same log durable again beside everything else.
    let shared = scenario.database.sharesDisk(with: replica)
    return ReplicaLoad(
      network: backlog(
        traffic: demand.logBytes / replica.network, perRow: bytesPerRow / replica.network),
      disk: backlog(
        traffic: (demand.logBytes + (shared ? trafficDeviceBytes : 0)) / disk,
        perRow: (bytesPerRow + (shared ? deviceBytesPerRow : 0)) / disk),
      replay: backlog(
        traffic: trafficReplay,
        perRow: replayPerRow + readsPerReplayedRow
          * Self.readTime(
            replica, scenario)))
  }

  /// Bytes of log a second that a disk makes durable.
  static func logBandwidth(_ storage: Storage) -> Double {
    min(storage.throughput, storage.iops * flushedAtOnce)
  }

  /// Seconds that replay waits for a page, prefetching so many at once.
  static func readTime(_ replica: Replica, _ scenario: Scenario) -> Double {
    replica.storage.readLatency.seconds
      / Double(max(1, scenario.database.settings.recoveryPrefetch))
  }
}
