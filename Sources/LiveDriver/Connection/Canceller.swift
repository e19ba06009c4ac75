import CPostgres

/// Asks the server to stop what a connection is doing; any thread may, even after the connection is gone.
package final class Canceller: @unchecked Sendable {
  /// Never changed; PQcancel only reads it.
  private let cancel: OpaquePointer

  init(_ cancel: OpaquePointer) { self.cancel = cancel }

  deinit { PQfreeCancel(cancel) }

  /// Sends the request over a connection of its own and returns when the server has it; false if it
  /// did not reach the server.
  ///
  /// The statement then fails with 57014, unless it has just ended.
  @discardableResult
  package func callAsFunction() -> Bool {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
      PQcancel(cancel, message.baseAddress, Int32(message.count)) == 1
    }
  }
}
