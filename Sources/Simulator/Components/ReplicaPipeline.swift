import EventKernel
import Primitives

/// The way of the log to one replica: shipped, received, flushed there, replayed.
///
/// Log leaves as it becomes durable on the primary, in messages that grow with what has gathered
/// while the network was busy. The replica flushes what it received, one flush in flight, and
/// replays what it flushed, one piece after another (PostgreSQL: walsender, walreceiver, startup
/// process). Who does the replay is not decided here: `nextQuantum` names a piece of work, the model
/// runs it on some CPU and device, and calls `quantumEnded`.
///
/// Positions are bytes of log; primary.flushed ≥ sent ≥ received ≥ flushed ≥ replayed.
package struct ReplicaPipeline: ~Copyable {
  package struct Settings: Sendable {
    /// Bytes per second.
    package var bandwidth: Double
    package var roundTrip: TimeSpan
    /// Fixed part of the replica's flush beside its device's answer.
    package var flush: TimeSpan
    /// recovery_min_apply_delay.
    package var applyDelay: TimeSpan = .zero
    /// max_standby_streaming_delay, counted from receipt; `.forever` never cancels a query.
    package var streamingDelay: TimeSpan = .seconds(30)
    /// wal_segment_size, bytes.
    package var segment: Int64 = 16 << 20
    /// Bytes of log files that stand ready beyond the first one.
    package var segmentsAhead: Int64 = .max / 4
    /// MAX_SEND_SIZE (walsender.c), bytes.
    package var message: Int64 = 128 << 10
    /// A message may keep the network busy so long: fewer events where much log has gathered.
    package var messageTime: TimeSpan = .milliseconds(2)
    /// The most replay done in one piece; the precision of lag.
    package var quantum: TimeSpan = .milliseconds(5)
    /// One page read during replay takes this long where reads follow each other; used to size
    /// quanta.
    package var readTime: TimeSpan = .zero

    package init(bandwidth: Double, roundTrip: TimeSpan, flush: TimeSpan) {
      self.bandwidth = bandwidth
      self.roundTrip = roundTrip
      self.flush = flush
    }
  }

  package let id: Int16
  /// The number under which the replica's device hands flushes back.
  package let owner: Int32
  package var settings: Settings
  package internal(set) var statistics = ReplicaStatistics()

  package internal(set) var positions = ReplicaPositions()
  /// What is durable on the primary and not yet replayed here.
  var backlog = LogBacklog()

  var connected = true
  /// When the network has taken the last message.
  var linkFree: Double = 0
  var linkWake = EventToken.none
  /// Ends of the messages on their way.
  var inTransit = WaitingLine<Int64>()
  var flushTarget: Int64?
  package internal(set) var segments: LogSegments

  var replay = ReplayState()
  var waiters: [SyncWaiter] = []
  var replies = WaitingLine<SyncReply>()
  /// What the replica has told the primary, or is about to.
  var announced = SyncReply()
  var known = SyncReply()

  package init(id: Int16, owner: Int32, settings: Settings) {
    precondition(settings.bandwidth > 0)
    self.id = id
    self.owner = owner
    self.settings = settings
    segments = LogSegments(size: settings.segment, ahead: settings.segmentsAhead)
  }
}

/// How far the log has come, in bytes since the start.
package struct ReplicaPositions: Sendable, Hashable {
  /// Durable on the primary.
  package internal(set) var primary: Int64 = 0
  package internal(set) var sent: Int64 = 0
  package internal(set) var received: Int64 = 0
  /// Durable on the replica.
  package internal(set) var flushed: Int64 = 0
  package internal(set) var replayed: Int64 = 0
}

package struct ReplicaStatistics: Sendable {
  package internal(set) var messages = 0
  package internal(set) var flushes = 0
  package internal(set) var quanta = 0
  /// The largest lag at the end of an entry of the log, and when that was.
  package internal(set) var longestLag = TimeSpan.zero
  package internal(set) var longestLagAt = Instant.zero
  /// Time during which replay stood before a conflict.
  package internal(set) var conflictPaused = TimeSpan.zero
  package internal(set) var cancellations = 0
  package internal(set) var replaying = TimeWeighted()
}

// Shipping and flushing.
extension ReplicaPipeline {
  /// `content` has become durable on the primary.
  package mutating func append(_ content: LogContent, in calendar: inout Calendar) {
    guard content.bytes > 0 else { return }
    positions.primary += content.bytes
    backlog.append(content, flushed: calendar.now)
    send(in: &calendar)
  }

  /// The network can take the next message.
  package mutating func linkFreed(in calendar: inout Calendar) {
    linkWake = .none
    send(in: &calendar)
  }

  /// In how many of the server's own messages the next one to arrive would come.
  package var partsOfNextMessage: Int {
    let bytes = (inTransit.first ?? positions.received) - positions.received
    return max(1, Int((bytes - 1) / settings.message) + 1)
  }

  /// A message has arrived: it is written, and flushed as soon as the flush before it is over.
  package mutating func received(
    into device: inout StorageDevice, in calendar: inout Calendar
  ) {
    guard let end = inTransit.popFirst() else { return }
    positions.received = end
    backlog.receive(upTo: end, at: calendar.now)
    if flushTarget == nil { startFlush(into: &device, in: &calendar) }
    announce(in: &calendar)
  }

  /// The replica's device has answered; ask `nextQuantum` now.
  package mutating func flushEnded(
    into device: inout StorageDevice, in calendar: inout Calendar
  ) {
    guard let target = flushTarget else { return }
    positions.flushed = target
    flushTarget = nil
    if positions.received > target { startFlush(into: &device, in: &calendar) }
    announce(in: &calendar)
  }

  /// The replica loses its connection; what is on its way still arrives.
  package mutating func disconnect() { connected = false }

  package mutating func reconnect(in calendar: inout Calendar) {
    connected = true
    send(in: &calendar)
  }

  private mutating func send(in calendar: inout Calendar) {
    guard connected, positions.sent < positions.primary, linkWake == .none else { return }
    let now = Double(calendar.now.nanoseconds)
    if linkFree > now {
      linkWake = calendar.post(
        .linkFreed(replica: id), at: Instant(notBefore: linkFree))
      return
    }
    let unsent = positions.primary - positions.sent
    // A message is never less than a 512th of what has gathered: events do not grow with the
    // backlog, and lag stays known to a 512th.
    let largest = max(
      Double(settings.message), settings.bandwidth * settings.messageTime.seconds,
      Double(unsent) / 512)
    let bytes = Double(unsent) <= largest ? unsent : Int64(largest)
    positions.sent += bytes
    linkFree = now + Double(bytes) * 1e9 / settings.bandwidth
    statistics.messages += 1
    inTransit.append(positions.sent)
    let arrival = linkFree + Double(settings.roundTrip.nanoseconds) / 2
    calendar.post(.logReceived(replica: id), at: Instant(notBefore: arrival))
    if positions.sent < positions.primary { send(in: &calendar) }
  }

  /// No flush goes beyond the end of a file: the receiver flushes each as it leaves it (walreceiver.c,
  /// XLogWalRcvWrite).
  private mutating func startFlush(
    into device: inout StorageDevice, in calendar: inout Calendar
  ) {
    let end = (positions.flushed / settings.segment + 1) * settings.segment
    let target = min(positions.received, end)
    flushTarget = target
    statistics.flushes += 1
    device.flush(
      owner, bytes: target - positions.flushed, merge: LogFlusher.merge,
      after: segments.make(upTo: target), of: settings.segment, fixed: settings.flush,
      in: &calendar)
  }
}
