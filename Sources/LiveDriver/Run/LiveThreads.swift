import Primitives
import Scenarios
import Synchronization

/// The threads of the traffic: one for each place in each pool.
final class TrafficThreads {
  private let sessions: [(pool: TrafficPool, session: TrafficSession)]
  private let logs: Results<TrafficLog>
  private let threads: [WorkingThread]

  init(_ sessions: [(pool: TrafficPool, session: TrafficSession)]) {
    self.sessions = sessions
    let logs = Results<TrafficLog>()
    self.logs = logs
    threads = sessions.map { pool, session in
      let handed = Handed(session)
      return WorkingThread {
        var worker = TrafficWorker(pool: pool, session: handed.value)
        logs.add(worker.work())
      }
    }
  }

  /// Nothing new begins; what hangs is cancelled.
  func stop() {
    for (pool, _) in sessions { pool.stop() }
  }

  /// The connections stay open until the last thread is done: closing them costs the server.
  ///
  /// `end` is the run's.
  func join(_ end: Instant) -> [TrafficLog] {
    let cancellers = sessions.flatMap { $0.session.cancellers }
    let patience = Mailbox<Void>()
    let isJoined = Flag()
    let helper = WorkingThread {
      // What has not ended by itself within half a second waits for somebody.
      while !isJoined.isRaised {
        _ = patience.take(within: .milliseconds(500))
        guard !isJoined.isRaised else { return }
        for canceller in cancellers { canceller() }
      }
    }
    for thread in threads { thread.join() }
    isJoined.raise()
    patience.put(())
    helper.join()
    let pools = sessions.indices.filter { index in
      index == 0 || sessions[index].pool !== sessions[index - 1].pool
    }.map { sessions[$0].pool }
    return withExtendedLifetime(sessions) {
      logs.all + pools.map { TrafficWorker.unbegun(in: $0, at: end) }
    }
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
