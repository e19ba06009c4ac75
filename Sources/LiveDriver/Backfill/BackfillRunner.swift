import Primitives
import Scenarios
import Strategies
import Synchronization

/// The live event loop around the strategy: events in, in one order; actions out to connections.
///
/// The calling thread owns the strategy; workers and lookups run on threads of their own.
final class BackfillRunner {
  enum Message: Sendable {
    /// What a lookup found, or why it failed.
    case lookedUp(Event, ServerError?)
    case batchEnded(BackfillWorker.Ending)
  }

  /// What runs beside the strategy, and how it is reached.
  struct Surroundings {
    var server: ConnectionString
    var board: StatementBoard
    /// The first of the workers' slots on the board; as many as there may be workers.
    var firstSession: Int
    var clock: LiveClock
    var sensors: Sensors
    /// What the scenario's events tell the strategy, in order of time.
    var told: [(at: Instant, event: Event)]
    /// Asked about 20 times a second; true stops the backfill at once.
    var shouldStop: () -> Bool
    /// No later than this.
    var horizon: Instant
    /// For how long a lost server is tried again.
    var patience = TimeSpan.seconds(30)
    var progress: (_ rows: Int, Instant) -> Void
  }

  let text: BackfillText
  let progress: ProgressTable?
  let heap: BoundaryLookup.Heap
  let surroundings: Surroundings
  private var strategy: Strategy
  private(set) var log: DecisionLog
  private var outcome: BackfillOutcome
  private let inbox = Mailbox<Message>()
  private var workers: [BackfillWorker] = []
  private let lookup: BoundaryLookup
  private var threads: [WorkingThread] = []
  private var timers = TimerLine()
  private var signals: [(signal: Signal, every: TimeSpan)] = []
  /// Signals that the strategy has asked for by itself.
  private var measured: [Signal] = []
  private var cancelled: [Int] = []
  private var lastNow = Instant.zero

  init(
    _ configuration: Configuration, text: BackfillText, progress: ProgressTable?,
    heap: BoundaryLookup.Heap, _ surroundings: Surroundings
  ) {
    self.text = text
    self.progress = progress
    self.heap = heap
    self.surroundings = surroundings
    strategy = Strategy(configuration)
    log = DecisionLog(configuration: configuration)
    outcome = BackfillOutcome(startedAt: surroundings.clock.now)
    lookup = BoundaryLookup(
      text, heap: heap, on: surroundings.server, clock: surroundings.clock,
      patience: surroundings.patience, answers: inbox)
  }

  /// Makes the connections that the strategy asks for at first.
  func warmUp() throws(ServerError) {
    do {
      for index in 0..<strategy.configuration.workers { try worker(index).warmUp() }
    } catch {
      close()
      throw error
    }
    let lookup = lookup
    threads.append(WorkingThread { lookup.work() })
  }

  /// Runs the backfill to its end.
  func run(bounds: KeyRange, rows: Int) -> BackfillOutcome {
    outcome.startedAt = surroundings.clock.now
    lastNow = outcome.startedAt
    for told in surroundings.told { timers.add(.told(told.event), at: told.at) }
    tell(.started(bounds: bounds, rows: rows))
    var isStopping = false
    while !strategy.isEnded {
      if !isStopping, surroundings.shouldStop() || surroundings.clock.now >= surroundings.horizon {
        isStopping = true
        outcome.isCensored = surroundings.clock.now >= surroundings.horizon
        lookup.cancel()
        tell(.cancelRequested)
        continue
      }
      let now = surroundings.clock.now
      let wake = min(timers.next ?? .distantFuture, now + .milliseconds(50))
      if let message = inbox.take(within: wake - now) { take(message) }
      ringTimers()
      for worker in cancelled { workers[worker].cancel() }
      surroundings.progress(strategy.rowsCommitted, surroundings.clock.now)
    }
    close()
    return outcome
  }

  private func close() {
    lookup.close()
    for worker in workers { worker.close() }
    for thread in threads { thread.join() }
    outcome.endedAt = surroundings.clock.now
    outcome.lostBatches = lostBatches
    outcome.tally = strategy.tally
    outcome.log = log
    outcome.longStatements = workers.flatMap(\.statements)
  }

