import Primitives
import Scenarios

/// When checkpoints start and how their writes are paced (xlog.c, checkpointer.c).
struct Checkpointer {
  /// The kernel spreads what it is handed evenly (blk-wbt), so pages are handed over in small lumps:
  /// as seldom as PostgreSQL naps where the device hardly notices a lump, else more often.
  static let shortestTick = TimeSpan.milliseconds(10)
  static let longestTick = TimeSpan.milliseconds(100)
  /// Device time of a lump that others would wait for, and of one that may grow.
  private static let largeLump = TimeSpan.microseconds(500)
  private static let smallLump = TimeSpan.microseconds(200)
  /// Pages that one write takes at most: they are sorted by block, and what lies together is handed to
  /// the device together, up to checkpoint_flush_after (256 KiB).
  static let mostMerged = 32

  let timeout: TimeSpan
  /// Log bytes after which a checkpoint is requested: max_wal_size / (1 + target).
  let logLimit: Int64
  let target: Double
  /// min_wal_size and max_wal_size: between them lies what is kept ready of log files, bytes.
  private let sizes: ClosedRange<Int64>

  private(set) var running = false
  /// Log position and model time of the last checkpoint's start.
  private(set) var redo: Int64 = 0
  private(set) var startedAt = Instant.zero
  private(set) var pagesLeft = 0
  private(set) var pagesTotal = 0
  private(set) var pagesPerWrite = 1.0
  /// From one look at the schedule to the next.
  private(set) var tick = Self.shortestTick
  /// All pages ever written.
  private(set) var pagesWritten = 0
  /// Log that a cycle is expected to write, bytes (CheckPointDistanceEstimate).
  private var expectedLog = 0.0

  init(_ settings: ServerSettings) {
    timeout = settings.checkpointTimeout
    target = settings.checkpointCompletionTarget
    logLimit = Int64(Double(settings.maxWALSize) / (1 + settings.checkpointCompletionTarget))
    sizes = Int64(settings.minWALSize)...Int64(max(settings.minWALSize, settings.maxWALSize))
  }

  var due: Instant { startedAt + timeout }

  /// Sets the phase of the cycle at the start of a trial.
  mutating func begin(startedAt: Instant, redo: Int64) {
    self.startedAt = startedAt
    self.redo = redo
  }

  func isDue(at now: Instant, logPosition: Int64) -> Bool {
    now >= due || logPosition - redo >= logLimit
  }

  /// `writes`: what the dirty pages come to where neighbours are merged.
  mutating func start(at now: Instant, logPosition: Int64, dirtyPages: Int, writes: Double) {
    running = true
    startedAt = now
    expect(Double(logPosition - redo))
    redo = logPosition
    (pagesTotal, pagesLeft) = (dirtyPages, dirtyPages)
    pagesPerWrite = max(1, Double(dirtyPages) / max(1, writes))
    tick = Self.shortestTick
  }

  /// Chooses the next tick by the device time of the last lump; behind schedule there are no naps.
  mutating func handedOver(lump: TimeSpan, isBehind: Bool) {
    if isBehind {
      tick = Self.shortestTick
    } else if lump > Self.largeLump {
      tick = max(Self.shortestTick, tick * 0.5)
    } else if lump < Self.smallLump {
      tick = min(Self.longestTick, tick * 2)
    }
  }

  /// Pages to write in the coming tick.
  ///
  /// The writes end at `target` of the interval in time or in log, whichever comes first
  /// (IsCheckpointOnSchedule). Behind schedule it writes without naps, one page after the other: at
  /// most `atMost` a tick.
  mutating func pagesForTick(at now: Instant, logPosition: Int64, atMost: Int) -> Int {
    let written = pagesTotal - pagesLeft
    let pages = max(
      0, min(pagesLeft, atMost, due(at: now + tick, logPosition: logPosition) - written))
    pagesLeft -= pages
    pagesWritten += pages
    return pages
  }

  /// Pages that the schedule wants written by then.
  private func due(at now: Instant, logPosition: Int64) -> Int {
    let inTime = (now - startedAt).seconds / (timeout.seconds * target)
    let inLog = Double(logPosition - redo) / (Double(logLimit) * target)
    return Int((min(1, max(inTime, inLog)) * Double(pagesTotal)).rounded(.up))
  }

  mutating func finish() { running = false }

  /// What cycles came to before the run.
  mutating func expectUsualLog(bytesPerSecond: Double) {
    expect(min(Double(logLimit), bytesPerSecond * timeout.seconds))
  }

  /// Bytes that a usual cycle has written by then: as much of its log as of its time.
  func usualLog(until now: Instant) -> Int64 {
    Int64(expectedLog * min(1, (now - startedAt).seconds / timeout.seconds))
  }

  /// More at once, less by a tenth (xlog.c, UpdateCheckPointDistanceEstimate).
  private mutating func expect(_ log: Double) {
    expectedLog = max(log, 0.9 * expectedLog + 0.1 * log)
  }

  /// Bytes of log files that a finished checkpoint leaves ready beyond its redo position: a tenth
  /// more than is expected until the end of the next one (xlog.c, XLOGfileslop).
  var logReady: Int64 {
    min(max(sizes.lowerBound, Int64(1.1 * (1 + target) * expectedLog)), sizes.upperBound)
  }

  /// Passes over whole cycles: the one under way begins later.
  mutating func skipCycles(_ span: TimeSpan, log: Int64) {
    startedAt = startedAt + span
    redo += log
  }

  /// Passes over a stretch of time and log.
  ///
  /// Writes that were on schedule still are, so that no burst follows; writes behind it went on as
  /// fast as in the window, `pages` in all.
  mutating func skip(from: (Instant, log: Int64), to: (Instant, log: Int64), pages: Int) {
    guard running else { return }
    let written = pagesTotal - pagesLeft
    let wanted = due(at: to.0, logPosition: to.log)
    let isOnSchedule = written >= due(at: from.0, logPosition: from.log)
    pagesLeft = pagesTotal - (isOnSchedule ? max(written, wanted) : min(wanted, written + pages))
  }
}
