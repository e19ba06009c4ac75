import Measurements
import Primitives

/// What became of one try of one transaction; kept by the thread that ran it.
struct TransactionRecord: Sendable {
  enum Failure: UInt8, Sendable { case none, lockTimeout, deadlock, other }

  var trafficClass: Int32
  var pool: Int32
  /// Another try follows, so this one is no outcome.
  var isRetried: Bool
  var isFirst: Bool
  /// Every connection was busy when it asked.
  var hadToWait: Bool
  var failure: Failure
  var outcome: Outcome
  var intended: Instant
  /// When this try asked for a connection.
  var asked: Instant
  /// When it had one and sent its first bytes; nil if it never had one.
  var connected: Instant?
  /// When the client knew the outcome, or gave up waiting for it.
  var ended: Instant
  /// When the connection was free again.
  var freed: Instant
}

/// One statement that took long enough to have waited for a row lock that counts.
struct LongStatement: Hashable, Sendable, BitwiseCopyable {
  /// On the board of statements.
  var session: Int32
  var from: Instant
  var to: Instant
  /// What the waits in it are charged to; nil for a batch, whose waits count when they end.
  var intended: Instant?
  /// The server ended it because it waited for a row, too long or in a circle.
  var failedWaiting = false

  /// Shorter statements hold no wait of 10 ms, and their sum would be large.
  static let shortest = TimeSpan.milliseconds(4)
}

/// What one thread saw.
struct TrafficLog: Sendable {
  var transactions: [TransactionRecord] = []
  var longStatements: [LongStatement] = []
  /// How late transactions were sent although a connection was free for them.
  var scheduleLags: [TimeSpan] = []
  /// The first error that no transaction can expect, such as a permission.
  var firstSurprise: ServerError?
}
