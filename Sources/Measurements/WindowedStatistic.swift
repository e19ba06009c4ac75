import Gates
import Primitives

/// One gate's statistic, window by window.
///
/// A transaction counts in the window of its intended arrival, so a window stays open until its
/// last transaction has ended. Windows start with the phase, and anew after every skip.
struct WindowedStatistic: Sendable {
  struct Window: Sendable {
    var start: Instant
    var end: Instant
    var arrived = 0
    var ended = 0
    var unserved = 0
    var distribution = Distribution()
    var lag = LagStatistics()
    /// How many windows this one stands for: itself and its skipped likenesses.
    var weight = 1
  }
  private struct Reduced: Sendable {
    var value: Double
    var start: Instant
    var weight: Int
  }

  let subject: Subject
  private let window: GateRule.Window
  private let comparison: GateRule.Comparison
  private var anchor: Instant?
  private var phaseEnd: Instant?
  private var open: [Window] = []
  private var reduced: [Reduced] = []

  init(_ window: GateRule.Window, of subject: Subject, comparison: GateRule.Comparison) {
    self.window = window
    self.subject = subject
    self.comparison = comparison
  }

  mutating func begin(_ phase: Phase, at now: Instant) {
    if subject.phases.contains(phase) {
      if anchor == nil { anchor = now }
    } else if anchor != nil && phaseEnd == nil {
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
    if !served { open[index].unserved += 1 }
    if case .latency = subject.source {
      open[index].distribution.record(latency.nanoseconds)
    }
  }

  mutating func waited(_ span: TimeSpan, at instant: Instant) {
    guard let index = find(instant) else { return }
    open[index].distribution.record(span.nanoseconds)
  }

  mutating func lagged(_ piece: LagPiece) {
    var start = piece.from
    while start < piece.to, let index = find(start) {
      let end = open[index].end
      if let part = piece.clipped(from: start, to: end) { open[index].lag.add(part) }
      start = end
    }
  }

  /// The windows that the stretch played whole stand for its repeats; a window that the skip cuts
  /// is lost, and the next one starts after it.
  mutating func endStretch(from start: Instant, to now: Instant, repeats: Int, resumed: Instant) {
    close(until: now)
    guard repeats > 0 else { return }
    for index in reduced.indices.reversed() {
      if reduced[index].start < start { break }
      reduced[index].weight *= 1 + repeats
    }
    for index in open.indices where open[index].start >= start { open[index].weight *= 1 + repeats }
    open.removeAll { $0.end > now }
    if anchor != nil { anchor = resumed }
  }

  /// The worst or the median window; nil where no window counts.
  mutating func finish(at now: Instant) -> Double? {
    for window in open where window.end <= min(now, phaseEnd ?? now) { reduce(window) }
    open.removeAll()
    guard window.take == .median else { return reduced.map(\.value).max(by: isBetter) }
    let sorted = reduced.sorted { $0.value < $1.value }
    let half = (sorted.reduce(0) { $0 + $1.weight } + 1) / 2
    var seen = 0
    return sorted.first {
      seen += $0.weight
      return seen >= half
    }?.value
  }

  /// The start of the first window whose value does not hold.
  func firstBreach(of limit: Double) -> Instant? {
    reduced.filter { !comparison.holds($0.value, limit) }.map(\.start).min()
  }

  private func isBetter(_ a: Double, _ b: Double) -> Bool {
    switch comparison {
    case .atMost, .below: a < b
    case .atLeast, .above: a > b
    }
  }

  private mutating func find(_ instant: Instant) -> Int? {
    var index = open.count - 1
    while index >= 0 {
      if open[index].start <= instant && instant < open[index].end { return index }
      index -= 1
    }
    guard let anchor, instant >= anchor, phaseEnd.map({ instant < $0 }) ?? true else { return nil }
    let every = window.every.nanoseconds
    let start = Instant(
      nanoseconds: instant.nanoseconds - (instant.nanoseconds - anchor.nanoseconds) % every)
    guard reduced.last.map({ start > $0.start }) ?? true else { return nil }
    close(until: instant)
    open.append(Window(start: start, end: start + window.every))
    return open.count - 1
  }

  private mutating func close(until now: Instant) {
    while let first = open.first, first.end <= now, first.ended >= first.arrived {
      open.removeFirst()
      if phaseEnd.map({ first.end <= $0 }) ?? true { reduce(first) }
    }
  }

  private mutating func reduce(_ window: Window) {
    guard let value = subject.value(of: window) else { return }
    reduced.append(Reduced(value: value, start: window.start, weight: window.weight))
  }
}
