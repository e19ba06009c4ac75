import Primitives

/// The most that was counted within one second of the clock, per phase.
struct PeakRate: Sendable {
  private var second = Int64.min
  private var amount: Int64 = 0
  private var peaks = Array(repeating: Int64(0), count: Phase.count)

  mutating func add(_ more: Int64, at now: Instant, in phase: Phase) {
    let second = now.nanoseconds / 1_000_000_000
    if second != self.second { close(in: phase) }
    self.second = second
    amount += more
  }

  /// Ends the running second early: the phase, the stretch or the run is over.
  mutating func close(in phase: Phase) {
    peaks[phase.rawValue] = max(peaks[phase.rawValue], amount)
    amount = 0
    second = .min
  }

  /// Per second.
  func maximum(_ phases: [Phase]) -> Double { Double(phases.map { peaks[$0.rawValue] }.max() ?? 0) }
}
