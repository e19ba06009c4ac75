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
  /// The scenario, or someone at the terminal, wanted it to stop.
  var wasAskedToStop = false
  /// Confirmed, and gone with a crash of the server.
  var lostBatches = 0
  var commits: [Commit] = []
  var failures: [Failure] = []
  /// The first error of each kind, in the server's words.
  private var errors: [(code: FailureCode, error: ServerError)] = []
  var tally = Tally()
  var log: DecisionLog?
  var longStatements: [LongStatement] = []

  init(startedAt: Instant) { self.startedAt = startedAt }

  mutating func add(_ ending: BackfillWorker.Ending) {
    if let code = ending.code {
      failures.append(Failure(at: ending.at, code: code))
      if let error = ending.error { note(error) }
    } else {
      commits.append(Commit(at: ending.at, rows: ending.rows, duration: ending.duration))
    }
  }

  mutating func note(_ error: ServerError) {
    let code = FailureCode(error)
    if !errors.contains(where: { $0.code == code }) { errors.append((code, error)) }
  }

  /// What that means to the caller.
  var result: LiveResult.End {
    switch end {
    case .finished where lostBatches > 0:
      .gaveUp(
        "the server lost \(lostBatches) confirmed batches when it crashed, as with"
          + " synchronous_commit = off; they are yet to be done")
    case .finished: .finished
    case .aborted(.throttle): .stoppedByThrottle
    case .aborted(.cancelled) where wasAskedToStop: .finished
    case .aborted(.cancelled): .gaveUp(words(.cancelled))
    case .aborted(.retriesExhausted(_, let code)):
      .gaveUp(words(code))
    case .aborted(.connectionLost): .serverLost(words(.connectionLost))
    }
  }

  private func words(_ code: FailureCode) -> String {
    errors.first { $0.code == code }.map { "\($0.error)" } ?? code.rawValue
  }

  /// The last COMMIT, or the start where there was none.
  var lastCommit: Instant { commits.map(\.at).max() ?? startedAt }
}
