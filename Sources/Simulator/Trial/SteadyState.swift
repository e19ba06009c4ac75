import Primitives

/// Decides when a stretch of time may be skipped because nothing in it would differ.
///
/// Time is played in windows. The first undisturbed one is the reference; while later ones agree
/// with it, as much time may be skipped as has passed since it began, but never past the next thing
/// that is known to come. What decays, such as page images after a checkpoint, ends the agreement and
/// so is met again on a grid as fine as its own pace. While a throttle flaps, a window ends where it
/// lets go, and so holds whole cycles. Where checkpoints follow each other so fast that nothing is
/// ever steady between them, a window is a whole checkpoint cycle, from wherever it begins to where as
/// much log has come since the next checkpoint. What was measured in the last window then counts for
/// the skipped time too.
struct SteadyState {
  /// Played length of the shortest and the longest window.
  static let window = TimeSpan.seconds(4)
  static let longestWindow = TimeSpan.seconds(512)
  /// Shorter skips save less than finding them costs.
  static let shortest = TimeSpan.seconds(8)
  /// Played again before what is known to come.
  static let margin = TimeSpan.seconds(2)
  /// A window with fewer batches than this tells too little of their rate: it becomes longer.
  static let fewestBatches = 40
  /// Checkpoint cycles up to this length can be windows.
  static let longestCycle = TimeSpan.seconds(300)
  /// Steady states that are remembered.
  static let mostKnown = 4
  /// Two windows agree where their rates differ by less than this share, chance apart.
  static let tolerance = 0.05
  /// Whole cycles differ by where in them a throttle let go.
  static let toleranceOfCycles = 0.1

  /// What a window, or the totals at its start, amount to.
  struct Sums {
    var rows = 0
    var batches = 0
    var log: Int64 = 0
    var batchLog: Int64 = 0
    var batchImages: Int64 = 0
    var moved = 0
    var ended = 0
    var checkpointPages = 0
    var vacuumPages = 0
    var trafficImages = 0
    var operations = 0
    /// Unapplied bytes on the replica that is furthest behind.
    var backlog: Int64 = 0
    /// Versions that came into the indexes.
    var inserted = 0
    /// Seconds that full leaves took of the batches, and in which a throttle held workers back: worker
    /// seconds over the number of workers.
    var passTime = 0.0
    var heldTime = 0.0

    static func - (a: Sums, b: Sums) -> Sums {
      Sums(
        rows: a.rows - b.rows, batches: a.batches - b.batches, log: a.log - b.log,
        batchLog: a.batchLog - b.batchLog, batchImages: a.batchImages - b.batchImages,
        moved: a.moved - b.moved, ended: a.ended - b.ended,
        checkpointPages: a.checkpointPages - b.checkpointPages,
        vacuumPages: a.vacuumPages - b.vacuumPages,
        trafficImages: a.trafficImages - b.trafficImages, operations: a.operations - b.operations,
        backlog: a.backlog - b.backlog, inserted: a.inserted - b.inserted,
        passTime: a.passTime - b.passTime, heldTime: a.heldTime - b.heldTime)
    }

    /// The share of the time in which batches set the pace, and no throttle.
    func freeShare(of length: TimeSpan) -> Double { max(0, 1 - heldTime / length.seconds) }

    /// Seconds that a row took longer because leaves were full.
    func passTimePerRow(over length: TimeSpan) -> Double {
      rows > 0 ? passTime / Double(rows) * freeShare(of: length) : 0
    }
  }

  /// What the rates of a window are held against.
  private struct Reference {
    var sums: Sums
    var start: Instant
    var length: TimeSpan
    /// How long windows agreed with it, where something disturbed that.
    var lasted = TimeSpan.zero
  }

  private let shortestWindow: TimeSpan
  private var length: TimeSpan
  /// Model times.
  private(set) var windowStart = Instant.zero
  private var disturbedAt = Instant.zero
  private(set) var startSums = Sums()
  private var reference: Reference?
  /// What was steady before a disturbance, such as a vacuum that began or ended, may come again.
  private var known: [Reference] = []
  private var throttled = false
  private var flaps = false
  /// Windows are checkpoint cycles.
  private(set) var inCycles = false
  private var lastCheckpoint: Instant?
  private var skippedInCycle = TimeSpan.zero
  /// Checkpoints that have started in the window, and log that had come since the last one when it began.
  private var checkpoints = 0
  private var logAtStart: Int64 = 0

  /// Windows hold at least one of those cycles, if there are any.
  init(cycle: TimeSpan?) {
    shortestWindow = cycle ?? Self.window
    length = shortestWindow
  }

  /// So many windows are played before the last row: 16 s of them, or an eighth of a long one.
  static func lastWindows(of length: TimeSpan) -> Double {
    max(1 / 8, 4 * window.seconds / length.seconds)
  }

  mutating func disturbed(at now: Instant) {
    disturbedAt = now
    if inCycles, var reference {
      reference.lasted = now - reference.start
      known = [reference] + known.prefix(Self.mostKnown - 1)
    }
    reference = nil
    length = shortestWindow
  }

  /// Another phase: what was learnt of cycles no longer holds.
  mutating func restart(at now: Instant) {
    disturbed(at: now)
    known = []
    flaps = false
    inCycles = false
    lastCheckpoint = nil
  }

