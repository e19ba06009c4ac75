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
    case .timedEvent(let index): begin(event: index)
    case .timedEventOver(let index): end(event: index)
    }
  }

  private mutating func begin(event index: Int) {
    trace.combine(UInt64(index) &+ 0xE7E7)
    let now = modelNow
    switch scenario.events[index].effect {
    case .cancel: tell(.cancelRequested)
    case .set(_, let setting): tell(.settingChanged(setting))
    case .setAppLockTimeout(let timeout): appLockTimeout = timeout
    case .setAppTimeout(let index, let timeout):
      for i in classes.indices where index == nil || index == i { classes[i].timeout = timeout }
    case .moveTraffic(let index, let replica):
      classes[index].server = replica.map { $0 + 1 } ?? 0
    case .longTransaction(let span): longTransactions.append((now, now + span))
    case .replicaStop(let replica, let span):
      keep(index, for: span)
      replicas[replica].disconnect()
    case .replicaQuery(let replica, let span):
      keep(index, for: span)
      let snapshot = snapshotNumber(now)
      replicaQueries[replica].append(ReplicaQuery(snapshot: snapshot, event: index))
      refreshReplicaSnapshot(replica)
    case .trafficSurge(let classIndex, _, let span):
      keep(index, for: span)
      surge(classIndex)
    }
  }

  /// The event is under way until its time is over.
  private mutating func keep(_ event: Int, for span: TimeSpan) {
    eventsUnderWay.append(event)
    setAlarm(.timedEventOver(event), at: modelNow + span)
  }

  /// Ends this event only: others like it may still be under way.
  private mutating func end(event index: Int) {
    eventsUnderWay.removeAll { $0 == index }
    switch scenario.events[index].effect {
    case .replicaStop(let replica, _):
      if !isStopped(replica) { replicas[replica].reconnect(in: &calendar) }
    case .replicaQuery(let replica, _):
      replicaQueries[replica].removeAll { $0.event == index }
      refreshReplicaSnapshot(replica)
      replay(replica)
    case .trafficSurge(let classIndex, _, _): surge(classIndex)
    default: break
    }
  }

  private func isStopped(_ replica: Int) -> Bool {
    eventsUnderWay.contains {
      if case .replicaStop(replica, _) = scenario.events[$0].effect { true } else { false }
    }
  }

  /// Gives one class, or all, the rate that the surges under way come to.
  private mutating func surge(_ index: Int?) {
    for i in arrivals.indices where index == nil || index == i {
      let (now, factor) = (modelNow, surgeFactor(class: i))
      arrivals[i]?.surge(factor: factor, from: now)
      guard arrivals[i] != nil else { continue }
      calendar.cancel(classes[i].arrivalToken)
      scheduleArrival(class: i)
    }
  }

  /// Surges that overlap multiply.
  private func surgeFactor(class index: Int) -> Double {
    eventsUnderWay.reduce(1) { factor, event in
      guard case .trafficSurge(let only, let times, _) = scenario.events[event].effect,
        only == nil || only == index
      else { return factor }
      return factor * times
    }
  }
}
