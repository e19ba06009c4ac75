import Primitives

/// Decides when a stretch of time may be skipped because nothing in it would differ.
///
/// Time is played in windows. When two undisturbed windows in a row agree, the time after them is
/// skipped: never longer than twice the time since the last disturbance (so that what decays, such as
/// page images after a checkpoint, is met again on a geometric grid) and never past the next thing
/// that is known to come. Windows that disagree are followed by longer ones: a throttle that flaps is
/// steady once a window holds many of its cycles. Whatever was measured in the last window then counts for the skipped time too.
struct SteadyState {
  /// Played length of the shortest and the longest window.
  static let window = TimeSpan.seconds(4)
  static let longestWindow = TimeSpan.seconds(64)
  /// Shorter skips save less than finding them costs.
  static let shortest = TimeSpan.seconds(10)
  /// Played again before what is known to come.
  static let margin = TimeSpan.seconds(2)

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

    static func - (a: Sums, b: Sums) -> Sums {
      Sums(
        rows: a.rows - b.rows, batches: a.batches - b.batches, log: a.log - b.log,
        batchLog: a.batchLog - b.batchLog, batchImages: a.batchImages - b.batchImages,
        moved: a.moved - b.moved, ended: a.ended - b.ended,
        checkpointPages: a.checkpointPages - b.checkpointPages,
        vacuumPages: a.vacuumPages - b.vacuumPages,
        trafficImages: a.trafficImages - b.trafficImages, operations: a.operations - b.operations,
        backlog: a.backlog - b.backlog)
    }
  }

  private var length = Self.window
  /// Model times.
  private(set) var windowStart = Instant.zero
  private(set) var disturbedAt = Instant.zero
  private(set) var startSums = Sums()
  private var previous: (sums: Sums, length: TimeSpan)?

  mutating func disturbed(at now: Instant) {
    disturbedAt = now
    length = Self.window
  }

  mutating func disagreed() {
    if disturbedAt < windowStart && previous != nil {
      length = min(length + length, Self.longestWindow)
    }
  }

  func isWindowOver(at now: Instant) -> Bool { now - windowStart >= length }

  /// Starts a window; the one before is the one to agree with if it was undisturbed.
  mutating func begin(at now: Instant, totals: Sums, after window: (Sums, TimeSpan)?) {
    windowStart = now
    startSums = totals
    previous = window
  }

  /// Whether the window that ends now repeats the one before it, which may have been shorter.
  func agrees(_ window: Sums, length: TimeSpan) -> Bool {
    guard disturbedAt < windowStart, let (sums, shorter) = previous else { return false }
    let scale = length.seconds / shorter.seconds
    func before(_ sum: Int) -> Double { Double(sum) * scale }
    return Self.close(Double(window.rows), before(sums.rows), of: window.batches)
      && Self.close(Double(window.log), before(Int(sums.log)), of: window.batches + window.ended)
      && Self.close(Double(window.ended), before(sums.ended), of: window.ended)
      && abs(window.backlog) <= max(1 << 20, window.log / 16)
  }

  /// A tenth, and three standard errors of the count of events behind the figures.
  private static func close(_ a: Double, _ b: Double, of events: Int) -> Bool {
    let spread = 3 / Double(max(1, events)).squareRoot()
    return abs(a - b) <= (0.1 + min(1, spread)) * max(a, b)
  }

  /// How many windows may be skipped, given when the next known thing comes.
  func repeats(at now: Instant, until limit: Instant, window: TimeSpan) -> Int {
    let room = min(limit - now - Self.margin, (now - disturbedAt) * 2)
    return room < Self.shortest ? 0 : Int(room.nanoseconds / window.nanoseconds)
  }
}
