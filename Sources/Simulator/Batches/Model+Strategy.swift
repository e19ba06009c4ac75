import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// The strategy's side of the model: events in, actions out. No decision is made here.
extension Model {
  mutating func tell(_ event: Event) {
    guard strategy != nil else { return }
    let actions = strategy?.handle(event, at: calendar.now) ?? []
    decisions?.record(event, at: calendar.now, actions)
    for action in actions { carryOut(action) }
  }

  private mutating func carryOut(_ action: Action) {
    switch action {
    case .findBoundary: lookUp(action)
    case .execute(let batch, let worker, let timeout):
      ensureWorker(worker)
      execute(batch, worker: worker, lockTimeout: timeout)
    case .cancel(let worker): cancelBatch(worker)
    case .setTimer(let id, let instant):
      calendar.post(.strategyTimer(id: Int32(id)), at: max(calendar.now, instant))
    case .subscribe(let signal, let every): subscribe(signal, every)
    case .measure(let signal): measureOnce(signal)
    case .finish: endBackfill(at: lastCommit ?? modelNow, completed: true)
    case .abort: endBackfill(at: lastCommit ?? modelNow, completed: false)
    }
  }

  private mutating func ensureWorker(_ index: Int) {
    while workers.count <= index {
      workers.append(Worker(process: admit(.worker, owner: Int32(workers.count))))
    }
  }
}

// Boundary lookups: a statement on a connection of its own.
extension Model {
  private mutating func lookUp(_ action: Action) {
    let process = admit(.boundary, owner: Int32(lookups.count))
    lookups.append(Lookup(process: process, action: action, startedAt: calendar.now))
    openLookups += 1
    calendar.post(.resume(process: process), at: calendar.now + halfTrip)
  }

  mutating func lookupGoesOn(_ process: Int32) {
    let index = Int(processes[process].owner)
    switch processes[process].stage {
    case .idle:
      processes[process].stage = .compute
      let cold = coldStart(
        rested: calendar.now - lookupRestedAt, name: name(of: lookups[index].action),
        from: lookupColdKey)
      let demand = cold + costs.statement + costs.plan + lookupDemand(lookups[index].action)
      cpus[0].submit(process, demand: demand, wakes: clientWakes, in: &calendar)
    case .compute:
      processes[process].stage = .network
      calendar.post(.resume(process: process), at: calendar.now + halfTrip)
    default:
      lookupRestedAt = calendar.now
      answer(lookups[index])
      processes.remove(process)
      // One that a skipped stretch made void may still be under way beside the next.
      openLookups -= 1
      if openLookups == 0 { lookups.removeAll(keepingCapacity: true) }
    }
  }

  /// A boundary lookup has the name of the key that it begins at.
  private func name(of lookup: Action) -> UInt64 {
    guard case .findBoundary(_, let after?, _, _, _) = lookup else { return 0 }
    return mixed(UInt64(truncatingIfNeeded: after.position))
  }

  /// CPU of reading the index, or the table, up to the boundary.
  private func lookupDemand(_ action: Action) -> TimeSpan {
    guard case .findBoundary(_, let after, let rows, let method, _) = action else { return .zero }
    return switch method {
    case .keyset: costs.indexStep * Double(rows)
    case .offset(let skipped): costs.indexStep * Double(skipped + rows)
    case .filter:
      scenario.backfill?.filterIndexed == true
        ? costs.indexStep * Double(rows)
        : costs.scanRow * Double(keyMap.rows(upTo: after ?? Key(0)) + rows)
    }
  }

  private mutating func answer(_ lookup: Lookup) {
    guard case .findBoundary(let id, let after, let rows, _, let direction) = lookup.action else {
      return
    }
    let duration = calendar.now - lookup.startedAt
    let (found, upTo) =
      isPhysical ? blockBoundary(after, rows, direction) : keyBoundary(after, rows, direction)
    if found > 0 { lastBoundary = upTo }
    tell(.boundaryFound(id: id, upTo: found > 0 ? upTo : nil, rows: found, duration: duration))
  }

  private func keyBoundary(_ after: Key?, _ rows: Int, _ direction: Direction) -> (Int, Key) {
    switch direction {
    case .ascending:
      let start = after.map { keyMap.rows(upTo: $0) } ?? 0
      let found = max(0, min(rows, keyMap.rows - start))
      return (found, found > 0 ? keyMap.key(of: start + found - 1) : Key(0))
    case .descending:
      // Rows with smaller keys than `after`.
      let end = after.map { keyMap.rows(below: $0) } ?? keyMap.rows
      let found = max(0, min(rows, end))
      return (found, found > 0 ? keyMap.key(of: end - found) : Key(0))
    }
  }

