import Primitives
import Testing

@testable import Strategies

/// A tiny driver that answers a strategy at random: late, in any order, with failures and silence.
struct RandomRun {
  /// How badly the world behaves; shares are out of 100.
  struct World {
    var batchFailures = 0
    var lookupFailures = 0
    /// Of each row to be held by somebody, where the batch skips such rows.
    var heldRows = 0
    var codes: [FailureCode] = [.lockTimeout, .deadlock, .serialization]
    var lostSamples = 0
    /// Signals read uniformly below this.
    var signalRange = 20.0
    var settings: [Setting] = []
    var cancelsAt: Instant?
  }

  let table: TestTable
  var strategy: Strategy
  var world: World
  var stream: RandomStream
  var log: DecisionLog

  var now = Instant.zero
  var pending: [(at: Instant, sequence: Int, event: Event)] = []
  var sequence = 0
  /// When each subscribed signal is read next.
  var sampling: [(at: Instant, signal: Signal, every: TimeSpan)] = []
  /// By worker.
  var inFlight: [Int: Batch] = [:]
  var workersAllowed: Int
  /// By worker.
  var skipped: [Int: [SkippedRows]] = [:]
  var committed: [KeyRange] = []
  /// Readings with a value.
  var readings: [(at: Instant, signal: Signal, value: Double)] = []
  /// When batches started, and how many readings the strategy had heard then.
  var starts: [(at: Instant, readings: Int)] = []
  var outcome: Action?

  init(
    _ configuration: Configuration, table: TestTable, world: World = World(), seed: UInt64
  ) {
    self.table = table
    self.world = world
    strategy = Strategy(configuration)
    workersAllowed = configuration.workers
    stream = RandomStream(RandomKey(seed: seed, trial: 0, entity: 0, purpose: 1))
    log = DecisionLog(configuration: configuration)
    post(.started(bounds: table.bounds, rows: table.keys.count), in: .zero)
    for (index, setting) in world.settings.enumerated() {
      post(.settingChanged(setting), in: .milliseconds(Int64(20 * (index + 1))))
    }
    if let cancelsAt = world.cancelsAt { post(.cancelRequested, in: cancelsAt - .zero) }
  }

  /// Plays until the strategy ends, or for this many events.
  mutating func play(events: Int = 20_000) {
    for _ in 0..<events where outcome == nil { step() }
  }

  private mutating func step() {
    let reading = sampling.indices.min { sampling[$0].at < sampling[$1].at }
    let next = pending.indices.min {
      (pending[$0].at, pending[$0].sequence) < (pending[$1].at, pending[$1].sequence)
    }
    if let reading, next.map({ sampling[reading].at < pending[$0].at }) ?? true {
      now = sampling[reading].at
      sampling[reading].at = now + sampling[reading].every
      if stream.below(100) >= world.lostSamples { read(sampling[reading].signal) }
    } else if let next {
      let (at, _, event) = pending.remove(at: next)
      now = at
      deliver(event)
    }
  }

  /// One reading in ten knows no value.
  private mutating func read(_ signal: Signal) {
    let value = stream.below(10) == 0 ? nil : stream.uniform() * world.signalRange
    deliver(.signalMeasured(signal, value: value, measuredAt: now))
  }

  private mutating func deliver(_ event: Event) {
    note(event)
    let actions = strategy.handle(event, at: now)
    log.record(event, at: now, actions)
    for action in actions { carryOut(action) }
  }

  private mutating func note(_ event: Event) {
    switch event {
    case .rowsSkipped(_, let worker, let rows):
      skipped[worker] = rows
    case .batchCommitted(_, let worker, _, _, _):
      guard let batch = inFlight.removeValue(forKey: worker) else { return }
      let holes = (skipped.removeValue(forKey: worker) ?? []).compactMap { KeySpan($0.range) }
      committed += (KeySpan(batch.range)?.subtracting(holes) ?? []).map(\.range)
    case .batchFailed(_, let worker, _, _):
      inFlight[worker] = nil
    case .settingChanged(.workers(let workers)):
      workersAllowed = workers
    case .signalMeasured(let signal, .some(let value), _):
      readings.append((now, signal, value))
    default:
      break
    }
  }

