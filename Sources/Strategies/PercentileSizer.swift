import Primitives

/// The size in proportion to the target over the 90th percentile of eleven batches.
///
/// block/spirit, `pkg/table/chunker_optimistic.go`, `dynamic_chunk_sizer.go`: answers for another size
/// are ignored; more than five times the target cuts the size to a tenth at once; else, after eleven,
/// `next = size · target / p90`, at most half as much again, where p90 is the second largest.
struct PercentileSizer: Sendable {
  static let samples = 11
  static let growth = 1.5
  static let panicFactor = 5.0

  private let steering: Steering
  /// In seconds or bytes.
  private let target: Double
  private var seen: [Double] = []
  private(set) var rows: Int

  init(_ steering: Steering) {
    self.steering = steering
    target =
      switch steering.goal {
      case .time(let span): span.seconds
      case .bytes(let bytes, _): Double(bytes)
      }
    rows = steering.rows(Double(steering.firstRows))
  }

  /// A batch that asked for `asked` rows changed `done` of them.
  mutating func learn(asked: Int, done: Int, duration: TimeSpan) {
    guard asked == rows else { return }
    let size =
      switch steering.goal {
      case .time: max(duration.seconds, 1e-9)
      case .bytes(_, let perRow): Double(done * perRow)
      }
    if size > target * Self.panicFactor { return change(to: Double(rows) / (2 * Self.panicFactor)) }
    seen.append(size)
    guard seen.count == Self.samples else { return }
    let p90 = seen.sorted(by: >)[seen.count / 10]
    change(to: min(Double(rows) * target / p90, Double(rows) * Self.growth))
  }

  private mutating func change(to wanted: Double) {
    rows = steering.rows(wanted)
    seen = []
  }
}
