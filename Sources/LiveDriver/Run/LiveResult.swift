import Measurements
import Primitives
import Strategies

/// What one live execution gave.
package struct LiveResult: Sendable {
  package enum End: Hashable, Sendable {
    case finished
    /// A throttle's abort rule stopped the backfill.
    case stoppedByThrottle
    /// The strategy gave up, in the words of the first error.
    case gaveUp(String)
    /// The server went away and did not come back, in the words of the first error.
    case serverLost(String)
    /// Someone asked for it.
    case interrupted
  }

  /// One try of one transaction, as its client saw it.
  package struct Transaction: Hashable, Sendable {
    /// When it asked for a connection.
    package var due: Instant
    /// When its first bytes left; nil if it never had a connection.
    package var sent: Instant?
    /// When its client knew, or gave up.
    package var ended: Instant
    package var outcome: Outcome
  }

  package var trial: TrialResult
  package var end: End
  /// Nil without a backfill.
  package var decisions: DecisionLog?
  package var driver: DriverReport
  /// The server's own, such as 15.18.
  package var serverVersion: String
  /// What the reader should know, a sentence each.
  package var warnings: [String]
  /// Empty unless they were asked for.
  package var transactions: [Transaction] = []
}
