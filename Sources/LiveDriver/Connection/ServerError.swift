/// What a server, or the way to it, answered instead of a result.
package struct ServerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Five characters of SQL's classes of errors (postgresql.org/docs/current/errcodes-appendix).
  package var sqlState: String
  /// One line, without passwords.
  package var message: String
  package var detail: String?

  package init(sqlState: String, message: String, detail: String? = nil) {
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
  }

  package var description: String {
    "\(message)\(detail.map { " (\($0))" } ?? "") [SQLSTATE \(sqlState)]"
  }

  /// The connection cannot be used any more; whether a COMMIT under way happened is unknown.
  package var isConnectionLost: Bool {
    sqlState.hasPrefix("08") || Self.shutdowns.contains(sqlState)
  }

  /// libpq gives no code when the server is out of reach or gone: connection_failure.
  static let connectionFailure = "08006"
  package static let lockNotAvailable = "55P03"
  package static let deadlockDetected = "40P01"
  package static let queryCanceled = "57014"
  static let uniqueViolation = "23505"
  static let insufficientPrivilege = "42501"

  private static let shutdowns = ["57P01", "57P02", "57P03"]
}
