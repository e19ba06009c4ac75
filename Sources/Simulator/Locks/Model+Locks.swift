import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// Row locks: who gets them, who waits, who gives up.
extension Model {
  /// Locks and writes the rest of the statement's rows; false if one of them has to be waited for.
  mutating func lockRows(_ process: Int32, _ step: Step) -> Bool {
    let table = Int(step.table)
    while processes[process].row < step.rows {
      let known = processes[process].ordinal
      let ordinal = known >= 0 ? known : ordinal(process, step)
      guard takeRow(process, table: table, ordinal: ordinal, lockOnly: step.lockOnly) else {
        beginWait(process)
        return false
      }
      write(process, step, ordinal)
      processes[process].row += 1
    }
    processes[process].row = 0
    processes[process].ordinal = -1
    endBlocking(process)
    return true
  }

  /// Finds the only row of the statement that is on its way, so that its page comes to the cache
  /// meanwhile.
  mutating func lookUpRow(_ process: Int32, ahead: Int32) {
    let step = steps[Int(processes[process].step + ahead - 1)]
    let ordinal = ordinal(process, step)
    processes[process].ordinal = ordinal
    tables[Int(step.table)].prefetch(row: ordinal)
  }

  /// The row that the statement locks next.
  ///
  /// Several rows of one statement are locked in key order,
  /// as an index scan over a sorted list of keys finds them.
  private mutating func ordinal(_ process: Int32, _ step: Step) -> Int {
    let (index, arrival) = (Int(processes[process].owner), processes[process].arrival)
    let table = Int(step.table)
    if step.rows == 1 {
      return keys[index].rank(arrival: arrival, table: table, draw: UInt64(step.draw))
    }
    keyScratch.removeAll(keepingCapacity: true)
    for row in 0..<UInt64(step.rows) {
      keyScratch.append(
        keys[index].rank(arrival: arrival, table: table, draw: UInt64(step.draw) + row))
    }
    keyScratch.sort()
    return keyScratch[Int(processes[process].row)]
  }

  private mutating func write(_ process: Int32, _ step: Step, _ ordinal: Int) {
    let table = Int(step.table)
    processes[process].wrote = true
    let work =
      step.lockOnly
      ? tables[table].touch(row: ordinal, &random)
      : tables[table].update(row: ordinal, touched: step.touched, pinned: horizonHeld, &random)
    charge(work)
    processes[process].owed =
      processes[process].owed + pageDemand(of: work) + entryDemand(table) * Double(work.moved)
    vacuums[table].add(deadRows: work.moved)
  }

  /// Takes the row if it is free, else joins its queue.
  private mutating func takeRow(
    _ process: Int32, table: Int, ordinal: Int, lockOnly: Bool
  ) -> Bool {
    let name = RowName(table: table, ordinal: ordinal)
    if let lock = locks.lock(of: name) {
      if locks.holder(of: lock) == process {
        // Locked before and written now, or just granted: what counts is the last statement.
        locks.relock(lock, lockOnly: lockOnly)
        return true
      }
      enqueue(process, for: lock)
      return false
    }
    if table == 0, activeBatches > 0, let worker = workerHolding(ordinal) {
      let lock = locks.take(name, by: workers[worker].process)
      enqueue(process, for: lock)
      return false
    }
    let lock = locks.take(name, by: process, lockOnly: lockOnly)
    if table == 0 && activeBatches > 0 { placeObstacle(lock, ordinal) }
    return true
  }

  private mutating func enqueue(_ process: Int32, for lock: Int32) {
    countLockWaiters()
    locks.wait(process, for: lock)
    recorder.gauge(.lockWaiting, Double(locks.waiting), at: modelNow)
  }

  /// Whether a batch has locked this row by now.
  private func workerHolding(_ ordinal: Int) -> Int? {
    for index in workers.indices where workers[index].batch != nil {
      let rank = rank(ordinal, worker: index)
      let burst = burst(ofWorker: index)
      if workers[index].holds(rank: rank, burst: burst) && matches(ordinal) { return index }
    }
    return nil
  }

  private func rank(_ ordinal: Int, worker: Int) -> Int {
    workers[worker].physicalOrder ? tables[0].physical(ordinal) : ordinal
  }

  func burst(ofWorker index: Int) -> TimeSpan {
    workers[index].stage == .computing
      ? cpus[0].serviceReceived(workers[index].process, at: calendar.now) : .zero
  }

  /// Whether the backfill's filter selects the row: a hash, so that it is the same in every run.
  func matches(_ ordinal: Int) -> Bool {
    let share = scenario.backfill?.rowsMatching ?? 1
    return share >= 1 || queueKey.uniform(UInt64(ordinal)) < share
  }

  /// Traffic holds a row ahead of a running batch: the batch has to stop there.
  private mutating func placeObstacle(_ lock: Int32, _ ordinal: Int) {
    for index in workers.indices where workers[index].batch != nil {
      let rank = rank(ordinal, worker: index)
      guard workers[index].frontier.rows.contains(rank), matches(ordinal) else { continue }
      workers[index].frontier.add(Frontier.Obstacle(rank: rank, lock: lock))
      retarget(index)
    }
  }

