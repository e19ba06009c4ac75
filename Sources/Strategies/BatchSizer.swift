import Primitives

/// How many rows the next batch asks for.
///
/// A runner's own rule is one of `AverageRateSizer`, `PercentileSizer` and `ThroughputSizer`. Towards a
/// plain target time the size is steered in proportion to the last batch's time, damped:
/// `next = rows · √(target / duration)`, where `rows` is what *that* batch asked for, so several
/// answers for the same old size do not compound. For a cost `a + b·rows` with `a < target` this
/// converges from either side without overshoot: at the fixed point its slope is 1 − (1 − a/target)/2.
struct BatchSizer: Sendable {
  /// A larger size is tried in small steps because too large a batch hurts before it is known to be
  /// too large: 1.5 is the growth limit of block/spirit, `pkg/table/dynamic_chunk_sizer.go`.
  static let growth = 1.5
  /// One slow batch, behind a lock or a checkpoint, is not to undo a dozen good ones.
  static let shrinkage = 0.25
  /// The first size, if the bounds allow it: the usual start of gh-ost, pt-online-schema-change and
  /// spirit.
  static let firstRows = 1_000

  private(set) var rows: Int
  /// The most rows that a batch can be asked for.
  private(set) var maxRows: Int
  private var law: Law

  /// How the size follows; a runner's own rule keeps its own size.
  private enum Law: Sendable {
    case fixed
    case damped(target: TimeSpan, bounds: ClosedRange<Int>)
    case averageRate(AverageRateSizer)
    case percentile(PercentileSizer)
    case throughput(ThroughputSizer)
  }

  init(_ size: BatchSize) {
    switch size {
    case .rows(let rows):
      precondition(rows >= 1, "a batch of \(rows) rows")
      self.rows = rows
      law = .fixed
      maxRows = rows
    case .targetTime(let target, let minRows, let maxRows):
      precondition(target > .zero, "a target time of \(target.seconds) s")
      precondition(1 <= minRows && minRows <= maxRows, "rows from \(minRows) to \(maxRows)")
      rows = min(max(Self.firstRows, minRows), maxRows)
      law = .damped(target: target, bounds: minRows...maxRows)
      self.maxRows = maxRows
    case .steered(let steering):
      precondition(
        1 <= steering.minRows && steering.minRows <= steering.maxRows,
        "rows from \(steering.minRows) to \(steering.maxRows)")
      law = Self.law(steering)
      rows = steering.firstRows
      maxRows = steering.maxRows
      rows = followed ?? steering.firstRows
    }
  }

  private static func law(_ steering: Steering) -> Law {
    switch (steering.law, steering.goal) {
    case (.averageRate, .time(let target)):
      .averageRate(AverageRateSizer(steering, target: target))
    case (.welch, .bytes(let bytes, let perRow)):
      .throughput(ThroughputSizer(steering, bytes: bytes, perRow: perRow))
    case (.p90, _): .percentile(PercentileSizer(steering))
    case (.averageRate, .bytes), (.welch, .time):
      preconditionFailure("\(steering.law.rawValue) does not steer for \(steering.goal)")
    }
  }

  /// The size that a runner's rule has come to.
  private var followed: Int? {
    switch law {
    case .fixed, .damped: nil
    case .averageRate(let sizer): sizer.rows
    case .percentile(let sizer): sizer.rows
    case .throughput(let sizer): sizer.rows
    }
  }

  /// Keeps this size from now on: what someone sets by hand is not steered away from.
  mutating func fix(rows: Int) {
    precondition(rows >= 1, "a batch of \(rows) rows")
    self.rows = rows
    maxRows = rows
    law = .fixed
  }

  /// Cuts a fixed size to this share of what it is, but not below that share of the first size.
  mutating func shrink(by share: Double, notBelow least: Int) {
    guard case .fixed = law, Int(Double(rows) * share) >= least else { return }
    rows = max(1, Int(Double(rows) * share))
  }

  /// Learns from a committed batch that asked for `asked` rows, could have had them all, and changed
  /// `done` of them.
  mutating func learn(asked: Int, done: Int, duration: TimeSpan) {
    switch law {
    case .fixed: return
    case .damped(let target, let bounds):
      return learn(asked: asked, duration: duration, target: target, bounds: bounds)
    case .averageRate(var sizer):
      sizer.learn(done: done, duration: duration)
      law = .averageRate(sizer)
    case .percentile(var sizer):
      sizer.learn(asked: asked, done: done, duration: duration)
      law = .percentile(sizer)
    case .throughput(var sizer):
      sizer.learn(done: done, duration: duration)
      law = .throughput(sizer)
    }
    rows = followed ?? rows
  }

  private mutating func learn(
    asked: Int, duration: TimeSpan, target: TimeSpan, bounds: ClosedRange<Int>
  ) {
    let ratio = target.seconds / max(duration.seconds, 1e-9)
    let factor = min(max(ratio.squareRoot(), Self.shrinkage), Self.growth)
    var next = (Double(asked) * factor).rounded()
    // Rounding alone would keep a size of one or two rows for ever.
    if next == Double(asked), (Double(asked) * ratio).rounded() > next { next += 1 }
    rows = next >= Double(bounds.upperBound) ? bounds.upperBound : max(Int(next), bounds.lowerBound)
  }
}
