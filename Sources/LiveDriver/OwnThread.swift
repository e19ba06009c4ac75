import Foundation

/// Runs blocking work on a thread of its own and gives the task its outcome.
///
/// Swift's cooperative pool has as many threads as cores; a blocked one there holds everyone up.
package func onOwnThread<Value: Sendable, Failure: Error>(
  _ body: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
  let outcome: Result<Value, Failure> = await withCheckedContinuation { continuation in
    Thread.detachNewThread {
      do throws(Failure) {
        continuation.resume(returning: .success(try body()))
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
  }
  return try outcome.get()
}
