import Strategies

extension FailureCode {
  /// What an SQLSTATE means for whoever has to decide what comes next
  /// (postgresql.org/docs/current/errcodes-appendix).
  init(_ error: ServerError) {
    if error.isConnectionLost {
      self = .connectionLost
      return
    }
    switch error.sqlState {
    case ServerError.lockNotAvailable: self = .lockTimeout
    case ServerError.deadlockDetected: self = .deadlock
    case "40001": self = .serialization
    case ServerError.queryCanceled: self = .cancelled
    case "53100": self = .diskFull
    default: self = .other
    }
  }
}
