import Primitives
import Strategies

/// What became of a live backfill.
struct BackfillOutcome {
  enum End: Hashable {
    case finished
    case aborted(AbortReason)
  }

  struct Commit: Hashable {
    var at: Instant
    var rows: Int
    var duration: TimeSpan
  }

  struct Failure: Hashable {
    var at: Instant
    var code: FailureCode
  }

  /// When the first event was told.
  var startedAt: Instant
  var endedAt = Instant.zero
  var end = End.finished
  /// The horizon ended it.
  var isCensored = false
  var commits: [Commit] = []
  var failures: [Failure] = []
  /// The first error that another try cannot mend, in the server's words.
  var firstError: ServerError?
  var tally = Tally()
  var log: DecisionLog?
  var longStatements: [LongStatement] = []

  init(startedAt: Instant) { self.startedAt = startedAt }

  mutating func add(_ ending: BackfillWorker.Ending) {
    if let code = ending.code {
      failures.append(Failure(at: ending.at, code: code))
      if [.other, .diskFull, .connectionLost].contains(code), firstError == nil {
        firstError = ending.error
      }
    } else {
      commits.append(Commit(at: ending.at, rows: ending.rows, duration: ending.duration))
    }
  }

  /// The last COMMIT, or the start where there was none.
  var lastCommit: Instant { commits.map(\.at).max() ?? startedAt }
}
