import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

/// The work of one connection of a pool: take the next request, await its moment, run it, note it.
struct TrafficWorker {
  let pool: TrafficPool
  let session: TrafficSession
  private var log = TrafficLog()

  init(pool: TrafficPool, session: TrafficSession) {
    self.pool = pool
    self.session = session
  }

  /// Works until the pool stops; returns what was seen.
  mutating func work() -> TrafficLog {
    var last: Followup?
    while let request = pool.take(after: last) {
      let hadToWait = request.due <= pool.clock.now
      if !hadToWait { pool.clock.sleep(until: request.due) { pool.isStopping } }
      guard !pool.isStopping else {
        pool.giveUp(request)
        break
      }
      last = serve(request, hadToWait: hadToWait)
    }
    log.longStatements = session.longStatements
    return log
  }

  /// What became of the requests that never got a connection before the end of the run.
  static func unbegun(in pool: TrafficPool, at end: Instant) -> TrafficLog {
    var log = TrafficLog()
    for request in pool.leftovers(until: end) {
      let gaveUp = pool.impatience(of: request, at: end)
      // Whoever still waits has arrived, and that is all: its end lies after the run's.
      let ended = gaveUp?.ended ?? end + .nanoseconds(1)
      log.transactions.append(
        TransactionRecord(
          trafficClass: Int32(request.trafficClass), pool: Int32(pool.index), isRetried: false,
          isFirst: request.attempt == 0, hadToWait: true, failure: .none,
          outcome: gaveUp?.outcome ?? .rejected, intended: request.intended, asked: request.due,
          connected: nil, ended: ended, freed: ended))
    }
    return log
  }

  private mutating func serve(_ request: Request, hadToWait: Bool) -> Followup {
    let now = pool.clock.now
    let deadline = pool.deadline(of: request)
    if hadToWait, let (outcome, ended) = pool.impatience(of: request, at: now) {
      return note(
        request, hadToWait: true, connected: nil, outcome: outcome, ended: ended)
    }
    if !hadToWait { log.scheduleLags.append(now - request.due) }
    pool.occupy()
    defer { pool.free() }
    let end = session.run(
      request, think: pool.classes[request.trafficClass].think, until: deadline)
    let done = pool.clock.now
    switch end {
    case .completed where deadline.map({ done <= $0 }) ?? true:
      pool.meter.ended(latency: done - request.intended)
      return note(
        request, hadToWait: hadToWait, connected: now, outcome: .completed, ended: done)
    case .completed, .deadline:
      return note(
        request, hadToWait: hadToWait, connected: now, outcome: .timedOut,
        ended: deadline ?? done)
    case .failed(let error):
      return note(
        request, hadToWait: hadToWait, connected: now, outcome: .errored, ended: done,
        failure: failure(error))
    }
  }

  private mutating func failure(_ error: ServerError) -> TransactionRecord.Failure {
    switch FailureCode(error) {
    case .lockTimeout: return .lockTimeout
    case .deadlock: return .deadlock
    case .other, .diskFull:
      if log.firstSurprise == nil { log.firstSurprise = error }
      return .other
    case .connectionLost:
      // Whoever hammers at a closed door keeps a core busy.
      pool.clock.sleep(until: pool.clock.now + .milliseconds(20))
      return .other
    case .serialization, .cancelled: return .other
    }
  }

  private mutating func note(
    _ request: Request, hadToWait: Bool, connected: Instant?, outcome: Outcome, ended: Instant,
    failure: TransactionRecord.Failure = .none
  ) -> Followup {
    let retry = pool.classes[request.trafficClass].retry
    let isRetried = outcome != .completed && request.attempt < retry.max
    let freed = connected == nil ? ended : max(ended, pool.clock.now)
    log.transactions.append(
      TransactionRecord(
        trafficClass: Int32(request.trafficClass), pool: Int32(pool.index), isRetried: isRetried,
        isFirst: request.attempt == 0, hadToWait: hadToWait, failure: failure, outcome: outcome,
        intended: request.intended, asked: request.due, connected: connected, ended: ended,
        freed: freed))
    guard isRetried else { return .over(request, at: ended) }
    var next = request
    next.attempt += 1
    next.due = freed + retry.backoff
    return .again(next)
  }
}
