import Primitives
import Strategies

/// A backfill worker's connection and the batch it runs.
struct Worker {
  enum Stage: Hashable {
    case idle
    /// BEGIN and the statement are under way.
    case sending
    /// The statement is received and planned.
    case planning
    case reading, computing
    case blocked
    /// The log buffer is full: the worker flushes it itself.
    case logFull
    /// One round trip a row, inside the transaction.
    case rowTrips
    case commitTrip, committing, flushing, acknowledging
    case replying
    /// Rolled back; the error is on its way.
    case failing(FailureCode)
  }

  var process: Int32
  var stage = Stage.idle
  var batch: Batch?
  var lockTimeout = LockTimeout.server
  /// When the strategy gave the batch out; played time.
  var startedAt = Instant.zero
  /// When the connection came to rest.
  var restedAt = Instant.zero
  /// When the statement's snapshot was taken, in model time; nil outside a transaction.
  var snapshot: Instant?
  /// Ranks are physical, not key ordinals.
  var physicalOrder = false
  var frontier = Frontier(rows: 0..<0)
  /// The pass that only locks rows is over, or there is none.
  var allLocked = false
  var locksOnly = false
  var segmentRows = 1
  /// Page and log work of the current segment, counted when it ends.
  var pending = TablePages.Work()
  var log = SpreadLog()
  /// Rows that the batch has written so far, and how many of them went to another page.
  var rowsDone = 0
  /// Ranks that others held and that the batch left out, ascending.
  var skipped: [Int] = []
  var moved = 0
  var commitPosition: Int64 = 0
  var blockedSince = Instant.zero
  var blocked = TimeSpan.zero

  /// Whether the batch has locked this rank, `burst` into its current burst.
  func holds(rank: Int, burst: TimeSpan) -> Bool {
    guard batch != nil, frontier.rows.contains(rank), !skipped.contains(rank) else { return false }
    return allLocked || rank < frontier.position(burst: burst)
  }

  /// Passes over the row that stands in the way, which somebody else holds.
  mutating func skip(_ obstacle: Frontier.Obstacle) {
    _ = frontier.removeObstacle(at: obstacle.rank)
    let place = skipped.firstIndex { $0 >= obstacle.rank } ?? skipped.endIndex
    if place == skipped.endIndex || skipped[place] != obstacle.rank {
      skipped.insert(obstacle.rank, at: place)
    }
  }
}
