import Primitives

/// Commits that share log flushes, as PostgreSQL does without `commit_delay`.
///
/// One flush at a time takes everything that queued when it starts. Poisson commits, a constant
/// flush time.
package struct GroupCommit: Hashable, Sendable {
  /// Commits a second.
  package var rate: Double
  /// Seconds.
  package var flush: Double

  package init(rate: Double, flush: Double) {
    self.rate = rate
    self.flush = flush
  }

  /// g = λF + e^(−λF).
  package var commitsPerFlush: Double { rate * flush + Double.exp(-rate * flush) }

  /// F·(1 + ½·x/(1+x)) with x = λF·e^(λF): F when idle, 1.5 F when saturated.
  package var meanLatency: Double {
    let idle = Double.exp(-rate * flush)
    let share = idle > 0 ? rate * flush / (idle + rate * flush) : 1
    return flush * (1 + share / 2)
  }
}
