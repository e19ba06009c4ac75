import EventKernel
import Primitives

/// What a replica's replay may do next.
package enum ReplayStep: Sendable, Hashable {
  /// Nothing is there, a piece is under way, or an event will ask again.
  case none
  /// Read so many pages, use the CPU so long, then call `quantumEnded`.
  case work(reads: Int, cpu: TimeSpan)
  /// The grace period is over: cancel the queries whose snapshots are at or below this number,
  /// tell `setOldestSnapshot`, and ask again.
  case cancelQueries(horizon: Int64)
}

struct ReplayState: Sendable {
  var busy = false
  /// What the piece under way covers.
  var bytes: Int64 = 0
  /// Parts of a page read that the pieces so far have left.
  var readsOwed: Double = 0
  var oldestSnapshot = Int64.max
  /// Since when replay stands before a conflict.
  var conflictSince: Instant?
  /// An event that will ask again.
  var due = EventToken.none
  var newestCommit: Instant?
}

extension ReplicaPipeline {
  /// The next piece of replay.
  ///
  /// Ask after a flush on the replica, a piece's end, `replayDue` and every change of the oldest
  /// snapshot.
  @inline(__always)
  package mutating func nextQuantum(in calendar: inout Calendar) -> ReplayStep {
    guard !replay.busy, positions.replayed < positions.flushed else { return .none }
    return gatherQuantum(in: &calendar)
  }

  private mutating func gatherQuantum(in calendar: inout Calendar) -> ReplayStep {
    calendar.cancel(replay.due)
    var available = positions.flushed - positions.replayed
    var work = LogContent()
    var index = 0
    while index < backlog.count, available > 0, effort(of: work) < settings.quantum {
      let entry = backlog[index]
      let isWhole = entry.content.bytes <= available
      if isWhole, let obstacle = obstacle(before: entry, at: calendar.now) {
        if work.bytes > 0 { break }
        return stand(before: obstacle, in: &calendar)
      }
      var rest = entry.content
      let count = min(available, affordable(of: rest, beside: work))
      work.append(rest.removeFirst(count))
      available -= count
      if rest.bytes > 0 { break }
      index += 1
    }
    return start(work, at: calendar.now)
  }

  /// The piece under way has been replayed.
  package mutating func quantumEnded(in calendar: inout Calendar) {
    precondition(replay.busy, "a piece of replay ends that was never started")
    let now = calendar.now
    replay.busy = false
    statistics.replaying.set(0, at: now)
    positions.replayed += replay.bytes
    while replay.bytes > 0, let entry = backlog.first {
      let part = backlog.removeFirst(replay.bytes)
      replay.bytes -= part.bytes
      replay.newestCommit = part.newestCommit ?? replay.newestCommit
      if part.bytes == entry.content.bytes { note(lag: now - entry.flushed, at: now) }
    }
    announce(in: &calendar)
  }

  /// The smallest snapshot number of the queries that run on the replica; `.max` without any.
  package mutating func setOldestSnapshot(_ number: Int64) { replay.oldestSnapshot = number }

  private enum Obstacle {
    case conflict(horizon: Int64, deadline: Instant)
    case delay(until: Instant)
  }

  private func obstacle(before entry: LogBacklog.Entry, at now: Instant) -> Obstacle? {
    if entry.content.conflictHorizon >= replay.oldestSnapshot {
      return .conflict(
        horizon: entry.content.conflictHorizon, deadline: entry.received + settings.streamingDelay)
    }
    guard settings.applyDelay > .zero, let commit = entry.content.newestCommit else { return nil }
    let due = commit + settings.applyDelay
    return due > now ? .delay(until: due) : nil
  }

  private mutating func stand(
    before obstacle: Obstacle, in calendar: inout Calendar
  ) -> ReplayStep {
    switch obstacle {
    case .conflict(let horizon, let deadline):
      replay.conflictSince = replay.conflictSince ?? calendar.now
      guard deadline > calendar.now else {
        statistics.cancellations += 1
        return .cancelQueries(horizon: horizon)
      }
      if settings.streamingDelay < .forever { askAgain(at: deadline, in: &calendar) }
    case .delay(let due): askAgain(at: due, in: &calendar)
    }
    return .none
  }

  private mutating func askAgain(at instant: Instant, in calendar: inout Calendar) {
    replay.due = calendar.post(.replayDue(replica: id), at: instant)
  }

  private mutating func start(_ work: LogContent, at now: Instant) -> ReplayStep {
    if let since = replay.conflictSince {
      statistics.conflictPaused += now - since
      replay.conflictSince = nil
    }
    replay.busy = true
    replay.bytes = work.bytes
    replay.readsOwed += work.reads
    let reads = Int(replay.readsOwed)
    replay.readsOwed -= Double(reads)
    statistics.quanta += 1
    statistics.replaying.set(1, at: now)
    return .work(reads: reads, cpu: work.replay)
  }

  /// How long the replay of `work` takes on idle hardware.
  private func effort(of work: LogContent) -> TimeSpan {
    work.reads > 0 ? work.replay + settings.readTime * work.reads : work.replay
  }

  /// How many bytes of `content` fit into a quantum beside `work`.
  private func affordable(of content: LogContent, beside work: LogContent) -> Int64 {
    let room = settings.quantum - effort(of: work)
    let whole = effort(of: content)
    guard whole > room else { return content.bytes }
    return max(1, Int64(Double(content.bytes) * (room.seconds / whole.seconds)))
  }

  mutating func note(lag: TimeSpan, at now: Instant) {
    guard lag > statistics.longestLag else { return }
    statistics.longestLag = lag
    statistics.longestLagAt = now
  }
}

// How far behind the replica is.
extension ReplicaPipeline {
  /// Time since the primary's flushed position passed the replica's replayed one; 0 when equal.
  package func lag(at now: Instant) -> TimeSpan {
    backlog.first.map { now - $0.flushed } ?? .zero
  }

  /// Age of the newest replayed commit while anything is unreplayed, as servers show it.
  package func shownLag(at now: Instant) -> TimeSpan {
    guard positions.replayed < positions.primary, let commit = replay.newestCommit else {
      return .zero
    }
    return now - commit
  }

  /// Bytes durable on the primary and not yet replayed here.
  package var unapplied: Int64 { positions.primary - positions.replayed }

  /// Bytes that a slot keeps on the primary for this replica.
  package var retained: Int64 { positions.primary - positions.flushed }

  /// Time during which replay stood before conflicts, the present one included.
  package func conflictPaused(at now: Instant) -> TimeSpan {
    statistics.conflictPaused + (replay.conflictSince.map { now - $0 } ?? .zero)
  }
}
