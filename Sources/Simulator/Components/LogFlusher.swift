import EventKernel
import Primitives

/// The write-ahead log's way to durable storage: one flush in flight, commits in groups.
///
/// Positions are bytes of log since the start. A flush takes everything inserted when it starts and
/// writes every byte not written before, whoever inserted it, so a large batch's log delays the next
/// commit. Commits that come during a flush wait for the next one (PostgreSQL, xlog.c: XLogFlush,
/// LWLockAcquireOrWait). The log writer flushes what lies around: every `writerDelay`, after
/// asynchronous commits of `writerFlushAfter` (walwriter.c, XLogSetAsyncXactLSN), and whenever a
/// segment is full (XLogWrite). A flush that reaches a log file that is not there makes it first.
package struct LogFlusher: ~Copyable {
  package struct Settings: Sendable {
    /// Passes in each flush beside the device's answer.
    package var fixed: TimeSpan
    /// commit_delay: the leader sleeps before its flush while others are in a transaction.
    package var commitDelay: TimeSpan = .zero
    /// commit_siblings.
    package var commitSiblings = 5
    /// wal_writer_delay.
    package var writerDelay: TimeSpan = .milliseconds(200)
    /// wal_writer_flush_after, bytes.
    package var writerFlushAfter: Int64 = 1 << 20
    /// wal_segment_size, bytes.
    package var segment: Int64 = 16 << 20
    /// Bytes of log files that stand ready beyond the first one.
    package var segmentsAhead: Int64 = .max / 4

    package init(fixed: TimeSpan) { self.fixed = fixed }
  }

  package struct Statistics: Sendable {
    package internal(set) var flushes = 0
    /// Commits that waited for a flush.
    package internal(set) var waits = 0
    package internal(set) var wakes = 0
    package internal(set) var waiting = TimeWeighted()
    /// Whether a flush is in flight: its integral is the busy time.
    package internal(set) var flushing = TimeWeighted()
  }

  /// The number under which the device hands the flush back.
  package let owner: Int32
  package var settings: Settings
  /// Bytes of log inserted so far.
  package private(set) var inserted: Int64 = 0
  /// Bytes of log that survive a crash.
  package private(set) var flushed: Int64 = 0
  package private(set) var statistics = Statistics()
  package internal(set) var segments: LogSegments

  /// Where the flush in flight ends.
  private var target: Int64 = 0
  /// What the flush in flight covers, and what was inserted after it started.
  private var covered = LogContent()
  private var gathered = LogContent()
  private var phase = Phase.idle
  private var writerArmed = false
  private var waiters = OwnedArray<Waiter>()

  /// The log is written in whole blocks of this many bytes.
  private static let block: Int64 = 8192
  /// The device merges neighbouring blocks up to this many bytes into one operation.
  static let merge: Int64 = 256 << 10

  private enum Phase { case idle, delaying, flushing }
  struct Waiter {
    var process: Int32
    var position: Int64
    var name: UInt64?
  }

  package init(owner: Int32, settings: Settings) {
    self.owner = owner
    self.settings = settings
    segments = LogSegments(size: settings.segment, ahead: settings.segmentsAhead)
  }

  /// Inserts log and returns the position behind it.
  @discardableResult
  package mutating func insert(
    _ content: LogContent, into device: inout StorageDevice, in calendar: inout Calendar
  ) -> Int64 {
    inserted += content.bytes
    gathered.append(content)
    if phase == .idle {
      if inserted - flushed >= settings.segment {
        startFlush(into: &device, in: &calendar)
      } else if !writerArmed {
        armWriter(in: &calendar)
      }
    }
    return inserted
  }

  /// The process waits until the log is durable up to `position`; false if it is.
  ///
  /// `othersActive` counts other transactions in progress, for commit_siblings. The flush that the
  /// process leads has its `name`.
  package mutating func wait(
    _ process: Int32, upTo position: Int64, othersActive: Int = 0, name: UInt64? = nil,
    on device: inout StorageDevice, in calendar: inout Calendar
  ) -> Bool {
    guard position > flushed else { return false }
    waiters.append(Waiter(process: process, position: position, name: name))
    statistics.waits += 1
    statistics.waiting.add(1, at: calendar.now)
    if phase == .idle {
      if settings.commitDelay > .zero && othersActive >= settings.commitSiblings {
        phase = .delaying
        calendar.post(.commitDelayEnded, at: calendar.now + settings.commitDelay)
      } else {
        startFlush(into: &device, in: &calendar)
      }
    }
    return true
  }

  /// A commit that waits for nothing (synchronous_commit = off) wakes the log writer once enough
  /// log has gathered.
  package mutating func commitAsynchronously(
    into device: inout StorageDevice, in calendar: inout Calendar
  ) {
    if phase == .idle && inserted - flushed >= settings.writerFlushAfter {
      startFlush(into: &device, in: &calendar)
    }
  }

  package mutating func delayEnded(
    into device: inout StorageDevice, in calendar: inout Calendar
  ) {
    startFlush(into: &device, in: &calendar)
  }

  package mutating func writerWoke(
    into device: inout StorageDevice, in calendar: inout Calendar
  ) {
    writerArmed = false
    if phase == .idle && inserted > flushed { startFlush(into: &device, in: &calendar) }
  }

  /// The device has answered: moves `flushed`, appends the processes that waited for it to `ready`,
  /// and starts the next flush if somebody already waits for that.
  ///
  /// Returns what has become durable, which is what can be shipped now.
  package mutating func flushEnded(
    ready: inout ReadyLine, into device: inout StorageDevice, in calendar: inout Calendar
  ) -> LogContent {
    let content = covered
    flushed = target
    phase = .idle
    statistics.flushing.set(0, at: calendar.now)
    wake(ready: &ready, at: calendar.now)
    if waiters.count > 0 || inserted - flushed >= settings.segment {
      startFlush(into: &device, in: &calendar)
    } else if inserted > flushed && !writerArmed {
      armWriter(in: &calendar)
    }
    return content
  }

  /// Whether no flush is in flight, or about to be.
  package var isIdle: Bool { phase == .idle }

  /// Whether so much log is unflushed that an inserter has to wait for a flush itself: the buffer
  /// (wal_buffers, one segment) is full while the segment before it is being flushed.
  package var isFull: Bool { inserted - flushed >= 2 * settings.segment }

  /// Moves both positions over log that was written during a stretch that was not played.
  package mutating func skip(bytes: Int64) {
    inserted += bytes
    flushed += bytes
    target += bytes
    segments.skip(upTo: target)
    for index in waiters.indices { waiters[index].position += bytes }
  }

  private mutating func startFlush(into device: inout StorageDevice, in calendar: inout Calendar) {
    phase = .flushing
    target = inserted
    covered = gathered
    gathered = LogContent()
    statistics.flushes += 1
    statistics.flushing.set(1, at: calendar.now)
    // The last block was written before it was full, and is written again.
    let from = flushed / Self.block * Self.block
    let blocks = (target - from + Self.block - 1) / Self.block
    device.flush(
      owner, bytes: blocks * Self.block, merge: Self.merge,
      after: segments.make(upTo: target), of: settings.segment, fixed: settings.fixed,
      name: waiters.count > 0 ? waiters[0].name : nil, in: &calendar)
  }

  /// Wakes the writer at the next multiple of its delay, as its loop would.
  private mutating func armWriter(in calendar: inout Calendar) {
    writerArmed = true
    let period = settings.writerDelay.nanoseconds
    let next = (calendar.now.nanoseconds / period + 1) * period
    calendar.post(.logWriterWoke, at: Instant(nanoseconds: next))
  }

  private mutating func wake(ready: inout ReadyLine, at now: Instant) {
    var kept = 0
    for index in waiters.indices {
      let waiter = waiters[index]
      if waiter.position <= flushed {
        ready.append(waiter.process)
        statistics.wakes += 1
      } else {
        waiters[kept] = waiter
        kept += 1
      }
    }
    statistics.waiting.add(kept - waiters.count, at: now)
    waiters.truncate(to: kept)
  }
}
