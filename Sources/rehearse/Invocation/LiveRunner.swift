import Dispatch
import Foundation
import LiveDriver
import Measurements
import Primitives
import Reports
import RunHistory
import Scenarios
import Strategies

/// Runs one scenario on a throwaway cluster: makes it, fills it, runs, removes it.
struct LiveRunner: Sendable {
  struct Finished: Sendable {
    var record: RunRecord
    var end: LiveResult.End
    /// Nil without a backfill.
    var decisions: DecisionLog?
  }

  let loaded: LoadedScenario
  let limits: ResourceLimits
  let console: Console
  /// For how long each try of a batch awaits a lost server.
  var patience = TimeSpan.seconds(30)
  private let began = ContinuousClock.now
  private let bound: TimeBound

  /// `timeBound` is in seconds of wall-clock time.
  init(loaded: LoadedScenario, limits: ResourceLimits, timeBound: Double?, console: Console) {
    self.loaded = loaded
    self.limits = limits
    self.console = console
    bound = TimeBound(seconds: timeBound)
  }

  var scenario: Scenario { loaded.scenario }

  private var mustStop: Bool { Interrupt.isRequested || bound.hasPassed }

  func run() throws -> Finished {
    console.say(opening)
    return try blocking { try await onThrowaway() }
  }

  private var opening: String {
    let table = scenario.tables[0]
    let connections = ClusterPlan(scenario, limits: limits).sessions
    let size = Human.bytes(Double(table.rows) * Double(table.rowWidth))
    return "\(scenario.name): a throwaway cluster with \(scenario.database.replicas.count) "
      + "replica(s), \(Human.count(Double(table.rows))) rows (\(size)), at most \(connections) "
      + "connections"
  }

  private func onThrowaway() async throws -> Finished {
    do {
      let plan = ClusterPlan.reaped(scenario, limits: limits, shouldStop: { mustStop })
      return try await ThrowawayCluster.with(plan) { cluster in
        for note in cluster.notes { console.warn(note) }
        return try await onOwnThread { () throws(any Error) in
          let planned = LivePlan(
            scenario, limits: limits, on: cluster, began: began, shouldStop: { mustStop })
          for sentence in planned.sentences { console.say(sentence) }
          let filling = try fill(cluster)
          return try measure(
            on: LiveTarget(cluster), name: newName, notes: cluster.notes + filling.notes,
            filling: filling.seconds, planned: planned.length)
        }
      }
    } catch let error as ClusterError {
      throw Failure(error)
    } catch let error as TableError {
      throw Failure(error)
    } catch let error as LiveError {
      throw Failure(error)
    }
  }

  private func fill(_ cluster: ThrowawayCluster) throws -> (notes: [String], seconds: Double) {
    do {
      return try fillTables(of: cluster)
    } catch {
      guard mustStop else { throw error }
      throw Failure(Interrupt.status ?? .inconclusive, "stopped while the table was being filled")
    }
  }

  private func fillTables(
    of cluster: ThrowawayCluster
  ) throws -> (notes: [String], seconds: Double) {
    let began = ContinuousClock.now
    let connection = try Connection(cluster.primary.session, applicationName: "rehearse fill")
    let progress = Progress(console, label: scenario.name)
    defer { progress.finish() }
    // Someone who presses Ctrl-C does not want to wait for an index on ten million rows.
    let watch = DispatchSource.makeTimerSource(queue: .global())
    watch.schedule(deadline: .now(), repeating: 0.1)
    watch.setEventHandler { if mustStop { connection.canceller() } }
    watch.resume()
    defer { watch.cancel() }
    let rows = Human.count(scenario.tables.reduce(0) { $0 + Double($1.rows) })
    let built = try buildTables(scenario, seed: scenario.run.seed, connection) {
      (done) throws(ServerError) in
      progress.report { "\(Human.count(Double(done))) of \(rows) rows filled" }
      if mustStop {
        throw ServerError(sqlState: ServerError.queryCanceled, message: "no longer wanted")
      }
    }
    for note in built.notes { console.warn(note) }
    for replica in cluster.replicas { try replica.catchUp(with: cluster.primary) }
    return (built.notes, began.secondsAgo)
  }

  /// Names a run's rows in `rehearse_progress`.
  var newName: String { "\(scenario.name)-\(UInt64(Date().timeIntervalSince1970))" }

