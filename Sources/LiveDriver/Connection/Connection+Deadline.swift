import CPostgres
import Glibc
import Primitives

/// A statement that the client cancelled because its time was up.
package struct DeadlinePassed: Error, Hashable, Sendable {}

extension Connection {
  /// Sends a prepared statement and waits for its end, at most until `deadline`; then cancels it and
  /// waits for the server to say so.
  ///
  /// `values` are C strings, one for each parameter; the answer is how many rows were found or changed.
  @discardableResult
  func run(
    prepared name: String, _ values: UnsafeBufferPointer<UnsafePointer<CChar>?>,
    until deadline: Instant?, _ clock: LiveClock
  ) throws -> Int {
    guard let deadline else {
      return try affected(
        PQexecPrepared(handle, name, Int32(values.count), values.baseAddress, nil, nil, 0))
    }
    let sent = PQsendQueryPrepared(
      handle, name, Int32(values.count), values.baseAddress, nil, nil, 0)
    guard sent == 1 else { throw failure(nil) }
    return try affected(try answer(until: deadline, clock))
  }

  private func answer(until deadline: Instant, _ clock: LiveClock) throws -> OpaquePointer? {
    var isLate = false
    while PQisBusy(handle) != 0 {
      let left = deadline - clock.now
      if left <= .zero && !isLate {
        isLate = true
        canceller()
      }
      wait(isLate ? nil : left)
      guard PQconsumeInput(handle) == 1 else { break }
    }
    let result = PQgetResult(handle)
    while let rest = PQgetResult(handle) { PQclear(rest) }
    guard isLate else { return result }
    if let result { PQclear(result) }
    if isLost { throw failure(nil) }
    throw DeadlinePassed()
  }

  /// Until the server has sent something.
  private func wait(_ span: TimeSpan?) {
    var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
    // Whole milliseconds, up: none is spent asking again and again.
    let milliseconds = span.map { Int32(min(3_600_000, $0.nanoseconds / 1_000_000 + 1)) }
    _ = poll(&descriptor, 1, milliseconds ?? -1)
  }

  /// Takes the result over; only its count is wanted.
  private func affected(_ result: OpaquePointer?) throws(ServerError) -> Int {
    guard let result else { throw failure(nil) }
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
      return PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    default: throw failure(result)
    }
  }
}
