import Primitives

/// Lag between two readings: linear, as a backlog drains or grows.
struct LagPiece: Sendable {
  var from: Instant
  var to: Instant
  /// Nanoseconds at either end.
  var first: Int64
  var last: Int64

  func lag(at instant: Instant) -> Int64 {
    guard to > from else { return last }
    let share = Double((instant - from).nanoseconds) / Double((to - from).nanoseconds)
    return first + Int64((Double(last - first) * share).rounded())
  }

  func clipped(from start: Instant, to end: Instant) -> LagPiece? {
    let (start, end) = (max(from, start), min(to, end))
    guard start < end else { return nil }
    return LagPiece(from: start, to: end, first: lag(at: start), last: lag(at: end))
  }
}

/// The largest lag, and when it first came within 1 % of that: where lag stays level, nothing else tells the
/// moments near its largest value apart.
struct LagPeak: Sendable {
  private(set) var nanoseconds: Int64
  private(set) var at: Instant
  /// The lag at that moment.
  private var reached: Int64
  private static let level = 1.01

  init(nanoseconds: Int64, at: Instant) {
    (self.nanoseconds, self.at, reached) = (nanoseconds, at, nanoseconds)
  }

  func followed(by later: LagPeak) -> LagPeak {
    guard later.nanoseconds > nanoseconds else { return self }
    var peak = Double(later.nanoseconds) > Self.level * Double(reached) ? later : self
    peak.nanoseconds = later.nanoseconds
    return peak
  }
}

/// The lag of one replica over one phase.
struct LagStatistics: Sendable {
  private(set) var distribution = Distribution()
  /// Lag × time, both in seconds.
  private(set) var integral = 0.0
  /// Seconds.
  private(set) var time = 0.0
  private(set) var peak: LagPeak?

  mutating func add(_ piece: LagPiece) {
    note(LagPeak(nanoseconds: piece.first, at: piece.from))
    note(LagPeak(nanoseconds: piece.last, at: piece.to))
    weigh(piece, times: 1, shift: 0)
  }

  private mutating func note(_ later: LagPeak) {
    peak = peak?.followed(by: later) ?? later
  }

  /// Counts the piece `times` over, raised by `shift` nanoseconds but never below zero; maxima stay.
  mutating func weigh(_ piece: LagPiece, times: Int64, shift: Double) {
    let length = (piece.to - piece.from).nanoseconds
    guard length > 0 else { return }
    let seconds = Double(length * times) * 1e-9
    integral +=
      Self.meanAboveZero(Double(piece.first) + shift, Double(piece.last) + shift)
      * 1e-9 * seconds
    time += seconds
    let rise = Double(piece.last - piece.first)
    let count = Self.steps(of: piece)
    guard count > 1 else {
      let middle = Double(piece.first) + rise / 2 + shift
      distribution.record(Int64(max(0, middle)), weight: length * times)
      return
    }
    for step in 0..<count {
      let weight = length * (step + 1) / count - length * step / count
      let middle = Double(piece.first) + rise * (Double(step) + 0.5) / Double(count) + shift
      distribution.record(Int64(max(0, middle)), weight: weight * times)
    }
  }

  /// A piece is taken as so many level steps: none spans more than a 32nd of its highest lag, or
  /// else half a millisecond, which no reading of a server resolves.
  private static func steps(of piece: LagPiece) -> Int64 {
    let rise = abs(piece.last - piece.first)
    guard rise > finestStep else { return 1 }
    return min(32, rise * 32 / (max(piece.first, piece.last) + 1), rise / finestStep)
  }
  static let finestStep: Int64 = 500_000

  /// The mean of a line from `a` to `b` with its part below zero taken as zero.
  private static func meanAboveZero(_ a: Double, _ b: Double) -> Double {
    let (low, high) = (min(a, b), max(a, b))
    if low >= 0 { return (low + high) / 2 }
    return high <= 0 ? 0 : high / 2 * (high / (high - low))
  }

  mutating func merge(_ other: LagStatistics) {
    distribution.merge(other.distribution)
    integral += other.integral
    time += other.time
    if let later = other.peak { note(later) }
  }

  /// Seconds.
  var mean: Double? { time > 0 ? integral / time : nil }
  /// Time-weighted; the histogram sees a piece as up to 32 steps, so it stays below the maximum.
  func quantile(_ q: Double) -> Double? { distribution.quantile(q) }
}

