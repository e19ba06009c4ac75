import Gates
import Primitives
import Scenarios
import Strategies
import Traffic

/// The largest batch whose locks the gates on waits, latency and unserved transactions allow.
///
/// Rows are held for times spread evenly between c (the commit) and L = c + b·n, so that of the waits
/// longer than δ the share ((L − w)/(L − δ))² is longer than w, and their mean is δ + (L − δ)/3
/// (`LockHold`; δ ≥ c). Metrics of waits leave those under 10 ms out: δ = 10 ms.
struct HoldBound {
  /// Waits shorter than this are not counted in `locks.wait` (docs/metrics.md).
  private static let counted = 0.010

  private let scenario: Scenario
  private let order: FirstOrder
  private let cycle: BatchCycle

  init(_ scenario: Scenario, _ order: FirstOrder) {
    self.scenario = scenario
    self.order = order
    cycle = BatchCycle(scenario, order)
  }

  var bound: BatchBounds.Bound {
    let formula = "waits follow the hold: up to cost of a row x rows + commit"
    let byGate = scenario.gates.compactMap { gate in rows(for: gate).map { (gate, $0) } }
    if let (gate, rows) = byGate.min(by: { $0.1 < $1.1 }) {
      return .init(
        reason: .hold, rows: rows, limit: gate.words, gate: gate.id, formula: formula)
    }
    let patient = scenario.traffic.filter { lockedRows($0) > 0 }
      .compactMap { one in one.timeout.map { (one.name, $0.seconds) } }.min { $0.1 < $1.1 }
    guard let (name, timeout) = patient else {
      return .init(
        reason: .hold, rows: .infinity, limit: "no gate or timeout limits a wait",
        formula: formula)
    }
    return .init(
      reason: .hold, rows: rows(longest: timeout), limit: "no gate: the timeout of \(name)",
      formula: formula)
  }

  /// Nil where the gate says nothing about waits for locks.
  private func rows(for gate: GateRule) -> Double? {
    guard let gate = scenario.gates(on: [gate.metric.name]).first(where: { $0 == gate }) else {
      return nil
    }
    let (name, limit) = (gate.metric.name, gate.limit.number)
    let tail = Self.tails.first { name.hasSuffix($0.0) }?.1
    switch name {
    case "locks.wait.mean": return rows(longest: Self.longest(meanWait: limit, order))
    case _ where name.hasPrefix("locks.wait."):
      return tail.map { rows(longest: Self.longest(wait: limit, tail: $0, order)) }
    case "app.latency.max": return rows(longest: limit)
    case _ where name.hasPrefix("app.latency."):
      return tail.flatMap { rows(gate, waiting: { _ in limit }, share: $0) }
    case "app.unserved_ratio": return rows(gate, waiting: { $0.timeout?.seconds }, share: limit)
    default: return nil
    }
  }

  /// Shares of the values beyond each percentile.
  private static let tails = [
    (".p50", 0.5), (".p95", 0.05), (".p999", 0.001), (".p99", 0.01), (".max", 0.0),
  ]

  private func rows(longest: Double) -> Double { order.batch.rows(forHold: longest) }

  private static func longest(meanWait: Double, _ order: FirstOrder) -> Double {
    let least = max(counted, order.batch.commit)
    return meanWait > least ? least + 3 * (meanWait - least) : least
  }

  private static func longest(wait: Double, tail: Double, _ order: FirstOrder) -> Double {
    let least = max(counted, order.batch.commit)
    let root = tail.squareRoot()
    return wait > least ? (wait - least * root) / (1 - root) : least
  }

  /// The largest batch at which no more than `share` of the gate's transactions wait longer than
  /// their class allows.
  ///
  /// A table of N rows walked at R rows a second delays a transaction that locks m of them with
  /// probability m·(R/N)·E[(H − w)⁺]. Found by halving: it grows with n. Nil where no class that locks
  /// rows has a limit.
  private func rows(
    _ gate: GateRule, waiting limit: (TrafficClass) -> Double?, share: Double
  ) -> Double? {
    let classes = scenario.traffic.filter {
      $0.replica == nil && (gate.metric["class"] ?? $0.name) == $0.name
    }
    let weights = classes.map { $0.rate(at: scenario.run.startAt) }
    let all = weights.reduce(0, +)
    guard all > 0, classes.contains(where: { limit($0) != nil && lockedRows($0) > 0 }) else {
      return nil
    }
    let matching = order.rows > 0 ? order.updates / order.rows : 0
    func exceeding(_ rows: Double) -> Double {
      let hold = order.batch.hold(rows: rows)
      let pace = min(cycle.rate(rows: rows), otherRates) / order.rows
      return zip(classes, weights).reduce(0) { sum, pair in
        guard let limit = limit(pair.0) else { return sum }
        return sum + pair.1 / all * pace
          * hold.waits(longerThan: limit, writeRate: lockedRows(pair.0) * matching)
      }
    }
    var (low, high) = (0.0, order.rows)
    if exceeding(high) <= share { return .infinity }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if exceeding(middle) > share { high = middle } else { low = middle }
    }
    return low
  }

  /// Rows a second that anything but the workers' own time allows.
  private var otherRates: Double {
    order.rates.bounds.filter { $0.limitsBackfill && $0.resource != .workers }
      .map(\.rowsPerSecond).min() ?? .infinity
  }

  /// Rows of the backfilled table that one transaction of the class locks.
  private func lockedRows(_ one: TrafficClass) -> Double {
    one.statements.filter { $0.table == 0 && $0.kind != .select && $0.kind != .insert }
      .reduce(0) { $0 + Double($1.rows) }
  }
}