  var isPhysical: Bool { strategy?.configuration.statement == .ctid }

  /// Heap blocks instead of keys.
  private func blockBoundary(_ after: Key?, _ rows: Int, _ direction: Direction) -> (Int, Key) {
    let layout = tables[0].layout
    let wanted = max(1, rows / layout.rowsAtFill)
    let blocks: Range<Int>
    switch direction {
    case .ascending:
      let first = min(layout.heapPages, after?.int64.map { Int($0) + 1 } ?? 0)
      blocks = first..<min(layout.heapPages, first + wanted)
    case .descending:
      let end = min(layout.heapPages, after?.int64.map { max(0, Int($0)) } ?? layout.heapPages)
      blocks = max(0, end - wanted)..<end
    }
    let start = min(layout.rows, blocks.lowerBound * layout.rowsAtFill)
    let found = min(layout.rows, blocks.upperBound * layout.rowsAtFill) - start
    let last = direction == .ascending ? blocks.upperBound - 1 : blocks.lowerBound
    return (found, Key(Int64(last)))
  }
}

// Signals: what the throttle's sensors read, and when the reading arrives.
extension Model {
  struct Subscription {
    var signal: Signal
    var every: TimeSpan
  }

  struct Reading {
    var signal: Signal
    var value: Double?
    var measuredAt: Instant
  }

  private mutating func subscribe(_ signal: Signal, _ every: TimeSpan) {
    subscriptions.append(Subscription(signal: signal, every: every))
    // The rate counts from here, not from the beginning of the log.
    if signal == .walRate { _ = measure(signal, over: every) }
    let index = subscriptions.count - 1
    calendar.post(.signal(index: Int32(index)), at: calendar.now + every)
  }

  mutating func readSignal(_ index: Int) {
    guard backfillEnd == nil, !finished else { return }
    let (signal, every) = (subscriptions[index].signal, subscriptions[index].every)
    calendar.post(.signal(index: Int32(index)), at: calendar.now + every)
    guard !isBlind(signal) else { return }
    report(signal, measure(signal, over: every))
  }

  /// Who asks is answered, also by a sensor that is blind.
  private mutating func measureOnce(_ signal: Signal) {
    // Nothing else reads the meters: what they hold is what came since the last question.
    report(signal, isBlind(signal) ? nil : measure(signal, over: .seconds(1)))
  }

  private func isBlind(_ signal: Signal) -> Bool {
    scenario.strategy.sensors[signal]?.blindAt.map { modelNow - backfillStart >= $0 } ?? false
  }

  /// Hands a reading to the strategy, as late as its sensor is.
  private mutating func report(_ signal: Signal, _ value: Double?) {
    let sensor = scenario.strategy.sensors[signal] ?? Sensor()
    if sensor.delay > .zero {
      readings.append(Reading(signal: signal, value: value, measuredAt: calendar.now))
      let number = Int32(firstReading + readings.count - 1)
      calendar.post(.signalArrived(index: number), at: calendar.now + sensor.delay)
    } else {
      tell(.signalMeasured(signal, value: value, measuredAt: calendar.now))
    }
  }

  mutating func deliver(reading number: Int) {
    let reading = readings[number - firstReading]
    // Delays differ by signal, so that an older reading may still be on its way.
    delivered += 1
    if delivered == readings.count {
      firstReading += readings.count
      readings.removeAll(keepingCapacity: true)
      delivered = 0
    }
    guard backfillEnd == nil else { return }
    tell(.signalMeasured(reading.signal, value: reading.value, measuredAt: reading.measuredAt))
  }

  private mutating func measure(_ signal: Signal, over period: TimeSpan) -> Double? {
    if signal == .walRate { bringLogUpToDate() }
    return switch signal {
    case .replicaLag: replicas.indices.map { replicas[$0].lag(at: calendar.now).seconds }.max()
    case .replicaLagBytes: replicas.indices.map { Double(replicas[$0].unapplied) }.max()
    case .locksWaitMean: meter.readWaitMean()
    case .locksWaiting: Double(locks.waiting)
    case .appActive: Double(appActive)
    case .appLatencyP99: meter.readLatencyP99()
    case .poolWaiting: Double(pools.sum { $0.statistics.waiting.value })
    case .walRate: meter.readLogRate(position: log.inserted, over: period)
    case .deadRows: Double(vacuums[0].deadRows)
    case .vacuumRunning: vacuums[0].running ? 1 : 0
    }
  }
}