  /// Batches whose COMMIT was confirmed and that are not there; asked only where a connection was lost.
  ///
  /// A server that crashed loses the last ones where `synchronous_commit` is off.
  private var lostBatches: Int {
    guard let progress, outcome.failures.contains(where: { $0.code == .connectionLost }),
      let connection = try? Connection(
        surroundings.server, applicationName: BackfillConnection.applicationName),
      let there = try? progress.committedBatches(on: connection)
    else { return 0 }
    return max(0, outcome.commits.count - there)
  }

  /// Time never goes back from one event to the next.
  private func tell(_ event: Event) {
    lastNow = max(lastNow, surroundings.clock.now)
    if event == .cancelRequested { outcome.wasAskedToStop = true }
    let actions = strategy.handle(event, at: lastNow)
    log.record(event, at: lastNow, actions)
    for action in actions { carryOut(action) }
  }

  private func take(_ message: Message) {
    switch message {
    case .lookedUp(let event, let error):
      if let error { outcome.note(error) }
      tell(event)
    case .batchEnded(let ending):
      outcome.add(ending)
      if case .batchFailed(_, let worker, _, _) = ending.event {
        cancelled.removeAll { $0 == worker }
      }
      if case .batchCommitted(_, let worker, _, _, _) = ending.event {
        cancelled.removeAll { $0 == worker }
      }
      if let skipped = ending.skipped { tell(skipped) }
      tell(ending.event)
    }
  }

  private func carryOut(_ action: Action) {
    switch action {
    case .findBoundary(let id, let after, let rows, let method, let direction):
      lookup.ask(
        .init(id: id, after: after, rows: rows, method: method, direction: direction))
    case .execute(let batch, let index, let timeout):
      worker(index).execute(.init(batch: batch, lockTimeout: timeout))
    case .cancel(let index):
      // Sent again until the batch has ended: a request between two statements is lost.
      cancelled.append(index)
      workers[index].cancel()
    case .setTimer(let id, let instant): timers.add(.strategy(id), at: instant)
    case .subscribe(let signal, let every):
      signals.append((signal, every))
      surroundings.sensors.begin(signal)
      timers.add(.signal(signals.count - 1), at: lastNow + every)
    case .measure(let signal):
      // A meter that nobody has begun to read would answer for all the time before.
      if !measured.contains(signal) {
        measured.append(signal)
        surroundings.sensors.begin(signal)
      }
      timers.add(.question(signal), at: lastNow)
    case .finish: outcome.end = .finished
    case .abort(let reason): outcome.end = .aborted(reason)
    }
  }

  private func worker(_ index: Int) -> BackfillWorker {
    while workers.count <= index {
      let worker = BackfillWorker(
        workers.count, session: surroundings.firstSession + workers.count, text, progress,
        on: surroundings.server, board: surroundings.board, clock: surroundings.clock,
        patience: surroundings.patience, endings: inbox)
      workers.append(worker)
      threads.append(WorkingThread { worker.work() })
    }
    return workers[index]
  }

  private func ringTimers() {
    while !strategy.isEnded, let timer = timers.popDue(at: surroundings.clock.now) {
      switch timer {
      case .strategy(let id): tell(.timerFired(id: id))
      case .told(let event): tell(event)
      case .signal(let index): readSignal(index)
      case .question(let signal): answer(signal)
      case .delivery(let event): tell(event)
      }
    }
  }

  private func readSignal(_ index: Int) {
    let (signal, every) = signals[index]
    let now = surroundings.clock.now
    timers.add(.signal(index), at: now + every)
    if isBlind(signal, at: now) { return }
    report(signal, surroundings.sensors.read(signal, over: every, at: now), at: now)
  }

  /// Who asks is answered, also by a sensor that is blind.
  private func answer(_ signal: Signal) {
    let now = surroundings.clock.now
    let reading =
      isBlind(signal, at: now)
      ? Sensors.Reading(value: nil, measuredAt: now)
      : surroundings.sensors.read(signal, over: .seconds(1), at: now)
    report(signal, reading, at: now)
  }

  private func isBlind(_ signal: Signal, at now: Instant) -> Bool {
    strategy.configuration.sensors[signal]?.blindAt.map { now - outcome.startedAt >= $0 } ?? false
  }

  private func report(_ signal: Signal, _ reading: Sensors.Reading, at now: Instant) {
    let sensor = strategy.configuration.sensors[signal] ?? Sensor()
    let event = Event.signalMeasured(
      signal, value: reading.value, measuredAt: min(reading.measuredAt, now))
    if sensor.delay > .zero {
      timers.add(.delivery(event), at: now + sensor.delay)
    } else {
      tell(event)
    }
  }
}
