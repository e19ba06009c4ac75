import Primitives

/// What a backfill has done so far.
package struct Tally: Hashable, Sendable {
  /// Committed batches.
  package var batches = 0
  /// Rows updated by committed batches.
  package var rows = 0
  /// Rows that committed batches left out.
  package var rowsSkipped = 0
  /// Rows asked for by the batches that were given up.
  package var rowsMissed = 0
  /// The ranges that were given up, in the order in which that happened.
  package var missed: [KeyRange] = []
  /// Batches tried again.
  package var retries = 0
  package var paused = PausedTime()

  package init() {}
}
