import EventKernel
import Primitives

// Stretches of time that are passed over because nothing changes in them. The calendar's clock
// stands still meanwhile; what is pending stays pending, as long from now as it was.
extension ReplicaPipeline {
  /// Passes over a stretch in which as much was replayed as was written: only positions move.
  package mutating func skip(bytes: Int64) {
    shift(by: bytes)
    positions.replayed += bytes
  }

  /// Passes over a stretch in which the backlog grew or shrank.
  ///
  /// `appended` was written evenly over `span`; `replayed` bytes were replayed, at most what was
  /// there. The network and the replica's flush keep their distance from the primary.
  package mutating func skip(
    _ span: TimeSpan, appended: LogContent, replayed: Int64, at now: Instant
  ) {
    backlog.age(by: span)
    var rest = appended
    // The ages of entries halve in 64 steps, so that lag stays known to about 1 %.
    var age = span
    while rest.bytes > 0 {
      let next = age > .milliseconds(1) ? age * 0.98917 : .zero
      let share = age > .zero ? (age - next).seconds / age.seconds : 1
      let count = next == .zero ? rest.bytes : Int64(Double(rest.bytes) * share)
      if count > 0 {
        var part = rest.removeFirst(count)
        part.newestCommit = appended.commits > 0 ? now - next : nil
        backlog.append(part, flushed: now - next)
      }
      age = next
    }
    shift(by: appended.bytes)
    backlog.receive(upTo: positions.received, at: now)
    let ready = positions.flushed - positions.replayed - replay.bytes
    var remaining = max(0, min(replayed, ready))
    positions.replayed += remaining
    while remaining > 0 {
      let part = backlog.removeFirst(remaining)
      remaining -= part.bytes
      replay.newestCommit = part.newestCommit ?? replay.newestCommit
    }
    note(lag: lag(at: now), at: now)
  }

  /// Moves every position but the replayed one.
  private mutating func shift(by bytes: Int64) {
    positions.primary += bytes
    positions.sent += bytes
    positions.received += bytes
    positions.flushed += bytes
    flushTarget = flushTarget.map { $0 + bytes }
    segments.skip(upTo: positions.received)
    for _ in 0..<inTransit.count {
      if let end = inTransit.popFirst() { inTransit.append(end + bytes) }
    }
    for index in waiters.indices { waiters[index].position += bytes }
    announced = announced.moved(by: bytes)
    known = known.moved(by: bytes)
    for _ in 0..<replies.count {
      if let reply = replies.popFirst() { replies.append(reply.moved(by: bytes)) }
    }
  }
}

extension SyncReply {
  func moved(by bytes: Int64) -> SyncReply {
    SyncReply(
      received: received + bytes, flushed: flushed + bytes, replayed: replayed + bytes)
  }
}
