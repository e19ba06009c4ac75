import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// Transactions that do not end well: timeouts, rejections, errors.
extension Model {
  mutating func setDeadline(class index: Int, _ process: Int32, at deadline: Instant) {
    classes[index].deadlines.insert(
      .init(deadline: deadline, process: process, serial: processes[process].serial))
    armDeadlines(class: index)
  }

  /// Keeps one calendar event for the first deadline.
  private mutating func armDeadlines(class index: Int) {
    guard let first = classes[index].deadlines.first,
      first.deadline < classes[index].deadlines.due
    else { return }
    calendar.cancel(classes[index].deadlines.alarm)
    classes[index].deadlines.due = first.deadline
    classes[index].deadlines.alarm = calendar.post(
      .deadline(class: Int32(index)), at: max(calendar.now, first.deadline))
  }

  /// The oldest deadline of a class has come: gives up every transaction that is past its own and
  /// forgets those that ended in time.
  mutating func deadlinePassed(class index: Int) {
    classes[index].deadlines.due = .distantFuture
    while let entry = classes[index].deadlines.first {
      let alive = processes[entry.process].serial == entry.serial
      if alive && entry.deadline > calendar.now { break }
      classes[index].deadlines.popFirst()
      if alive && !processes[entry.process].abandoned { giveUp(entry.process) }
    }
    armDeadlines(class: index)
  }

  /// The client stops waiting: it cancels the statement and rolls back.
  private mutating func giveUp(_ process: Int32) {
    switch processes[process].stage {
    case .pool:
      leavePool(process)
      end(process, .timedOut)
      retryOrRetire(process)
    case .flush, .acknowledgement:
      // A commit record cannot be taken back; only the answer comes too late.
      processes[process].abandoned = true
      record(process, .timedOut)
    case .storage:
      abandon(process, .timedOut)
    case .lock:
      abortWait(process)
      fail(process, .timedOut)
    case .compute:
      cpus[cpu(of: process)].withdraw(process, in: &calendar)
      fail(process, .timedOut)
    case .network, .idle:
      calendar.cancel(processes[process].resumeToken)
      fail(process, .timedOut)
    case .rollback: break
    }
  }

  mutating func poolWaitTimedOut(pool: Int, waiter: Int32) {
    pools[pool].waitTimedOut(waiter, at: calendar.now)
    reject(waiter, pool: pool, waited: calendar.now - processes[waiter].blockedSince)
  }

  /// No connection: the transaction is turned away.
  mutating func reject(_ process: Int32, pool: Int, waited: TimeSpan) {
    recorder.poolWaitEnded(pool: pool, waited: waited, rejected: true, at: modelNow)
    end(process, .rejected)
    retryOrRetire(process)
  }

  private mutating func leavePool(_ process: Int32) {
    let pool = poolOf(process)
    pools[pool].abandon(process, in: &calendar)
    recorder.poolWaitEnded(
      pool: pool, waited: calendar.now - processes[process].blockedSince, rejected: true,
      at: modelNow)
  }

  /// Records the outcome unless another attempt follows.
  private mutating func end(_ process: Int32, _ outcome: Outcome) {
    let retry = scenario.traffic[Int(processes[process].owner)].retry
    if Int(processes[process].attempt) < retry.max {
      recorder.retried(
        class: Int(processes[process].owner), intended: processes[process].intended)
    } else {
      record(process, outcome)
    }
  }

  private mutating func abandon(_ process: Int32, _ outcome: Outcome) {
    processes[process].abandoned = true
    end(process, outcome)
  }

  /// The transaction rolls back: its locks go when the server hears of it, its connection returns
  /// after the round trip.
  mutating func fail(_ process: Int32, _ outcome: Outcome) {
    abandon(process, outcome)
    rollBack(process)
  }

  mutating func rollBack(_ process: Int32) {
    processes[process].stage = .rollback
    calendar.post(.resume(process: process), at: calendar.now + halfTrip)
  }

  /// The server has heard of the rollback, or the client of its end.
  mutating func rolledBack(_ process: Int32) {
    if processes[process].row >= 0 {
      processes[process].newVersion = false
      releaseLocks(of: process)
      processes[process].row = -1
      calendar.post(.resume(process: process), at: calendar.now + halfTrip)
      return
    }
    disconnect(process)
    retryOrRetire(process)
  }

  /// Either the next attempt of the same transaction, or its end.
  private mutating func retryOrRetire(_ process: Int32) {
    let index = Int(processes[process].owner)
    let retry = scenario.traffic[index].retry
    guard Int(processes[process].attempt) < retry.max else { return retire(process) }
    serial &+= 1
    processes[process].serial = serial
    processes[process].attempt += 1
    processes[process].abandoned = false
    processes[process].wrote = false
    processes[process].row = 0
    processes[process].ordinal = -1
    processes[process].stage = .idle
    calendar.post(.retry(process: process), at: calendar.now + retry.backoff)
  }

  /// The backoff is over: the transaction asks for a connection again.
  mutating func retryDue(_ process: Int32) {
    let index = Int(processes[process].owner)
    if let timeout = classes[index].timeout {
      setDeadline(class: index, process, at: calendar.now + timeout)
    }
    enterPool(process)
  }
}