  /// What traffic holds when a batch begins stands in its way from the start.
  mutating func placeObstacles(worker index: Int) {
    for held in locks.held(inTable: 0) where processes[held.holder].role != .worker {
      let rank = rank(held.ordinal, worker: index)
      guard workers[index].frontier.rows.contains(rank), matches(held.ordinal) else { continue }
      workers[index].frontier.add(Frontier.Obstacle(rank: rank, lock: held.lock))
    }
  }

  /// The row is free again: batches need not stop there.
  mutating func removeObstacles(at ordinal: Int) {
    for index in workers.indices where workers[index].batch != nil {
      if workers[index].frontier.removeObstacle(at: rank(ordinal, worker: index)) {
        retarget(index)
      }
    }
  }

  /// Puts the end of a worker's burst where its frontier has to stop next.
  private mutating func retarget(_ index: Int) {
    guard workers[index].stage == .computing else { return }
    let left = workers[index].frontier.serviceToNextStop - burst(ofWorker: index)
    cpus[0].retarget(workers[index].process, remaining: left, in: &calendar)
  }

  /// The process stands in a row's queue: starts its clocks.
  private mutating func beginWait(_ process: Int32) {
    processes[process].stage = .lock
    processes[process].blockedSince = calendar.now
    startTimers(process, timeout: appLockTimeout)
    recorder.gauge(.appBlocked, Double(appBlockedCount(+1)), at: modelNow)
  }

  mutating func startTimers(_ process: Int32, timeout: TimeSpan?) {
    let now = calendar.now
    if let timeout {
      processes[process].lockTimer = calendar.post(
        .lockTimeout(process: process), at: now + timeout)
    }
    let deadlock = engine.detection == .timer ? scenario.database.settings.deadlockTimeout : .zero
    processes[process].deadlockTimer = calendar.post(
      .deadlockCheck(process: process), at: now + deadlock)
  }

  mutating func stopTimers(_ process: Int32) {
    calendar.cancel(processes[process].lockTimer)
    calendar.cancel(processes[process].deadlockTimer)
    processes[process].lockTimer = .none
    processes[process].deadlockTimer = .none
  }

  /// The transaction no longer waits for its row.
  private mutating func endWait(_ process: Int32) {
    stopTimers(process)
    let waited = calendar.now - processes[process].blockedSince
    processes[process].blocked = processes[process].blocked + waited
    books.lockWaitNanoseconds += Int128(waited.nanoseconds)
    recorder.gauge(.appBlocked, Double(appBlockedCount(-1)), at: modelNow)
    recorder.gauge(.lockWaiting, Double(locks.waiting), at: modelNow)
  }

  private mutating func appBlockedCount(_ change: Int) -> Int {
    appBlocked += change
    return appBlocked
  }

  /// The statement is over: its whole time blocked is one wait.
  private mutating func endBlocking(_ process: Int32) {
    let waited = processes[process].blocked
    guard waited > .zero else { return }
    processes[process].blocked = .zero
    recorder.lockWaitEnded(
      .app, waited: waited, intended: processes[process].intended, at: modelNow)
    if waited >= .milliseconds(10) { meter.waited(waited) }
  }

  /// The process owns the row it waited for.
  private mutating func granted(_ process: Int32) {
    if processes[process].role == .worker { return workerGranted(Int(processes[process].owner)) }
    endWait(process)
    // Woken, the backend finds the row's newest version and checks its condition again.
    processes[process].step -= 1
    compute(process, costs.recheck)
  }

  /// Releases every row of the process; each goes to its next waiter.
  mutating func releaseLocks(of holder: Int32) {
    let newVersion = processes[holder].newVersion
    while locks.firstHeld(by: holder) != nil {
      countLockWaiters()
      let released = locks.releaseNewest(
        of: holder, newVersion: newVersion, queueing: engine.queueing
      ) { [queueKey, popped = calendar.popped] in queueKey.bits($0.hash ^ popped) }
      if let next = released.next {
        granted(next)
      } else if released.name.table == 0 && activeBatches > 0 {
        removeObstacles(at: released.name.ordinal)
      }
    }
  }

  /// Brings the integral of the number of waiters up to date; called before the number changes.
  mutating func countLockWaiters() {
    let span = Int128((calendar.now - lockWaitsChanged).nanoseconds)
    books.lockWaitIntegral += span * Int128(locks.waiting)
    lockWaitsChanged = calendar.now
  }

  mutating func lockTimedOut(_ process: Int32) {
    if processes[process].role == .worker {
      return workerLockFailed(Int(processes[process].owner), .lockTimeout)
    }
    count(.appLockTimeouts, 1)
    failWait(process)
  }

  mutating func checkDeadlock(_ process: Int32) {
    guard locks.isDeadlocked(process) else { return }
    if processes[process].role == .worker {
      return workerLockFailed(Int(processes[process].owner), .deadlock)
    }
    count(.appDeadlocks, 1)
    failWait(process)
  }

  /// The server ends the wait with an error, and with it the transaction.
  private mutating func failWait(_ process: Int32) {
    abortWait(process)
    fail(process, .errored)
  }

  /// Takes the process out of its row's queue.
  mutating func abortWait(_ process: Int32) {
    countLockWaiters()
    locks.withdraw(process)
    endWait(process)
    endBlocking(process)
  }
}
