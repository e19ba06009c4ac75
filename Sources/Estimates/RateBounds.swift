/// How many rows a second each resource allows; the smallest decides.
package struct RateBounds: Hashable, Sendable {
  package enum Resource: String, Hashable, Sendable, CaseIterable {
    case workers, cpu, iops, throughput, network
    case replicaDisk = "replica_disk"
    case replay
  }
  package struct Bound: Hashable, Sendable {
    package var resource: Resource
    package var rowsPerSecond: Double
    /// The backfill itself cannot go faster; otherwise it can, and a replica falls behind.
    package var limitsBackfill: Bool
  }
  /// In the order of `Resource`.
  package var bounds: [Bound]

  package init(bounds: [Bound]) { self.bounds = bounds }

  /// The bound that the backfill meets first.
  package var binding: Bound? {
    bounds.filter(\.limitsBackfill).min { $0.rowsPerSecond < $1.rowsPerSecond }
  }

  package subscript(resource: Resource) -> Bound? { bounds.first { $0.resource == resource } }
}
