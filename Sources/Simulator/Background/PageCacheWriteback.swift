import Primitives

/// The operating system's own writing of what the server has handed it and not yet flushed.
///
/// PostgreSQL extends a relation by writing empty pages that nobody flushes until the next checkpoint.
/// Linux looks every five seconds for files with pages dirty for longer than `dirty_expire_centisecs`
/// (30 s) and writes all their dirty pages at once, as fast as the device takes them: a burst that the
/// next flush of the log waits behind (kernel documentation, admin-guide/sysctl/vm; postgresql.conf's
/// backend_flush_after is 0).
struct PageCacheWriteback {
  /// dirty_writeback_centisecs.
  private static let period = TimeSpan.seconds(5)
  private let expire: TimeSpan
  /// Bytes that relations had grown by when the last burst began, and at the last look.
  private var written = 0
  private var seen = 0
  /// Model times.
  private var dirtySince = Instant.zero
  private var nextLook: Instant

  /// `phase` of a period passes before the first look: the operating system's looks know nothing of the run's start.
  init(expire: TimeSpan, phase: Double) {
    self.expire = expire
    nextLook = .zero + Self.period * phase
  }

  /// From one burst to the next while relations keep growing: pages dirtied right after one are not old
  /// enough at the look `expire` later.
  var cycle: TimeSpan {
    Self.period * (Int(expire.nanoseconds / Self.period.nanoseconds) + 1)
  }

  /// Bytes to write now; asked once a second with the bytes that relations have grown by.
  mutating func due(grown: Int, at now: Instant) -> Int {
    if seen == written && grown > seen { dirtySince = now }
    seen = grown
    guard now >= nextLook else { return 0 }
    while nextLook <= now { nextLook = nextLook + Self.period }
    guard grown > written, now - dirtySince > expire else { return 0 }
    let burst = grown - written
    written = grown
    return burst
  }

  /// A checkpoint has flushed every file.
  mutating func checkpointEnded(grown: Int) { (written, seen) = (grown, grown) }

  /// Passes over a stretch of whole cycles in which relations grew by so many bytes.
  mutating func skip(_ span: TimeSpan, grown: Int) {
    (written, seen) = (written + grown, seen + grown)
    (dirtySince, nextLook) = (dirtySince + span, nextLook + span)
  }
}
