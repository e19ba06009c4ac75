import EventKernel
import Primitives

/// What a CPU has done, as exact counts and integrals over time.
package struct CPUStatistics: Sendable {
  /// Processes that run, wait or hold a core.
  package private(set) var present = TimeWeighted()
  package private(set) var waiting = TimeWeighted()
  package private(set) var arrivals = 0
  package private(set) var completions = 0
  package private(set) var withdrawals = 0
  package internal(set) var preemptions = 0
  /// Nanoseconds of service up to the last accounting; `CPU.busy(at:)` adds what is under way.
  package internal(set) var delivered: Int64 = 0

  mutating func arrive(at now: Instant) {
    arrivals += 1
    present.add(1, at: now)
  }
  mutating func complete(at now: Instant) {
    completions += 1
    present.add(-1, at: now)
  }
  mutating func withdraw(at now: Instant) {
    withdrawals += 1
    present.add(-1, at: now)
  }
  mutating func enterLine(at now: Instant) { waiting.add(1, at: now) }
  mutating func leaveLine(at now: Instant) { waiting.add(-1, at: now) }
}
