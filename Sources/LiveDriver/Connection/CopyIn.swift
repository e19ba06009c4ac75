import CPostgres

/// The stream of one `COPY … FROM STDIN`.
package struct CopyIn: ~Copyable {
  private let connection: Connection

  fileprivate init(_ connection: Connection) { self.connection = connection }

  /// Sends bytes in COPY's own format; lines may be split anywhere.
  package func write(_ bytes: [UInt8]) throws(ServerError) {
    let sent = bytes.withUnsafeBytes { buffer in
      PQputCopyData(
        connection.handle, buffer.bindMemory(to: CChar.self).baseAddress, Int32(buffer.count))
    }
    guard sent == 1 else { throw connection.failure(nil) }
  }
}

extension Connection {
  /// Runs `COPY … FROM STDIN` with what `body` writes; returns the number of rows.
  ///
  /// A throw from `body` makes the server forget all of it.
  @discardableResult
  package func copyIn(
    _ sql: String, _ body: (borrowing CopyIn) throws(ServerError) -> Void
  ) throws(ServerError) -> Int {
    guard let start = PQexec(handle, sql) else { throw failure(nil) }
    guard PQresultStatus(start) == PGRES_COPY_IN else {
      _ = try rows(start)
      throw ServerError(sqlState: "42601", message: "not a COPY … FROM STDIN")
    }
    PQclear(start)
    do {
      try body(CopyIn(self))
    } catch {
      PQputCopyEnd(handle, "abandoned by the client")
      while let rest = PQgetResult(handle) { PQclear(rest) }
      throw error
    }
    guard PQputCopyEnd(handle, nil) == 1 else { throw failure(nil) }
    let end = PQgetResult(handle)
    while let rest = PQgetResult(handle) { PQclear(rest) }
    return try rows(end).affected
  }
}
