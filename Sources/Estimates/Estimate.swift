/// One number of the plan, with the way it came about in words.
package struct Estimate: Hashable, Sendable {
  /// The unit of `value`, spelled as machine output spells it.
  package enum Unit: String, Hashable, Sendable, CaseIterable {
    case seconds = "s"
    case bytes
    case bytesPerSecond = "bytes/s"
    case rows
    case rowsPerSecond = "rows/s"
    case perSecond = "1/s"
    case count
    case ratio
  }
  package enum Topic: String, Hashable, Sendable, CaseIterable {
    case pace, batch, locks, log, replication, versions
  }
  package var topic: Topic
  /// Stable name for machines, such as `batch.duration`.
  package var name: String
  package var label: String
  package var value: Double
  package var unit: Unit
  /// How it is computed, in words.
  package var formula: String
}
