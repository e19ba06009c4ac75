import Gates
import Primitives

/// One gate's statistic, window by window.
///
/// Windows follow each other from the start of the phase. A transaction counts in the window of its
/// intended arrival, so a window stays open until its last transaction has ended. Time that the run
/// skips is made of the stretch that stands for it: a window in it holds that stretch's samples,
/// weighted by the share of the window over the length of the stretch.
struct WindowedStatistic: Sendable {
  struct Window: Sendable {
    var start: Instant
    var end: Instant
    /// Played transactions; the window is complete when all that arrived have ended.
    var arrived = 0
    var ended = 0
    /// Weights: a played transaction counts `grain`.
    var counted: Int64 = 0
    var unserved: Int64 = 0
    var distribution = Distribution()
    var lag = LagStatistics()
  }
  /// What one sample weighs, so that a share of one is still a whole number.
  static let grain: Int64 = 1_024

  /// What the current stretch saw, kept in case it stands for more than itself.
  private struct Stretch: Sendable {
    var counted: Int64 = 0
    var unserved: Int64 = 0
    var samples: [Int64] = []
    var pieces: [LagPiece] = []
  }
  private struct Reduced: Sendable {
    var value: Double
    var start: Instant
    var windows: Int
  }

  /// Index among the plan's gates.
  let gate: Int
  let subject: Subject
  private let window: GateRule.Window
  private let comparison: GateRule.Comparison
  private var phaseStart: Instant?
  private var phaseEnd: Instant?
  /// By start.
  private var open: [Window] = []
  /// Everything that ends by then is closed, but for what is still open.
  private var closedUntil = Instant.zero
  private var reduced: [Reduced] = []
  private var stretch = Stretch()

  init(gate: Int, _ window: GateRule.Window, of subject: Subject, comparison: GateRule.Comparison) {
    self.gate = gate
    self.window = window
    self.subject = subject
    self.comparison = comparison
  }

  mutating func begin(_ phase: Phase, at now: Instant) {
    if subject.phases.contains(phase) {
      if phaseStart == nil { phaseStart = now }
    } else if phaseStart != nil && phaseEnd == nil {
      phaseEnd = now
    }
  }

  mutating func arrived(intended: Instant) {
    guard let index = find(intended) else { return }
    open[index].arrived += 1
  }

  mutating func ended(intended: Instant, latency: TimeSpan, served: Bool) {
    guard let index = find(intended) else { return }
    open[index].ended += 1
    open[index].counted += Self.grain
    stretch.counted += 1
    if !served {
      open[index].unserved += Self.grain
      stretch.unserved += 1
    }
    if case .latency = subject.source { sample(latency, index) }
  }

  mutating func waited(_ span: TimeSpan, at instant: Instant) {
    if let index = find(instant) { sample(span, index) }
  }

  private mutating func sample(_ span: TimeSpan, _ index: Int) {
    open[index].distribution.record(span.nanoseconds, weight: Self.grain)
    stretch.samples.append(span.nanoseconds)
  }

  mutating func lagged(_ piece: LagPiece) {
    stretch.pieces.append(piece)
    var start = piece.from
    while start < piece.to, let index = find(start) {
      let end = open[index].end
      if let part = piece.clipped(from: start, to: end) { open[index].lag.add(part) }
      start = end
    }
  }

  /// Fills the windows of the skipped time with the stretch, and starts a new one.
  mutating func endStretch(from start: Instant, to now: Instant, resumed: Instant) {
    defer { stretch = Stretch() }
    let length = (now - start).nanoseconds
    guard resumed > now, length > 0, phaseStart != nil, phaseEnd == nil else { return }
    var from = now
    while from < resumed, let index = find(from) {
      let to = min(resumed, open[index].end)
      let share = Double((to - from).nanoseconds) / Double(length)
      fill(&open[index], share: share, at: from)
      let whole = open[index].start == from && open[index].end == to
      from = to
      guard whole, let value = subject.value(of: open[index]) else { continue }
      // All further whole windows are alike.
      let alike = Int((resumed - from).nanoseconds / window.every.nanoseconds)
      guard alike > 0 else { continue }
      reduced.append(Reduced(value: value, start: from, windows: alike))
      from = from + TimeSpan(nanoseconds: Int64(alike) * window.every.nanoseconds)
      closedUntil = from
    }
  }

  private func fill(_ window: inout Window, share: Double, at instant: Instant) {
    let weight = Int64((share * Double(Self.grain)).rounded())
    window.counted += stretch.counted * weight
    window.unserved += stretch.unserved * weight
    for sample in stretch.samples { window.distribution.record(sample, weight: weight) }
    for piece in stretch.pieces {
      var part = piece
      part.from = instant
      part.to = instant + (piece.to - piece.from) * share
      window.lag.add(part)
    }
  }

  /// The worst or the median window; nil where no window counts.
  mutating func finish(at now: Instant) -> Double? {
    let end = min(now, phaseEnd ?? now)
    for window in open where window.end <= end { reduce(window) }
    open.removeAll()
    guard window.take == .median else { return reduced.map(\.value).max(by: isBetter) }
    let sorted = reduced.sorted { $0.value < $1.value }
    let half = (sorted.reduce(0) { $0 + $1.windows } + 1) / 2
    var seen = 0
    return sorted.first {
      seen += $0.windows
      return seen >= half
    }?.value
  }

  /// The start of the first window whose value does not hold; a median has no moment.
  func firstBreach(of limit: Double) -> Instant? {
    guard window.take == .worst else { return nil }
    return reduced.filter { !comparison.holds($0.value, limit) }.map(\.start).min()
  }

  private func isBetter(_ a: Double, _ b: Double) -> Bool { comparison.isUpper ? a < b : a > b }

  /// The open window around the instant; nil outside the phase and where it is closed.
  private mutating func find(_ instant: Instant) -> Int? {
    var index = open.count - 1
    while index >= 0 {
      if open[index].start <= instant && instant < open[index].end { return index }
      index -= 1
    }
    guard let phaseStart, instant >= phaseStart, instant >= closedUntil,
      phaseEnd.map({ instant < $0 }) ?? true
    else { return nil }
    let offset = (instant - phaseStart).nanoseconds % window.every.nanoseconds
    let start = instant - TimeSpan(nanoseconds: offset)
    close(until: start)
    open.append(Window(start: start, end: start + window.every))
    return open.count - 1
  }

  private mutating func close(until now: Instant) {
    while let first = open.first, first.end <= now, first.ended >= first.arrived {
      open.removeFirst()
      closedUntil = max(closedUntil, first.end)
      if phaseEnd.map({ first.end <= $0 }) ?? true { reduce(first) }
    }
  }

  private mutating func reduce(_ window: Window) {
    guard let value = subject.value(of: window) else { return }
    reduced.append(Reduced(value: value, start: window.start, windows: 1))
  }
}
