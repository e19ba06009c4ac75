import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// Alarms, and what the scenario's `events:` do when theirs ring.
extension Model {
  mutating func setAlarm(_ kind: Alarms.Kind, at instant: Instant) {
    alarms.set(kind, at: instant)
    armAlarms()
  }

  /// Keeps one calendar event for the earliest alarm.
  mutating func armAlarms() {
    calendar.cancel(alarmToken)
    alarmToken = .none
    if let next = alarms.next { alarmToken = calendar.post(.alarm, at: played(next)) }
  }

  mutating func ringAlarms() {
    alarmToken = .none
    while let kind = alarms.popDue(at: modelNow) { ring(kind) }
    armAlarms()
  }

  private mutating func ring(_ kind: Alarms.Kind) {
    if kind != .vacuumCheck { steady.disturbed(at: modelNow) }
    switch kind {
    case .before: enter(.before)
    case .backfill: startBackfill()
    case .checkpoint: startCheckpoint()
    case .vacuumCheck: checkVacuum()
    case .trafficEnds: endBackfill(at: modelNow, completed: true)
    case .horizon: censor()
    case .timedEvent(let index): begin(scenario.events[index].effect, index)
    case .timedEventOver(let index): end(scenario.events[index].effect)
    }
  }

  private mutating func begin(_ effect: TimedEvent.Effect, _ index: Int) {
    trace.combine(UInt64(index) &+ 0xE7E7)
    let now = modelNow
    switch effect {
    case .cancel: tell(.cancelRequested)
    case .set(_, let setting): tell(.settingChanged(setting))
    case .setAppLockTimeout(let timeout): appLockTimeout = timeout
    case .setAppTimeout(let index, let timeout):
      for i in classes.indices where index == nil || index == i { classes[i].timeout = timeout }
    case .moveTraffic(let index, let replica):
      if let replica {
        classes[index].server = cpuIndex(replica)
      } else {
        classes[index].server = 0
      }
    case .longTransaction(let span): longTransactions.append((now, now + span))
    case .replicaStop(let replica, let span):
      replicas[replica].disconnect()
      setAlarm(.timedEventOver(index), at: now + span)
    case .replicaQuery(let replica, let span):
      let snapshot = snapshotNumber(now)
      replicaQueries[replica].append(ReplicaQuery(snapshot: snapshot, event: index))
      refreshReplicaSnapshot(replica)
      setAlarm(.timedEventOver(index), at: now + span)
    case .trafficSurge(let index, let factor, let span):
      surge(index, factor)
      setAlarm(.timedEventOver(self.index(of: effect)), at: now + span)
    }
  }

  private func index(of effect: TimedEvent.Effect) -> Int {
    scenario.events.firstIndex { $0.effect == effect } ?? 0
  }

  private mutating func end(_ effect: TimedEvent.Effect) {
    switch effect {
    case .replicaStop(let replica, _): replicas[replica].reconnect(in: &calendar)
    case .replicaQuery(let replica, _):
      let event = index(of: effect)
      replicaQueries[replica].removeAll { $0.event == event }
      refreshReplicaSnapshot(replica)
      replay(replica)
    case .trafficSurge(let index, _, _): surge(index, 1)
    default: break
    }
  }

  private mutating func surge(_ index: Int?, _ factor: Double) {
    for i in arrivals.indices where index == nil || index == i {
      let now = modelNow
      arrivals[i]?.surge(factor: factor, from: now)
      guard arrivals[i] != nil else { continue }
      calendar.cancel(classes[i].arrivalToken)
      scheduleArrival(class: i)
    }
  }
}
