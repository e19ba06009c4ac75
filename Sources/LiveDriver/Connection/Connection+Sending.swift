import CPostgres

// One command at a time without blocking, for whoever waits for many connections' answers together.
extension Connection {
  /// What is watched for input while an answer is awaited.
  var socket: Int32 { PQsocket(handle) }

  /// Sends SQL without parameters.
  func send(_ sql: String) throws(ServerError) {
    guard PQsendQuery(handle, sql) == 1 else { throw failure(nil) }
  }

  /// Sends a prepared statement with its parameters as text.
  func send(prepared name: String, _ parameters: [String?]) throws(ServerError) {
    let sent = Self.withPointers(parameters) { values in
      PQsendQueryPrepared(handle, name, Int32(values.count), values.baseAddress, nil, nil, 0)
    }
    guard sent == 1 else { throw failure(nil) }
  }

  /// Takes in what has come; false while the answer to the command is not complete.
  ///
  /// Rows are let go. Fails where the command did; the connection then takes the next one, unless it
  /// was lost.
  func receive() throws(ServerError) -> Bool {
    guard PQconsumeInput(handle) == 1 else { throw failure(nil) }
    while PQisBusy(handle) == 0 {
      guard let result = PQgetResult(handle) else {
        defer { firstFailure = nil }
        if let firstFailure { throw firstFailure }
        return true
      }
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: break
      default: firstFailure = firstFailure ?? failure(result)
      }
    }
    return false
  }
}
