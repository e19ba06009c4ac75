import Primitives

/// Time averages and extremes, per phase, of the quantities that change by steps.
struct Gauges: Sendable {
  private struct Track: Sendable {
    var value = 0.0
    var measured = false
  }
  private var tracks = Array(repeating: Track(), count: Gauge.allCases.count)
  private var since = Array(repeating: Instant.zero, count: Gauge.allCases.count)
  private var integrals = Ledger<Double>(count: Gauge.allCases.count * Phase.count)
  /// Infinite where the gauge was never set.
  private var maxima = Array(
    repeating: -Double.infinity, count: Gauge.allCases.count * Phase.count)
  private var minima = Array(
    repeating: Double.infinity, count: Gauge.allCases.count * Phase.count)

  mutating func set(_ gauge: Gauge, _ value: Double, at now: Instant, in phase: Phase) {
    settle(gauge.rawValue, at: now, in: phase)
    tracks[gauge.rawValue] = Track(value: value, measured: true)
    extend(gauge.rawValue, in: phase)
  }

  /// Charges the time so far to `phase`; the values go on in `next`.
  mutating func settle(at now: Instant, in phase: Phase, next: Phase) {
    for index in tracks.indices {
      settle(index, at: now, in: phase)
      if next != phase && tracks[index].measured { extend(index, in: next) }
    }
  }

  /// Ends a stretch at which everything is settled; time goes on at `resumed`.
  mutating func fold(times: Int, resumed: Instant) {
    integrals.fold(times: Double(times))
    for index in since.indices { since[index] = resumed }
  }

  private mutating func settle(_ index: Int, at now: Instant, in phase: Phase) {
    integrals.add(
      tracks[index].value * (now - since[index]).seconds, to: slot(index, phase))
    since[index] = now
  }

  private mutating func extend(_ index: Int, in phase: Phase) {
    let value = tracks[index].value
    let slot = slot(index, phase)
    if value > maxima[slot] { maxima[slot] = value }
    if value < minima[slot] { minima[slot] = value }
  }

  private func slot(_ index: Int, _ phase: Phase) -> Int {
    index * Phase.count + phase.rawValue
  }

  func maximum(_ gauge: Gauge, _ phases: [Phase]) -> Double? {
    phases.map { maxima[slot(gauge.rawValue, $0)] }.max().flatMap { $0.isFinite ? $0 : nil }
  }
  func minimum(_ gauge: Gauge, _ phases: [Phase]) -> Double? {
    phases.map { minima[slot(gauge.rawValue, $0)] }.min().flatMap { $0.isFinite ? $0 : nil }
  }
  /// Value × seconds; nil where the gauge was never set.
  func integral(_ gauge: Gauge, _ phases: [Phase]) -> Double? {
    guard maximum(gauge, phases) != nil else { return nil }
    return phases.reduce(0) { $0 + integrals[slot(gauge.rawValue, $1)] }
  }
}