/// One replica's lag over the run.
struct LagTrack: Sendable {
  /// False in a run that never skips: the pieces of a stretch need not be kept for its repeats.
  let skips: Bool
  private(set) var phases = Array(repeating: LagStatistics(), count: Phase.count)
  private var reading: (lag: Int64, at: Instant)?
  private var stretch: [LagPiece] = []
  private var skipped: Skipped?

  init(skips: Bool) { self.skips = skips }

  /// A stretch that goes on unplayed until the next reading tells how far lag drifted meanwhile.
  private struct Skipped: Sendable {
    var pieces: [LagPiece]
    var repeats: Int64
    var lag: Int64
    var resumed: Instant
  }

  /// Takes a reading and returns the piece between the last one and it.
  mutating func read(_ lag: Int64, at now: Instant, clock: PhaseClock) -> LagPiece? {
    if let skipped {
      replay(skipped, drift: Double(lag - skipped.lag), clock: clock)
      reading = (lag, skipped.resumed)
      self.skipped = nil
    }
    let piece = reading.map { LagPiece(from: $0.at, to: now, first: $0.lag, last: lag) }
    reading = (lag, now)
    if let piece {
      if skips { stretch.append(piece) }
      if let phase = clock.onlyPhase(of: piece) {
        phases[phase.rawValue].add(piece)
      } else {
        for (phase, part) in clock.split(piece) { phases[phase.rawValue].add(part) }
      }
    }
    return piece
  }

  /// Ends a stretch; with repeats, time goes on at `resumed`.
  mutating func endStretch(
    repeats: Int, at now: Instant, resumed: Instant, clock: PhaseClock
  ) -> LagPiece? {
    guard repeats > 0 else {
      stretch.removeAll(keepingCapacity: true)
      return nil
    }
    let piece = reading.flatMap { read($0.lag, at: now, clock: clock) }
    skipped = reading.map {
      Skipped(pieces: stretch, repeats: Int64(repeats), lag: $0.lag, resumed: resumed)
    }
    reading = nil
    stretch.removeAll(keepingCapacity: true)
    return piece
  }

  /// Holds the last reading until the end of the run.
  mutating func finish(at now: Instant, clock: PhaseClock) -> LagPiece? {
    (reading?.lag ?? skipped?.lag).flatMap { read($0, at: now, clock: clock) }
  }

  /// The k-th of r repeats lies k/r of the drift higher.
  ///
  /// Repeats are taken in up to 8 groups, each at its mean height: the mean stays exact, the histogram within a
  /// sixteenth of the drift, or within what no reading of a server resolves.
  private mutating func replay(_ skipped: Skipped, drift: Double, clock: PhaseClock) {
    let repeats = skipped.repeats
    let groups = min(repeats, 8, 1 + Int64(drift.magnitude) / LagStatistics.finestStep)
    for group in 0..<groups {
      let (low, high) = (repeats * group / groups, repeats * (group + 1) / groups)
      let shift = drift * Double(low + 1 + high) / 2 / Double(repeats)
      for piece in skipped.pieces {
        if let phase = clock.onlyPhase(of: piece) {
          phases[phase.rawValue].weigh(piece, times: high - low, shift: shift)
          continue
        }
        for (phase, part) in clock.split(piece) {
          phases[phase.rawValue].weigh(part, times: high - low, shift: shift)
        }
      }
    }
  }
}

extension PhaseClock {
  /// The phase in which the whole piece lies; nil where it crosses from one to another.
  func onlyPhase(of piece: LagPiece) -> Phase? {
    let phase = phase(of: piece.from + TimeSpan(nanoseconds: 1))
    return phase == self.phase(of: piece.to) ? phase : nil
  }

  /// The parts of the piece that lie in one phase each.
  func split(_ piece: LagPiece) -> [(Phase, LagPiece)] {
    let cuts = boundaries.filter { $0 > piece.from && $0 < piece.to }
    return zip([piece.from] + cuts, cuts + [piece.to]).compactMap { start, end in
      piece.clipped(from: start, to: end).map { (phase(of: start + TimeSpan(nanoseconds: 1)), $0) }
    }
  }
}
