import Primitives
import Scenarios
import Traffic

/// How the application behaves at each moment: what the classes are declared to do, and what the
/// scenario's events change at moments known beforehand.
struct ApplicationTimeline: Sendable {
  private enum Change: Sendable {
    case timeout(class: Int?, TimeSpan?)
    case server(class: Int, replica: Int?)
    case lockTimeout(TimeSpan?)
  }

  private let classes: [(timeout: TimeSpan?, replica: Int?)]
  private let serverLockTimeout: TimeSpan
  /// In order of time.
  private var changes: [(at: Instant, change: Change)] = []
  /// By class, in order of time; surges that overlap multiply.
  private(set) var surges: [Surge] = []

  init(_ scenario: Scenario, backfillStart: Instant) {
    classes = scenario.traffic.map { ($0.timeout, $0.replica) }
    serverLockTimeout = scenario.database.settings.lockTimeout
    var factors: [(trafficClass: Int?, factor: Double, from: Instant, to: Instant)] = []
    for event in scenario.events {
      let at = backfillStart + event.at
      switch event.effect {
      case .setAppTimeout(let index, let timeout):
        changes.append((at, .timeout(class: index, timeout)))
      case .moveTraffic(let index, let replica):
        changes.append((at, .server(class: index, replica: replica)))
      case .setAppLockTimeout(let timeout): changes.append((at, .lockTimeout(timeout)))
      case .trafficSurge(let index, let factor, let span):
        factors.append((index, factor, at, at + span))
      case .cancel, .set, .longTransaction, .replicaStop, .replicaQuery: break
      }
    }
    changes.sort { $0.at < $1.at }
    let moments = factors.flatMap { [$0.from, $0.to] }.sorted()
    for index in classes.indices where !moments.isEmpty {
      let own = factors.filter { $0.trafficClass == nil || $0.trafficClass == index }
      for moment in moments {
        let factor = own.reduce(1) { $1.from <= moment && moment < $1.to ? $0 * $1.factor : $0 }
        surges.append(Surge(trafficClass: index, factor: factor, at: moment))
      }
    }
  }

  /// How long after its due moment the client of this class gives up.
  func timeout(of index: Int, at now: Instant) -> TimeSpan? {
    var timeout = classes[index].timeout
    for entry in changes where entry.at <= now {
      if case .timeout(let target, let new) = entry.change, target == nil || target == index {
        timeout = new
      }
    }
    return timeout
  }

  /// The replica that the class runs on; nil is the primary.
  func replica(of index: Int, at now: Instant) -> Int? {
    var replica = classes[index].replica
    for entry in changes where entry.at <= now {
      if case .server(index, let new) = entry.change { replica = new }
    }
    return replica
  }

  /// Nil waits for ever.
  func lockTimeout(at now: Instant) -> TimeSpan? {
    var timeout = serverLockTimeout > .zero ? serverLockTimeout : nil
    for entry in changes where entry.at <= now {
      if case .lockTimeout(let new) = entry.change { timeout = new }
    }
    return timeout
  }

  /// Every replica that the class runs on at some time.
  func replicas(of index: Int) -> [Int] {
    var all = classes[index].replica.map { [$0] } ?? []
    for entry in changes {
      if case .server(index, let new?) = entry.change, !all.contains(new) { all.append(new) }
    }
    return all
  }

  /// The class runs on the primary at some time.
  func usesPrimary(_ index: Int) -> Bool {
    classes[index].replica == nil
      || changes.contains { entry in
        if case .server(index, nil) = entry.change { true } else { false }
      }
  }
}
