import Primitives

extension Strategy {
  /// The key up to which everything is committed.
  package var watermark: Key? { progress.watermark }
  package var rowsCommitted: Int { tally.rows }
  /// `finish` or `abort` was returned.
  package var isEnded: Bool { stage == .ended }

  /// Where a later run can go on.
  ///
  /// Ranges that were given up are tried again.
  ///
  /// - Complexity: O(n log n) for n committed ranges above the watermark.
  package var resumePoint: ResumePoint {
    ResumePoint(
      watermark: watermark, committedAbove: progress.committedAbove,
      rows: (configuration.resume?.rows ?? 0) + tally.rows)
  }

  /// What holds the backfill back; a pause or a delay only if no batch is in flight.
  ///
  /// Nil also while it waits for a lookup.
  package var pausedBecause: PauseCause? {
    guard stage == .running else { return nil }
    if let cause = throttle.cause { return cause }
    guard workers.busy == 0 else { return nil }
    return if workers.backingOff > 0 || lookup.isDelayed {
      .backoff
    } else if workers.pausing > 0 {
      .pause
    } else if leftOut > 0, planner.isExhausted {
      .backoff
    } else {
      nil
    }
  }

  /// Adds what the workers spent standing still since the event before this one.
  mutating func addPausedTime(until now: Instant) {
    guard stage == .running, now > self.now else { return }
    let passed = (now - self.now).nanoseconds
    tally.paused.pause += .nanoseconds(passed * Int64(workers.pausing))
    tally.paused.backoff += .nanoseconds(passed * Int64(workers.backingOff))
    if throttle.cause != nil {
      tally.paused.throttle += .nanoseconds(passed * Int64(workers.available))
    }
  }
}
