import EventKernel
import Primitives

/// What a commit waits for on a synchronous replica: remote_write, on, remote_apply.
package enum SyncLevel: Sendable, Hashable { case write, flush, apply }

struct SyncWaiter: Sendable {
  var process: Int32
  var position: Int64
  var level: SyncLevel
}

/// Positions in a reply of the replica.
struct SyncReply: Sendable, BitwiseCopyable {
  var received: Int64 = 0
  var flushed: Int64 = 0
  var replayed: Int64 = 0

  func satisfies(_ waiter: SyncWaiter) -> Bool {
    switch waiter.level {
    case .write: received >= waiter.position
    case .flush: flushed >= waiter.position
    case .apply: replayed >= waiter.position
    }
  }
}

extension ReplicaPipeline {
  /// A commit, durable on the primary up to `position`, waits for the replica; false if it need not.
  package mutating func wait(
    _ process: Int32, upTo position: Int64, for level: SyncLevel, in calendar: inout Calendar
  ) -> Bool {
    let waiter = SyncWaiter(process: process, position: position, level: level)
    if known.satisfies(waiter) { return false }
    waiters.append(waiter)
    announce(in: &calendar)
    return true
  }

  /// A reply has reached the primary: appends the commits it ends to `ready`.
  package mutating func replyArrived(ready: inout ReadyLine) {
    guard let reply = replies.popFirst() else { return }
    known = reply
    var kept = 0
    for index in waiters.indices {
      if known.satisfies(waiters[index]) {
        ready.append(waiters[index].process)
      } else {
        waiters[kept] = waiters[index]
        kept += 1
      }
    }
    waiters.removeLast(waiters.count - kept)
  }

  /// Sends a reply if it would let somebody go on.
  ///
  /// The replica replies at every move of its positions; replies that nobody waits for change
  /// nothing and are not played.
  @inline(__always)
  mutating func announce(in calendar: inout Calendar) {
    if !waiters.isEmpty { reply(in: &calendar) }
  }

  private mutating func reply(in calendar: inout Calendar) {
    let reply = SyncReply(
      received: positions.received, flushed: positions.flushed, replayed: positions.replayed)
    guard waiters.contains(where: { reply.satisfies($0) && !announced.satisfies($0) }) else {
      return
    }
    announced = reply
    replies.append(reply)
    let half = TimeSpan(nanoseconds: settings.roundTrip.nanoseconds / 2)
    calendar.post(.replyArrived(replica: id), at: calendar.now + half)
  }
}
