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
  private let unbegun = Mutex<[Request]>([])
  private let busy = Atomic<Int>(0)
  private let isOver = Atomic<Bool>(false)

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

  /// Nothing is begun any more.
  func stop() { isOver.store(true, ordering: .sequentiallyConsistent) }

  var isStopping: Bool { isOver.load(ordering: .relaxed) }
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
      return isStopping ? nil : queue.next()
    }
  }

  /// The run ended before this request's turn.
  func giveUp(_ request: Request) { unbegun.withLock { $0.append(request) } }

  /// What was due before the end of the run and never began; afterwards the queue is empty.
  func leftovers(until end: Instant) -> [Request] {
    var rest = unbegun.withLock { $0 }.filter { $0.due < end }
    queue.withLock { queue in
      while let request = queue.next(), request.due < end { rest.append(request) }
    }
    return rest
  }

  /// When the client of this try gives up.
  func deadline(of request: Request) -> Instant? {
    timeline.timeout(of: request.trafficClass, at: request.due).map { request.due + $0 }
  }

  /// How and when a request that has waited until `now` left the line before: whoever ran out of
  /// patience did so at a moment of their own.
  func impatience(of request: Request, at now: Instant) -> (outcome: Outcome, ended: Instant)? {
    let patience = request.due + pool.waitTimeout
    if let deadline = deadline(of: request), deadline < patience {
      return now > deadline ? (.timedOut, deadline) : nil
    }
    return now > patience ? (.rejected, patience) : nil
  }

  func occupy() { busy.wrappingAdd(1, ordering: .relaxed) }
  func free() { busy.wrappingSubtract(1, ordering: .relaxed) }
}

/// What follows from a transaction: another try of it, or its client's next one.
enum Followup: Sendable {
  case again(Request)
  case over(Request, at: Instant)
}
