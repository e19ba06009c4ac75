import Glibc
import Primitives
import Synchronization

/// The run's own clock: nanoseconds of CLOCK_MONOTONIC since the run's start, as the strategy and the
/// recorder count them.
package final class LiveClock: Sendable {
  /// On CLOCK_MONOTONIC; moved only by `restart`.
  private let origin: Atomic<Int64>

  /// Instant zero is now.
  package init() { origin = Atomic(Self.monotonic) }

  /// Instant zero is `delay` from now; called once, before anything is timed.
  func restart(in delay: TimeSpan) {
    origin.store(Self.monotonic + delay.nanoseconds, ordering: .sequentiallyConsistent)
  }

  package var now: Instant {
    Instant(nanoseconds: Self.monotonic - origin.load(ordering: .relaxed))
  }

  /// Sleeps to the instant, unless `mustWake` says otherwise, which is asked every `patience`.
  ///
  /// The last stretch is one absolute sleep, so that its end is as exact as the thread's timer slack.
  package func sleep(
    until instant: Instant, patience: TimeSpan = .milliseconds(50), unless mustWake: () -> Bool
  ) {
    while !mustWake() {
      let left = instant - now
      guard left > .zero else { return }
      guard left > patience + patience else { return sleep(until: instant) }
      sleep(until: now + patience)
    }
  }

  package func sleep(until instant: Instant) {
    let (absolute, overflow) = origin.load(ordering: .relaxed)
      .addingReportingOverflow(instant.nanoseconds)
    let target = overflow ? Int64.max : absolute
    var time = timespec(
      tv_sec: Int(target / 1_000_000_000), tv_nsec: Int(target % 1_000_000_000))
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }

  private static var monotonic: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
