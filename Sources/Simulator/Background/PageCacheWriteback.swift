import Primitives

/// One server's operating system writing what the server has handed it and not yet flushed.
///
/// PostgreSQL extends a relation by writing empty pages that nobody flushes until the next checkpoint.
/// Linux looks every five seconds for files that became dirty longer than `dirty_expire_centisecs` (30 s)
/// ago and writes all their dirty pages at once, as fast as the device takes them: a burst that the
/// next flush of the log waits behind (kernel documentation, admin-guide/sysctl/vm; postgresql.conf's
/// backend_flush_after is 0). A relation is files of 1 GiB (RELSEG_SIZE), each of an age of its own.
struct PageCacheWriteback {
  /// dirty_writeback_centisecs.
  private static let period = TimeSpan.seconds(5)
  static let fileBytes = 1 << 30

  /// A file with dirty pages.
  private struct File {
    var relation: Int
    var number: Int
    var dirty: Int
    /// Model time at which the first of them came.
    var since: Instant
  }

  private let expire: TimeSpan
  /// Bytes of each relation, as this server has it.
  private var sizes: [Int]
  private var files: [File] = []
  /// Model time.
  private var nextLook: Instant

  /// `phase` of a period passes before the first look: the operating system's looks know nothing of the run's start.
  init(sizes: [Int], expire: TimeSpan, phase: Double) {
    self.sizes = sizes
    self.expire = expire
    nextLook = .zero + Self.period * phase
  }

  /// From one burst to the next while a file keeps growing: pages dirtied right after one are not old
  /// enough at the look `expire` later.
  static func cycle(expire: TimeSpan) -> TimeSpan {
    period * (Int(expire.nanoseconds / period.nanoseconds) + 1)
  }

  /// This server has come so much of the way from the sizes it had to these.
  mutating func grow(to target: [Int], share: Double = 1, at now: Instant) {
    for relation in sizes.indices {
      let size = sizes[relation] + Int(Double(target[relation] - sizes[relation]) * share)
      while sizes[relation] < size {
        let number = sizes[relation] / Self.fileBytes
        let end = min(size, (number + 1) * Self.fileBytes)
        dirty(end - sizes[relation], of: relation, number, at: now)
        sizes[relation] = end
      }
    }
  }

  private mutating func dirty(_ bytes: Int, of relation: Int, _ number: Int, at now: Instant) {
    guard let file = files.firstIndex(where: { $0.relation == relation && $0.number == number })
    else {
      return files.append(File(relation: relation, number: number, dirty: bytes, since: now))
    }
    files[file].dirty += bytes
  }

  /// Bytes to write now; asked once a second.
  mutating func due(at now: Instant) -> Int {
    guard now >= nextLook else { return 0 }
    while nextLook <= now { nextLook = nextLook + Self.period }
    let old = files.filter { now - $0.since > expire }
    files.removeAll { now - $0.since > expire }
    return old.reduce(0) { $0 + $1.dirty }
  }

  /// A checkpoint has flushed every file.
  mutating func checkpointEnded() { files = [] }

  /// Passes over a stretch of whole cycles after which relations have these sizes, and as much is dirty as before.
  mutating func skip(_ span: TimeSpan, sizes: [Int]) {
    self.sizes = sizes
    for file in files.indices { files[file].since = files[file].since + span }
    nextLook = nextLook + span
  }
}
