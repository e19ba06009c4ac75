import Primitives

/// A stretch of log, and the work its replay will be.
package struct LogContent: Sendable, Hashable {
  package var bytes: Int64 = 0
  /// CPU time of its replay.
  package var replay: TimeSpan = .zero
  /// Pages a replica has to read for it: not cached there, and not brought along as full images.
  package var reads: Double = 0
  package var commits = 0
  /// When the last commit in it was inserted; nil without one.
  package var newestCommit: Instant?
  /// Standby snapshots at or below this transaction number still see rows that it removes.
  package var conflictHorizon: Int64 = .min

  package init(
    bytes: Int64 = 0, replay: TimeSpan = .zero, reads: Double = 0, commits: Int = 0,
    newestCommit: Instant? = nil, conflictHorizon: Int64 = .min
  ) {
    self.bytes = bytes
    self.replay = replay
    self.reads = reads
    self.commits = commits
    self.newestCommit = newestCommit
    self.conflictHorizon = conflictHorizon
  }

  /// Adds what follows in the log.
  package mutating func append(_ next: LogContent) {
    bytes += next.bytes
    replay += next.replay
    reads += next.reads
    commits += next.commits
    newestCommit = next.newestCommit ?? newestCommit
    conflictHorizon = max(conflictHorizon, next.conflictHorizon)
  }

  /// Cuts off the first `count` bytes with their share of the work.
  ///
  /// The commits, and the conflict, stay with the end.
  package mutating func removeFirst(_ count: Int64) -> LogContent {
    guard count < bytes else {
      defer { self = LogContent() }
      return self
    }
    let share = Double(count) / Double(bytes)
    let part = LogContent(bytes: count, replay: replay * share, reads: reads * share)
    bytes -= part.bytes
    replay -= part.replay
    reads -= part.reads
    return part
  }
}
