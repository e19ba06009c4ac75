import Primitives

/// How many rows the next batch asks for.
///
/// Towards a target time the size is steered in proportion to the last batch's time, damped:
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
  private var steering: Steering?

  private struct Steering: Sendable {
    var target: TimeSpan
    var bounds: ClosedRange<Int>
  }

  init(_ size: BatchSize) {
    switch size {
    case .rows(let rows):
      precondition(rows >= 1, "a batch of \(rows) rows")
      self.rows = rows
      steering = nil
    case .targetTime(let target, let minRows, let maxRows):
      precondition(target > .zero, "a target time of \(target.seconds) s")
      precondition(1 <= minRows && minRows <= maxRows, "rows from \(minRows) to \(maxRows)")
      rows = min(max(Self.firstRows, minRows), maxRows)
      steering = Steering(target: target, bounds: minRows...maxRows)
    }
  }

  /// The most rows that a batch can be asked for.
  var maxRows: Int { steering?.bounds.upperBound ?? rows }

  /// Keeps this size from now on: what someone sets by hand is not steered away from.
  mutating func fix(rows: Int) {
    precondition(rows >= 1, "a batch of \(rows) rows")
    self.rows = rows
    steering = nil
  }

  /// Learns from a committed batch that asked for `asked` rows and could have had them all.
  mutating func learn(asked: Int, duration: TimeSpan) {
    guard let steering else { return }
    let ratio = steering.target.seconds / max(duration.seconds, 1e-9)
    let factor = min(max(ratio.squareRoot(), Self.shrinkage), Self.growth)
    var next = (Double(asked) * factor).rounded()
    // Rounding alone would keep a size of one or two rows for ever.
    if next == Double(asked), (Double(asked) * ratio).rounded() > next { next += 1 }
    let bounds = steering.bounds
    rows = next >= Double(bounds.upperBound) ? bounds.upperBound : max(Int(next), bounds.lowerBound)
  }
}