  func measure(
    on target: LiveTarget, name: String, resumes: Bool = false, notes: [String],
    filling: Double? = nil, planned: Double? = nil
  ) throws -> Finished {
    let progress = Progress(console, label: scenario.name)
    defer { progress.finish() }
    let rows = Human.count(Double(scenario.tables[0].rows))
    var result = try LiveRun(
      scenario, on: target, name: name, resumes: resumes, patience: patience
    ).run(
      shouldStop: { mustStop },
      report: { now in
        progress.report {
          now.phase == .during
            ? "during, \(Human.count(Double(now.rows))) of \(rows) rows" : now.phase.name
        }
      })
    progress.finish()
    result.driver.planned = planned
    console.say(driverLine(result, filling))
    let news = result.warnings.filter { !notes.contains($0) }
    for warning in news { console.warn(warning) }
    return Finished(
      record: record(result, notes: notes + news), end: result.end,
      decisions: result.decisions)
  }

  private func driverLine(_ result: LiveResult, _ filling: Double?) -> String {
    let driver = result.driver
    let filled = filling.map { "filled in \(Human.duration($0)); " } ?? ""
    let planned = driver.planned.map { " of about \(Human.duration($0)) planned" } ?? ""
    return "PostgreSQL \(result.serverVersion); \(filled)ran \(Human.duration(driver.length))"
      + "\(planned); "
      + "\(Human.count(Double(driver.transactions))) transactions sent "
      + "\(Human.duration(driver.scheduleLagP50)) late (p99 \(Human.duration(driver.scheduleLagP99))); "
      + "driver \(Human.duration(driver.driverCPU)) of processor time, observer "
      + "\(Human.duration(driver.observerCPU)) of it"
  }

  private func record(_ result: LiveResult, notes: [String]) -> RunRecord {
    var header = RunRecord.Header(loaded, world: .live)
    header.versions["postgresql"] = result.serverVersion
    header.warnings += notes.map { .init(message: $0) }
    var record = RunRecord(
      header, trials: [result.trial], gates: scenario.gates, complete: result.trial.complete)
    record.driver = result.driver
    return record
  }
}

extension LiveTarget {
  init(_ cluster: ThrowawayCluster) {
    func server(_ server: LocalServer) -> Server {
      Server(session: server.session, observation: server.administration)
    }
    self.init(
      primary: server(cluster.primary), replicas: cluster.replicas.map(server), isThrowaway: true)
  }
}

/// Runs asynchronous work to its end while the calling thread, which is none of the tasks', waits.
func blocking<Value: Sendable>(
  _ work: @escaping @Sendable () async throws -> Value
) throws -> Value {
  let done = DispatchSemaphore(value: 0)
  let outcome = Outcome<Value>()
  Task.detached {
    do { outcome.result = .success(try await work()) } catch { outcome.result = .failure(error) }
    done.signal()
  }
  done.wait()
  guard let result = outcome.result else {
    throw Failure(.internalError, "work ended without an outcome")
  }
  return try result.get()
}

/// Written before the semaphore is signalled, read after it was waited for.
private final class Outcome<Value: Sendable>: @unchecked Sendable {
  var result: Result<Value, any Error>?
}

extension Failure {
  init(_ error: ClusterError) {
    let status: ExitStatus =
      switch error.kind {
      case .unavailable: .serverUnreachable
      case .refused: .refusedForSafety
      case .stopped: Interrupt.status ?? .inconclusive
      }
    self.init(
      status, error.message, help: error.help.isEmpty ? nil : error.help.joined(separator: "; "))
  }

  init(_ error: TableError) {
    let status: ExitStatus =
      switch error {
      case .exists: .refusedForSafety
      case .unfit: .invalidInput
      case .server(let server): server.isConnectionLost ? .serverUnreachable : .incomplete
      }
    self.init(
      status, "\(error)", help: error.help.isEmpty ? nil : error.help.joined(separator: "; "))
  }

  init(_ error: LiveError) {
    switch error {
    case .server(let server):
      self.init(server.isConnectionLost ? .serverUnreachable : .incomplete, "\(server)")
    case .unfit: self.init(.invalidInput, "\(error)")
    case .unsafe(_, let help): self.init(.refusedForSafety, "\(error)", help: help)
    case .denied(_, let help): self.init(.incomplete, "\(error)", help: help)
    case .noSuchRun:
      self.init(.noSuchInput, "\(error)", help: "without --resume a new run begins")
    }
  }
}
