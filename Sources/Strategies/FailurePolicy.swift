/// What follows from a failed try.
enum FailureResponse: Hashable, Sendable {
  /// The same again, after a backoff.
  case retry
  /// No other try would help, or none is left: what `give_up` says.
  case giveUp
  /// End the run, whatever `give_up` says.
  case stop(AbortReason)
}

extension Retry {
  /// What follows from the failure of the try `attempt`, counted from 0.
  func response(to code: FailureCode, batch: Int, attempt: Int) -> FailureResponse {
    switch code {
    case .lockTimeout, .deadlock, .serialization:
      // Someone else was in the way: the next try may find them gone.
      mayRetry(code, attempt) ? .retry : .giveUp
    case .connectionLost:
      // Leaving rows out or halving the range does not bring a connection back.
      mayRetry(code, attempt) ? .retry : .stop(.connectionLost)
    case .cancelled:
      // Whoever cancelled a statement by hand wants it to stop, not to come back.
      .stop(.cancelled)
    case .diskFull:
      // Every further try would only write more.
      .stop(.retriesExhausted(batch: batch, code: code))
    case .other:
      // An error of the data or the statement: it comes back, but a smaller range may avoid it.
      mayRetry(code, attempt) ? .retry : .giveUp
    }
  }

  private func mayRetry(_ code: FailureCode, _ attempt: Int) -> Bool {
    attempt < max && on.contains(code)
  }
}