  mutating func checkpointStarted(at now: Instant) {
    let cycle = lastCheckpoint.map { now - $0 } ?? .forever
    let wasInCycles = inCycles
    inCycles = cycle <= Self.longestCycle && (wasInCycles || skippedInCycle * 4 < cycle)
    if !inCycles || !wasInCycles { disturbed(at: now) }
    lastCheckpoint = now
    skippedInCycle = .zero
    checkpoints += 1
  }

  mutating func checkpointEnded(at now: Instant) {
    if !inCycles { disturbed(at: now) }
  }

  /// Asked once a second, with the log since the last checkpoint's start.
  mutating func isWindowOver(at now: Instant, throttled: Bool, log: Int64) -> Bool {
    let letGo = self.throttled && !throttled
    if throttled != self.throttled { flaps = true }
    self.throttled = throttled
    let played = now - windowStart
    if inCycles && played > Self.longestCycle {
      inCycles = false
      disturbed(at: now)
    }
    if inCycles {
      return disturbedAt > windowStart || checkpoints > 1 || checkpoints == 1 && log >= logAtStart
    }
    return played >= length && (!flaps || letGo || played >= Self.longestWindow)
  }

  mutating func begin(at now: Instant, totals: Sums, log: Int64) {
    windowStart = now
    startSums = totals
    flaps = false
    checkpoints = 0
    logAtStart = log
  }

  /// How many times the window that ends now may be repeated, given when the next known thing comes.
  ///
  /// `expectsBatches` while the backfill runs: its timers stand still in a skipped stretch, so that
  /// a window without batches must not be repeated, unless a throttle holds it back all the time.
  mutating func repeats(
    of window: Sums, expectsBatches: Bool, at now: Instant, until limit: Instant
  ) -> Int {
    let played = now - windowStart
    guard disturbedAt <= windowStart else { return 0 }
    let standsStill = throttled && !flaps
    if expectsBatches && !standsStill && window.batches < Self.fewestBatches {
      length = min(length + length, Self.longestWindow)
      reference = nil
      return 0
    }
    if reference == nil { recall(window, played) }
    let balanced = isBalanced(window)
    if reference.map({ balanced && agree(window, played, $0) }) != true {
      reference = Reference(sums: window, start: windowStart, length: played)
      // A cycle is long enough to stand for one more.
      guard inCycles, balanced else { return 0 }
    }
    guard let reference else { return 0 }
    let (room, past) = (limit - now - Self.margin, now - reference.start)
    guard min(room, past) >= Self.shortest else { return 0 }
    // Cycles are not all of one length: the past may be a little short of whole windows.
    let repeats = min(
      Int(room.nanoseconds / played.nanoseconds),
      Int((past + played * 0.25).nanoseconds / played.nanoseconds))
    let skipped = TimeSpan(nanoseconds: played.nanoseconds * Int64(repeats))
    skippedInCycle += skipped
    if inCycles { lastCheckpoint = lastCheckpoint.map { $0 + skipped } }
    return repeats
  }

  /// Takes a known steady state that the window agrees with as if it had lasted until the window began.
  private mutating func recall(_ window: Sums, _ played: TimeSpan) {
    guard inCycles, let place = known.firstIndex(where: { agree(window, played, $0) }) else {
      return
    }
    var found = known.remove(at: place)
    found.start = windowStart - found.lasted
    reference = found
  }

  /// Rows that the window would have if nothing but what full leaves cost were different from the reference.
  private func expectedRows(
    in window: Sums, _ length: TimeSpan, after reference: Reference
  ) -> Double {
    guard reference.sums.rows > 0 else { return 0 }
    let before = reference.length.seconds / Double(reference.sums.rows)
    let more =
      window.passTimePerRow(over: length)
      - reference.sums.passTimePerRow(over: reference.length)
    return length.seconds / max(before / 8, before + more)
  }

  /// Whether two windows have the same rates: rows and log to within the tolerance and a batch or
  /// two more or less, arrivals also within three standard errors.
  ///
  /// What full leaves cost is known (`LeafPasses`), and rows are expected to be as much fewer or more.
  private func agree(_ window: Sums, _ length: TimeSpan, _ reference: Reference) -> Bool {
    let tolerance = inCycles ? Self.toleranceOfCycles : Self.tolerance
    let before = reference.sums
    let scale = length.seconds / reference.length.seconds
    func close(_ a: Double, _ b: Double, _ slack: Double) -> Bool {
      abs(a - b) <= (tolerance + slack) * max(a, b)
    }
    let rows = expectedRows(in: window, length, after: reference)
    let batchLog = Double(before.batchLog) * (rows / Double(max(1, before.rows)))
    let otherLog = Double(before.log - before.batchLog) * scale
    let batches = 2 / Double(max(1, min(window.batches, before.batches)))
    let chance =
      3 * (1 / Double(max(1, window.ended)) + 1 / Double(max(1, before.ended))).squareRoot()
    let traffic = 1 - Double(window.batchLog) / Double(max(1, window.log))
    return close(Double(window.rows), rows, batches)
      && close(Double(window.ended), Double(before.ended) * scale, chance)
      && close(Double(window.log), batchLog + otherLog, batches + chance * traffic)
  }

  /// Whether replicas are about as far behind as when the window began.
  private func isBalanced(_ window: Sums) -> Bool {
    abs(window.backlog) <= max(1 << 20, window.log / 16)
  }
}
