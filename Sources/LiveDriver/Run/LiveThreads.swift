import Foundation
import Primitives
import Scenarios
import Synchronization

/// The threads of the traffic: one for each pool, or as many as half of the cores where it has more places.
final class TrafficThreads {
  private let pools: [(pool: TrafficPool, sessions: [TrafficSession])]
  private let loops: [TrafficLoop]
  private let logs = Results<[TrafficLog]>()
  private let threads: [WorkingThread]

  init(_ pools: [(pool: TrafficPool, sessions: [TrafficSession])]) {
    self.pools = pools
    let most = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)
    loops = pools.flatMap { pool, sessions in
      (0..<min(most, sessions.count)).map { first in
        TrafficLoop(
          pool, stride(from: first, to: sessions.count, by: most).map { sessions[$0] })
      }
    }
    let logs = logs
    threads = loops.map { loop in
      let handed = Handed(loop)
      return WorkingThread { logs.add(handed.value.work()) }
    }
  }

  /// Nothing new begins; what hangs is cancelled.
  func stop() {
    for (pool, _) in pools { pool.stop() }
    for loop in loops { loop.stop() }
  }

  /// The connections stay open until the last thread is done: closing them costs the server.
  ///
  /// `end` is the run's.
  func join(_ end: Instant) -> [TrafficLog] {
    for thread in threads { thread.join() }
    return logs.all.flatMap { $0 } + pools.map { $0.pool.unbegun(at: end) }
  }
}

/// The observers, each with a thread and connections of its own.
final class ObserverThreads {
  private let threads: [WorkingThread]
  private let costs = Results<TimeSpan>()

  init(_ stage: LiveStage, _ isOver: Flag) {
    let costs = costs
    let (locks, server) = (Handed(stage.lockWatch), Handed(stage.serverWatch))
    threads = [
      WorkingThread {
        locks.value.work { isOver.isRaised }
        costs.add(CPUTime.ofThisThread())
      },
      WorkingThread {
        server.value.work { isOver.isRaised }
        costs.add(CPUTime.ofThisThread())
      },
    ]
  }

  func join() { for thread in threads { thread.join() } }

  /// Processor time of the threads that were joined.
  var cpu: TimeSpan { costs.all.reduce(.zero) { $0 + $1 } }
}

/// The scenario's events that happen to the servers.
final class MishapThreads {
  private let errors = Results<ServerError>()
  private var threads: [WorkingThread] = []

  init(_ stage: LiveStage, _ isOver: Flag) {
    let mishaps = Mishaps(target: stage.target, table: stage.tables[0], clock: stage.clock)
    let errors = errors
    for event in stage.scenario.events {
      let work = mishaps.work(event, from: stage.backfillStart) { isOver.isRaised }
      guard let work else { continue }
      threads.append(
        WorkingThread {
          if let error = work() { errors.add(error) }
        })
    }
  }

  /// What went wrong, a sentence each.
  func join() -> [String] {
    for thread in threads { thread.join() }
    return errors.all.map { "an event of the scenario did not go as written: \($0.message)" }
  }
}

/// What several threads hand back.
final class Results<Value: Sendable>: Sendable {
  private let values = Mutex<[Value]>([])
  func add(_ value: Value) { values.withLock { $0.append(value) } }
  var all: [Value] { values.withLock { $0 } }
}

/// A value that one thread hands to another for good.
struct Handed<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
