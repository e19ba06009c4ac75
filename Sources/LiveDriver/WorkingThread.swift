import CPostgres
import Glibc

/// A thread of the operating system with a small stack and exact timers, for work that blocks or that has to
/// be done on time.
package final class WorkingThread: @unchecked Sendable {
  /// 200 of them take about 20 MB.
  static let stackBytes = 256 << 10

  /// Written once, before `init` returns.
  private var thread = pthread_t()

  package init(_ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackBytes)
    let work = Unmanaged.passRetained(Work(body: body)).toOpaque()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
        _ = cpostgres_set_timer_slack(1)
        work.body()
        return nil
      }, work)
    precondition(status == 0, "the system makes no more threads (error \(status))")
  }

  /// Keeps the calling thread on one core, the same for all; false where the system does not let it.
  package static func bindToFirstCore() -> Bool { cpostgres_bind_to_first_core() == 0 }

  /// Waits for its end; once only.
  package func join() { pthread_join(thread, nil) }

  private final class Work {
    let body: @Sendable () -> Void
    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
