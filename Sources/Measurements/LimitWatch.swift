import Gates
import Primitives

/// For how long, and since when, a gate's latency or lag was beyond its limit.
///
/// Time is cut into slices of one second of intended arrivals. A slice is beyond the limit where
/// its own statistic is: for a quantile q, where more than a share 1 − q of its transactions took
/// longer. So a stall counts for as long as requests kept arriving into it.
struct LimitWatch: Sendable {
  private struct Slice: Sendable {
    var count: UInt32 = 0
    var over: UInt32 = 0
    var sum: Int64 = 0
  }
  /// Index among the plan's gates.
  let gate: Int
  let statistic: Statistic
  let classIndex: Int?
  /// Nanoseconds; nil until a limit that counts from the before phase is known.
  var limit: Int64?
  private var slices: [Slice] = []

  /// Nil for a gate that is not on a latency.
  init?(gate: Int, _ rule: GateRule, classes: [String]) {
    self.gate = gate
    guard let statistic = Statistic(metric: rule.metric.name, family: "app.latency") else {
      return nil
    }
    self.statistic = statistic
    classIndex = rule.metric["class"].map { classes.firstIndex(of: $0) ?? -1 }
    if case .value(let seconds) = rule.limit { limit = TimeSpan(seconds: seconds).nanoseconds }
  }

  func counts(class index: Int) -> Bool { classIndex.map { $0 == index } ?? true }

  /// `offset` is the intended arrival, counted from the start of the during phase.
  mutating func ended(offset: TimeSpan, latency: TimeSpan) {
    guard let limit, offset >= .zero else { return }
    let index = Int(offset.nanoseconds / 1_000_000_000)
    while slices.count <= index { slices.append(Slice()) }
    slices[index].count += 1
    slices[index].sum += latency.nanoseconds
    if latency.nanoseconds > limit { slices[index].over += 1 }
  }

  func isOver(second index: Int) -> Bool {
    guard index < slices.count, let limit else { return false }
    let slice = slices[index]
    guard slice.count > 0 else { return false }
    switch statistic {
    case .mean: return Double(slice.sum) > Double(limit) * Double(slice.count)
    case .max: return slice.over > 0
    default: return Double(slice.over) > (1 - (statistic.quantile ?? 0)) * Double(slice.count)
    }
  }

  var seconds: Int { slices.count }
  /// Seconds since the start of the during phase.
  var firstBreach: Int? { (0..<slices.count).first { isOver(second: $0) } }
}

/// The moment at which a replica's lag first passed a gate's limit.
struct LagWatch: Sendable {
  /// Index among the plan's gates.
  let gate: Int
  let replica: Int?
  /// Nanoseconds.
  var limit: Int64?
  private(set) var firstBreach: Instant?

  /// Nil for a gate that is not on a replica's lag.
  init?(gate: Int, _ rule: GateRule, replicas: [String]) {
    self.gate = gate
    guard Statistic(metric: rule.metric.name, family: "replica.lag") != nil else { return nil }
    replica = rule.metric["replica"].map { replicas.firstIndex(of: $0) ?? -1 }
    if case .value(let seconds) = rule.limit { limit = TimeSpan(seconds: seconds).nanoseconds }
  }

  /// Looks only at lag since the backfill began.
  mutating func lagged(_ piece: LagPiece, replica: Int, since start: Instant) {
    guard firstBreach == nil, let limit, self.replica.map({ $0 == replica }) ?? true,
      let piece = piece.clipped(from: start, to: .distantFuture)
    else { return }
    if piece.first > limit {
      firstBreach = piece.from
    } else if piece.last > limit {
      let share = Double(limit - piece.first) / Double(piece.last - piece.first)
      firstBreach = piece.from + (piece.to - piece.from) * share
    }
  }
}