  private mutating func carryOut(_ action: Action) {
    #expect(outcome == nil, "\(action) after the end")
    switch action {
    case .findBoundary(let id, let after, let rows, _, let direction):
      let duration = TimeSpan.microseconds(Int64(100 + stream.below(2_000)))
      if let code = failure(world.lookupFailures) {
        post(.boundaryFailed(id: id, code: code, duration: duration), in: duration)
      } else {
        let answer = table.boundary(after: after, rows: rows, direction: direction)
        post(
          .boundaryFound(id: id, upTo: answer.key, rows: answer.rows, duration: duration),
          in: duration)
      }
    case .execute(let batch, let worker, let lockTimeout):
      execute(batch, worker: worker, skips: lockTimeout == .skipLocked)
    case .cancel(let worker):
      cancel(worker: worker)
    case .setTimer(let id, let at):
      #expect(at >= now)
      post(.timerFired(id: id), in: at - now + .microseconds(Int64(stream.below(3) * 100)))
    case .subscribe(let signal, let every):
      sampling.append((now + every, signal, every))
    case .measure(let signal):
      let value = stream.below(10) == 0 ? nil : stream.uniform() * world.signalRange
      post(
        .signalMeasured(signal, value: value, measuredAt: now),
        in: .microseconds(Int64(stream.below(3) * 100)))
    case .finish, .abort:
      #expect(inFlight.isEmpty, "\(action) while \(inFlight.count) batches are in flight")
      outcome = action
    }
  }

  private mutating func execute(_ batch: Batch, worker: Int, skips: Bool) {
    #expect(inFlight[worker] == nil, "worker \(worker) got a second batch")
    #expect(worker < workersAllowed)
    inFlight[worker] = batch
    starts.append((now, readings.count))
    #expect(inFlight.count <= workersAllowed)
    let duration = TimeSpan.microseconds(Int64(500 + stream.below(20_000)))
    if let code = failure(world.batchFailures) {
      post(.batchFailed(id: batch.id, worker: worker, code: code, duration: duration), in: duration)
    } else {
      let held = skips ? heldRows(of: batch) : []
      if !held.isEmpty { post(.rowsSkipped(id: batch.id, worker: worker, held), in: duration) }
      post(
        .batchCommitted(
          id: batch.id, worker: worker,
          rows: table.rows(in: batch.range).count - held.reduce(0) { $0 + $1.rows },
          skipped: held.reduce(0) { $0 + $1.rows }, duration: duration), in: duration)
    }
  }

  /// Neighbours as one range.
  private mutating func heldRows(of batch: Batch) -> [SkippedRows] {
    var held: [SkippedRows] = []
    var wasHeld = false
    for key in table.rows(in: batch.range) {
      let isHeld = stream.below(100) < world.heldRows
      if isHeld, wasHeld, !held.isEmpty {
        held[held.count - 1].range.upTo = key
        held[held.count - 1].rows += 1
      } else if isHeld {
        let range = KeyRange(after: Key(position: key.position - 1), upTo: key)
        held.append(SkippedRows(range: range, rows: 1))
      }
      wasHeld = isHeld
    }
    return held
  }

  /// Half of the cancelled batches commit first: a cancel may come too late.
  private mutating func cancel(worker: Int) {
    guard let batch = inFlight[worker] else {
      Issue.record("worker \(worker) has nothing to cancel")
      return
    }
    guard stream.below(2) == 0 else { return }
    pending.removeAll {
      switch $0.event {
      case .batchCommitted(batch.id, worker, _, _, _), .batchFailed(batch.id, worker, _, _),
        .rowsSkipped(batch.id, worker, _):
        true
      default: false
      }
    }
    post(
      .batchFailed(id: batch.id, worker: worker, code: .cancelled, duration: .milliseconds(1)),
      in: .milliseconds(1))
  }

  private mutating func failure(_ share: Int) -> FailureCode? {
    guard stream.below(100) < share else { return nil }
    return world.codes[stream.below(world.codes.count)]
  }

  private mutating func post(_ event: Event, in delay: TimeSpan) {
    pending.append((now + delay, sequence, event))
    sequence += 1
  }
}
