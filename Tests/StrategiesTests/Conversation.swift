import Primitives
import Testing

@testable import Strategies

/// Says events to a strategy and hears its actions; times are milliseconds.
struct Conversation {
  var strategy: Strategy

  init(_ change: (inout Configuration) -> Void = { _ in }) {
    var configuration = Configuration()
    change(&configuration)
    strategy = Strategy(configuration)
  }

  mutating func say(_ event: Event, _ ms: Int64) -> [Action] {
    strategy.handle(event, at: instant(ms))
  }

  /// Hears what follows from a start on the keys from 1 to `last`, all of them rows.
  mutating func start(last: Int64 = 100, rows: Int? = nil) -> [Action] {
    say(.started(bounds: range(0, last), rows: rows ?? Int(last)), 0)
  }
}

func instant(_ ms: Int64) -> Instant { .zero + .milliseconds(ms) }

func range(_ after: Int64?, _ upTo: Int64?) -> KeyRange {
  KeyRange(after: after.map { Key($0) }, upTo: upTo.map { Key($0) })
}

extension Event {
  static func found(_ id: Int, _ key: Int64?, rows: Int = 10) -> Event {
    .boundaryFound(id: id, upTo: key.map { Key($0) }, rows: key == nil ? 0 : rows, duration: .zero)
  }
  static func committed(_ id: Int, by worker: Int = 0, rows: Int = 10, ms: Int64 = 5) -> Event {
    .batchCommitted(
      id: id, worker: worker, rows: rows, skipped: 0, duration: .milliseconds(ms))
  }
  static func failed(_ id: Int, by worker: Int = 0, _ code: FailureCode) -> Event {
    .batchFailed(id: id, worker: worker, code: code, duration: .milliseconds(5))
  }
  static func reading(_ signal: Signal, _ value: Double?, at ms: Int64) -> Event {
    .signalMeasured(signal, value: value, measuredAt: instant(ms))
  }
}

extension Action {
  static func find(
    _ id: Int, after: Int64?, rows: Int = 10, _ method: BoundaryMethod = .keyset,
    _ direction: Direction = .ascending
  ) -> Action {
    .findBoundary(
      id: id, after: after.map { Key($0) }, rows: rows, method: method, direction: direction)
  }
  static func run(
    _ id: Int, _ after: Int64, _ upTo: Int64, rows: Int = 10, attempt: Int = 0, by worker: Int = 0,
    _ lockTimeout: LockTimeout = .server
  ) -> Action {
    .execute(
      Batch(id: id, range: range(after, upTo), rows: rows, attempt: attempt), worker: worker,
      lockTimeout: lockTimeout)
  }
  static func timer(_ id: Int, at ms: Int64) -> Action { .setTimer(id: id, at: instant(ms)) }
}
