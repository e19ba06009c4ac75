import Primitives

/// Time averages and extremes, per phase, of the quantities that change by steps.
struct Gauges: Sendable {
  /// One gauge since it was last settled: what a change touches lies together.
  private struct Track: Sendable {
    var value = 0.0
    var since = Instant.zero
    /// Value × seconds.
    var integral = 0.0
    /// Infinite where the gauge was never set.
    var highest = -Double.infinity
    var lowest = Double.infinity

    mutating func set(_ value: Double, at now: Instant) {
      account(until: now)
      self.value = value
      if value > highest { highest = value }
      if value < lowest { lowest = value }
    }

    mutating func account(until now: Instant) {
      integral += value * (now - since).seconds
      since = now
    }
  }
  /// Transactions begin and end far more often than anything else changes.
  private var active = Track()
  private var tracks = Array(repeating: Track(), count: Gauge.allCases.count)
  private var integrals = Ledger<Double>(count: Gauge.allCases.count * Phase.count)
  private var maxima = Array(
    repeating: -Double.infinity, count: Gauge.allCases.count * Phase.count)
  private var minima = Array(
    repeating: Double.infinity, count: Gauge.allCases.count * Phase.count)

  mutating func set(_ gauge: Gauge, _ value: Double, at now: Instant) {
    if gauge == .appActive { return active.set(value, at: now) }
    tracks[gauge.rawValue].set(value, at: now)
  }

  mutating func setActive(_ value: Double, at now: Instant) { active.set(value, at: now) }

  /// Charges what happened so far to `phase`; the values go on.
  mutating func settle(at now: Instant, in phase: Phase) {
    tracks[Gauge.appActive.rawValue] = active
    defer { active = tracks[Gauge.appActive.rawValue] }
    for index in tracks.indices {
      tracks[index].account(until: now)
      let track = tracks[index]
      let slot = slot(index, phase)
      integrals.add(track.integral, to: slot)
      maxima[slot] = max(maxima[slot], track.highest)
      minima[slot] = min(minima[slot], track.lowest)
      let isSet = track.highest.isFinite
      tracks[index] = Track(
        value: track.value, since: now, highest: isSet ? track.value : -.infinity,
        lowest: isSet ? track.value : .infinity)
    }
  }

  /// Ends a stretch at which everything is settled; time goes on at `resumed`.
  mutating func fold(times: Int, resumed: Instant) {
    integrals.fold(times: Double(times))
    for index in tracks.indices { tracks[index].since = resumed }
    active.since = resumed
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
