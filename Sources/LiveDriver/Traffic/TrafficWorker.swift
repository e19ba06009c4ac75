import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

/// The work of one place of a pool: take the next request, await its moment, run it, note it.
///
/// It never waits; `TrafficLoop` calls it when what it awaits has come.
struct TrafficWorker {
  /// What it waits for.
  enum Wait {
    case moment(Instant)
    case answer(socket: Int32, orMoment: Instant?)
    case errand(TrafficSession.Errand)
    /// Nothing more: the run is over.
    case over
  }

  private enum Stage {
    /// The moment of a request that no other one is before.
    case ready(Request)
    case running(Request, hadToWait: Bool, connected: Instant, deadline: Instant?)
    /// After a lost connection, before the outcome is noted.
    case resting(Request, hadToWait: Bool, connected: Instant, ended: Instant)
    case over
  }

  let pool: TrafficPool
  let session: TrafficSession
  private var stage = Stage.over
  private var log = TrafficLog()

  /// Whoever hammers at a closed door keeps a core busy.
  private static let rest = TimeSpan.milliseconds(20)

  init(pool: TrafficPool, session: TrafficSession) {
    self.pool = pool
    self.session = session
  }

  /// What was seen, once all is over.
  var seen: TrafficLog {
    var log = log
    log.longStatements = session.longStatements
    return log
  }

  /// A transaction is under way.
  var isRunning: Bool {
    if case .running = stage { true } else { false }
  }

  mutating func begin() -> Wait { takeNext(after: nil) }

  /// The moment it waited for has come, or the run stopped.
  mutating func momentCame() -> Wait {
    switch stage {
    case .ready(let request):
      guard !pool.isStopping else {
        pool.giveUp(request)
        stage = .over
        return .over
      }
      log.scheduleLags.append(pool.clock.now - request.due)
      return start(request, hadToWait: false)
    case .running: return wait(for: session.momentCame())
    case .resting(let request, let hadToWait, let connected, let ended):
      pool.free()
      return takeNext(
        after: note(
          request, hadToWait: hadToWait, connected: connected, outcome: .errored, ended: ended,
          failure: .other))
    case .over: return .over
    }
  }

  mutating func answered() -> Wait { wait(for: session.answered()) }
  mutating func connected(_ outcome: Result<Connection, ServerError>) -> Wait {
    wait(for: session.connected(outcome))
  }
  mutating func cancelled() -> Wait { wait(for: session.cancelled()) }

  private mutating func takeNext(after followup: Followup?) -> Wait {
    var last = followup
    while let request = pool.take(after: last) {
      let now = pool.clock.now
      guard request.due <= now else {
        stage = .ready(request)
        return .moment(request.due)
      }
      guard let (outcome, ended) = pool.impatience(of: request, at: now) else {
        return start(request, hadToWait: true)
      }
      last = note(request, hadToWait: true, connected: nil, outcome: outcome, ended: ended)
    }
    stage = .over
    return .over
  }

  private mutating func start(_ request: Request, hadToWait: Bool) -> Wait {
    let deadline = pool.deadline(of: request)
    pool.occupy()
    stage = .running(
      request, hadToWait: hadToWait, connected: pool.clock.now, deadline: deadline)
    return wait(
      for: session.begin(
        request, think: pool.classes[request.trafficClass].think, until: deadline))
  }

  private mutating func wait(for progress: TrafficSession.Progress) -> Wait {
    switch progress {
    case .answer(let moment):
      guard let socket = session.socket else { preconditionFailure("no connection to watch") }
      return .answer(socket: socket, orMoment: moment)
    case .moment(let instant): return .moment(instant)
    case .errand(let errand): return .errand(errand)
    case .ended(let end): return ended(end)
    }
  }

  private mutating func ended(_ end: TrafficSession.End) -> Wait {
    guard case .running(let request, let hadToWait, let connected, let deadline) = stage else {
      preconditionFailure("no transaction was under way")
    }
    let done = pool.clock.now
    var (outcome, ended, failure) = (Outcome.completed, done, TransactionRecord.Failure.none)
    switch end {
    case .completed where deadline.map({ done <= $0 }) ?? true:
      pool.meter.ended(latency: done - request.intended)
    case .completed, .deadline: (outcome, ended) = (.timedOut, deadline ?? done)
    case .failed(let error):
      guard FailureCode(error) != .connectionLost else {
        stage = .resting(request, hadToWait: hadToWait, connected: connected, ended: done)
        return .moment(done + Self.rest)
      }
      (outcome, failure) = (.errored, self.failure(error))
    }
    pool.free()
    return takeNext(
      after: note(
        request, hadToWait: hadToWait, connected: connected, outcome: outcome, ended: ended,
        failure: failure))
  }

  private mutating func failure(_ error: ServerError) -> TransactionRecord.Failure {
    switch FailureCode(error) {
    case .lockTimeout: return .lockTimeout
    case .deadlock: return .deadlock
    case .other, .diskFull:
      if log.firstSurprise == nil { log.firstSurprise = error }
      return .other
    case .connectionLost, .serialization, .cancelled: return .other
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

extension TrafficPool {
  /// What became of the requests that never got a connection before the end of the run.
  func unbegun(at end: Instant) -> TrafficLog {
    var log = TrafficLog()
    for request in leftovers(until: end) {
      let gaveUp = impatience(of: request, at: end)
      // Whoever still waits has arrived, and that is all: its end lies after the run's.
      let ended = gaveUp?.ended ?? end + .nanoseconds(1)
      log.transactions.append(
        TransactionRecord(
          trafficClass: Int32(request.trafficClass), pool: Int32(index), isRetried: false,
          isFirst: request.attempt == 0, hadToWait: true, failure: .none,
          outcome: gaveUp?.outcome ?? .rejected, intended: request.intended, asked: request.due,
          connected: nil, ended: ended, freed: ended))
    }
    return log
  }
}
