import Measurements
import Primitives
import Scenarios
import Synchronization
import Traffic

/// One pool of the application while it runs: who asks next, and how busy it is.
final class TrafficPool: Sendable {
  let index: Int
  let pool: Pool
  let classes: [TrafficClass]
  let timeline: ApplicationTimeline
  let clock: LiveClock
  let meter: SignalMeterBox
  private let queue: Mutex<RequestQueue>
  private let busy = Atomic<Int>(0)
  /// Nanoseconds; requests due from here on are not begun.
  private let end = Atomic<Int64>(.max)

  init(
    _ index: Int, _ scenario: Scenario, queue: RequestQueue, timeline: ApplicationTimeline,
    meter: SignalMeterBox, clock: LiveClock
  ) {
    self.index = index
    pool = scenario.pools[index]
    classes = scenario.traffic
    self.timeline = timeline
    self.meter = meter
    self.clock = clock
    self.queue = Mutex(queue)
  }

  /// Nothing that is due from now on is begun any more.
  func stop() { end.store(clock.now.nanoseconds, ordering: .sequentiallyConsistent) }

  var isStopping: Bool { end.load(ordering: .relaxed) != .max }
  /// Connections in use.
  var inUse: Int { busy.load(ordering: .relaxed) }
  /// Requests that wait for a connection.
  var waiting: Int {
    guard inUse >= pool.size else { return 0 }
    let now = clock.now
    return queue.withLock { $0.due(by: now) }
  }

  /// The next request, after what follows from the last one was put in; nil at the end of the run.
  ///
  /// The request may be due later: its moment is the caller's to await.
  func take(after last: Followup?) -> Request? {
    queue.withLock { queue in
      switch last {
      case .again(let request): queue.ask(request)
      case .over(let request, let instant): queue.ended(request, at: instant)
      case nil: break
      }
      return queue.next()
    }
  }

  func isOver(by instant: Instant) -> Bool {
    instant.nanoseconds >= end.load(ordering: .relaxed)
  }

  func occupy() { busy.wrappingAdd(1, ordering: .relaxed) }
  func free() { busy.wrappingSubtract(1, ordering: .relaxed) }
}

/// What follows from a transaction: another try of it, or its client's next one.
enum Followup: Sendable {
  case again(Request)
  case over(Request, at: Instant)
}
