import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// A batch, from BEGIN to the answer of COMMIT.
extension Model {
  mutating func execute(_ batch: Batch, worker index: Int, lockTimeout: LockTimeout) {
    let physical = batch.statement == .ctid
    let rows = physical ? blockRows(batch.range) : keyMap.ordinals(batch.range)
    workers[index].batch = batch
    workers[index].lockTimeout = lockTimeout
    workers[index].startedAt = calendar.now
    workers[index].physicalOrder = physical
    workers[index].frontier = Frontier(rows: rows)
    workers[index].allLocked = false
    workers[index].locksOnly = batch.statement == .lockThenUpdate
    workers[index].moved = 0
    workers[index].rowsDone = 0
    workers[index].skipped.removeAll(keepingCapacity: true)
    workers[index].blocked = .zero
    processes[workers[index].process].newVersion = false
    workers[index].segmentRows = segmentRows(worker: index)
    activeBatches += 1
    placeObstacles(worker: index)
    // BEGIN makes its own round trip; the statement follows.
    trip(index, halfTrip + scenario.database.roundTrip, then: .sending)
  }

  /// Rows of a ctid range: keys are heap blocks.
  func blockRows(_ range: KeyRange) -> Range<Int> {
    let perBlock = tables[0].layout.rowsAtFill
    let lower = range.after?.int64.map { Int($0) + 1 } ?? 0
    let upper = range.upTo?.int64.map { Int($0) + 1 } ?? tables[0].layout.heapPages
    let rows = tables[0].layout.rows
    return min(rows, lower * perBlock)..<min(rows, max(lower, upper) * perBlock)
  }

  /// What the first statement of a connection of the backfill takes longer after a rest; nothing where it
  /// has hardly rested.
  ///
  /// Drawn from what the connection asks for, not in the order of asking (decision 0047).
  func coldStart(rested: TimeSpan, name: UInt64, from key: RandomKey) -> TimeSpan {
    guard rested >= .milliseconds(1), costs.cold > .zero else { return .zero }
    return coldStarts?.draw(sumOf: 1, from: key, at: name) ?? costs.cold
  }

  private mutating func trip(_ index: Int, _ span: TimeSpan, then stage: Worker.Stage) {
    workers[index].stage = stage
    calendar.post(.resume(process: workers[index].process), at: calendar.now + span)
  }

  /// A delay, a read or a flush is over.
  mutating func workerGoesOn(_ index: Int) {
    switch workers[index].stage {
    case .sending:
      // The statement's snapshot holds the horizon until the transaction ends.
      workers[index].snapshot = modelNow
      let cold = coldStart(
        rested: workers[index].startedAt - workers[index].restedAt,
        name: name(of: workers[index].process), from: batchColdKey)
      workers[index].restedAt = workers[index].startedAt
      compute(index, cold + costs.begin + costs.statement + costs.plan, .planning)
    case .reading: resumeSegment(index)
    case .logFull:
      if workers[index].frontier.isAtSegmentEnd { nextSegment(index) } else { resumeSegment(index) }
    case .rowTrips: nextSegment(index)
    case .commitTrip:
      let sync = commitsAsynchronously ? .zero : costs.sync
      compute(
        index, costs.statement + costs.plan + costs.updateRow + costs.commit + sync, .committing)
    case .flushing: acknowledge(index)
    case .acknowledging: committed(index)
    case .replying: reportCommit(index)
    case .failing(let code): reportFailure(index, code)
    case .idle, .planning, .computing, .committing, .blocked: break
    }
  }

  private mutating func compute(_ index: Int, _ demand: TimeSpan, _ stage: Worker.Stage) {
    workers[index].stage = stage
    let process = workers[index].process
    cpus[0].submit(
      process, demand: demand, wakes: clientWakes,
      name: cpus[0].drawsLuck ? name(of: process) : nil, in: &calendar)
  }

  /// The worker's burst is over.
  mutating func workerComputed(_ index: Int) {
    switch workers[index].stage {
    case .planning: nextSegment(index)
    case .computing: reachedStop(index)
    case .committing: flush(index)
    default: break
    }
  }

  /// The frontier stands at an obstacle, at the end of a part or of the segment.
  private mutating func reachedStop(_ index: Int) {
    let received = cpus[0].serviceReceived(workers[index].process, at: calendar.now)
    workers[index].frontier.add(service: received)
    while let obstacle = workers[index].frontier.nextObstacle,
      workers[index].frontier.service(upTo: obstacle.rank) == .zero
    {
      guard workers[index].lockTimeout == .skipLocked else {
        return block(index, on: obstacle)
      }
      workers[index].skip(obstacle)
    }
    insertLog(ofWorker: index)
    if workers[index].frontier.isAtSegmentEnd { settleSegment(index, share: 1) }
    if log.isFull, waitForLog(index) { return }
    if workers[index].frontier.isAtSegmentEnd { nextSegment(index) } else { resumeSegment(index) }
  }

  private mutating func resumeSegment(_ index: Int) {
    compute(index, workers[index].frontier.serviceToNextStop, .computing)
  }

  /// Books this share (0...1) of the segment's work, whose log is inserted.
  private mutating func settleSegment(_ index: Int, share: Double) {
    let work = workers[index].pending.part(share)
    workers[index].pending = TablePages.Work()
    workers[index].log = SpreadLog()
    count(work)
    batchImages += Int64(work.imageBytes)
    batchPointers += work.leafPointers
    if !workers[index].locksOnly {
      workers[index].rowsDone += work.hot + work.moved
      workers[index].moved += work.moved
    }
  }

  /// The worker flushes the full log buffer itself; false if it need not.
  private mutating func waitForLog(_ index: Int) -> Bool {
    workers[index].stage = .logFull
    return log.wait(
      workers[index].process, upTo: log.inserted - log.settings.segment, on: &devices[0],
      in: &calendar)
  }

  /// Starts the next part of the statement, or ends it.
  private mutating func nextSegment(_ index: Int) {
    let start = workers[index].frontier.segment.upperBound
    let end = workers[index].frontier.rows.upperBound
    guard start < end else { return passEnded(index) }
    if workers[index].batch?.statement == .perRow && workers[index].stage != .rowTrips {
      let rows = min(workers[index].segmentRows, end - start)
      return trip(index, scenario.database.roundTrip * rows, then: .rowTrips)
    }
    let segment = start..<min(end, start + workers[index].segmentRows)
    let work = work(for: segment, worker: index)
    let content = content(of: work)
    workers[index].pending = work
    workers[index].log = SpreadLog(content)
    workers[index].frontier.begin(
      segment: segment, demand: demand(for: segment, worker: index),
      parts: logParts(of: content))
    let misses = misses(for: segment, worker: index)
    if misses.operations > 0 {
      workers[index].stage = .reading
      devices[0].submit(
        workers[index].process, .read, operations: misses.operations, bytes: misses.bytes,
        depth: misses.depth, in: &calendar)
      return
    }
    resumeSegment(index)
  }

  /// The frontier has reached the end of the statement's rows.
  private mutating func passEnded(_ index: Int) {
    if workers[index].locksOnly {
      // Every row is locked; the update makes a second pass over them.
      workers[index].locksOnly = false
      workers[index].allLocked = true
      let rows = workers[index].frontier.rows
      workers[index].frontier = Frontier(rows: rows)
      return trip(index, scenario.database.roundTrip, then: .sending)
    }
    // The progress row belongs to the same transaction.
    charge(progressRowWork)
    trip(index, scenario.database.roundTrip, then: .commitTrip)
  }

  private mutating func flush(_ index: Int) {
    workers[index].commitPosition = insertCommit()
    workers[index].stage = .flushing
    let position = workers[index].commitPosition
    if !waitForCommit(workers[index].process, position) { committed(index) }
  }

  private mutating func acknowledge(_ index: Int) {
    if waitForReplicas(workers[index].process, workers[index].commitPosition) {
      workers[index].stage = .acknowledging
    } else {
      committed(index)
    }
  }

  /// The transaction is over on the server: rows are free, the horizon may move.
  private mutating func committed(_ index: Int) {
    let worker = workers[index]
    processes[worker.process].newVersion = true
    close(index)
    vacuums[0].add(deadRows: worker.moved)
    let rows = worker.frontier.rows.count - worker.skipped.count
    let matching = min(rows, max(0, worker.rowsDone - worker.skipped.count))
    books.rowsCovered += rows
    count(.rowsCovered, Int64(matching))
    count(.rowsTouched, Int64(matching))
    recorder.batchCommitted(
      rows: matching, duration: calendar.now - worker.startedAt, at: modelNow)
    lastCommit = modelNow
    trace.combine(UInt64(bitPattern: modelNow.nanoseconds) ^ UInt64(rows))
    trip(index, halfTrip, then: .replying)
  }

  /// Frees the rows of a batch that committed or rolled back.
  private mutating func close(_ index: Int) {
    workers[index].snapshot = nil
    activeBatches -= 1
    if workers[index].blocked > .zero {
      recorder.lockWaitEnded(
        .backfill, waited: workers[index].blocked, intended: modelNow, at: modelNow)
      if workers[index].blocked >= .milliseconds(10) { meter.waited(workers[index].blocked) }
    }
    workers[index].frontier = Frontier(rows: workers[index].frontier.rows)
    workers[index].allLocked = false
    let held = workers[index].batch
    workers[index].batch = nil
    releaseLocks(of: workers[index].process)
    workers[index].batch = held
  }

  private mutating func rest(_ index: Int) {
    workers[index].batch = nil
    workers[index].stage = .idle
    workers[index].restedAt = calendar.now
  }

  private mutating func reportCommit(_ index: Int) {
    guard let batch = workers[index].batch else { return }
    rest(index)
    let skipped = workers[index].skipped
    if !skipped.isEmpty { tell(.rowsSkipped(id: batch.id, worker: index, ranges(of: skipped))) }
    tell(
      .batchCommitted(
        id: batch.id, worker: index, rows: max(0, workers[index].rowsDone - skipped.count),
        skipped: skipped.count, duration: calendar.now - workers[index].startedAt))
  }

  /// Ascending ordinals as ranges of keys; neighbours share one.
  private func ranges(of ordinals: [Int]) -> [SkippedRows] {
    var runs: [Range<Int>] = []
    for ordinal in ordinals {
      if let last = runs.last, last.upperBound == ordinal {
        runs[runs.count - 1] = last.lowerBound..<ordinal + 1
      } else {
        runs.append(ordinal..<ordinal + 1)
      }
    }
    return runs.map { run in
      let first = keyMap.key(of: run.lowerBound)
      let range = KeyRange(
        after: Key(position: first.position - 1), upTo: keyMap.key(of: run.upperBound - 1))
      return SkippedRows(range: range, rows: run.count)
    }
  }

  private mutating func reportFailure(_ index: Int, _ code: FailureCode) {
    guard let batch = workers[index].batch else { return }
    rest(index)
    count(.backfillRetries, 1)
    tell(
      .batchFailed(
        id: batch.id, worker: index, code: code,
        duration: calendar.now - workers[index].startedAt))
  }
}

// Batches that wait, and batches that fail.
extension Model {
  private mutating func block(_ index: Int, on obstacle: Frontier.Obstacle) {
    let process = workers[index].process
    _ = workers[index].frontier.removeObstacle(at: obstacle.rank)
    countLockWaiters()
    locks.wait(process, for: obstacle.lock)
    workers[index].stage = .blocked
    workers[index].blockedSince = calendar.now
    countBlockedWorkers(+1)
    recorder.gauge(.lockWaiting, Double(locks.waiting), at: modelNow)
    let server = scenario.database.settings.lockTimeout
    let timeout: TimeSpan? =
      switch workers[index].lockTimeout {
      case .server: server > .zero ? server : nil
      case .serverPlus(let span): server > .zero ? server + span : nil
      case .after(let span): span
      case .nowait: .zero
      // Whoever skips rows waits for none.
      case .skipLocked: nil
      }
    startTimers(process, timeout: timeout)
  }

  /// The row in the batch's way is its own now.
  mutating func workerGranted(_ index: Int) {
    endBlock(index)
    // READ COMMITTED finds the row's newest version and checks the condition again.
    compute(index, workers[index].frontier.serviceToNextStop + costs.recheck, .computing)
  }

  private mutating func endBlock(_ index: Int) {
    stopTimers(workers[index].process)
    let waited = calendar.now - workers[index].blockedSince
    workers[index].blocked = workers[index].blocked + waited
    books.lockWaitNanoseconds += Int128(waited.nanoseconds)
    countBlockedWorkers(-1)
    recorder.gauge(.lockWaiting, Double(locks.waiting), at: modelNow)
  }

  private mutating func countBlockedWorkers(_ change: Int) {
    workersBlocked += change
    recorder.gauge(.backfillBlocked, Double(workersBlocked), at: modelNow)
  }

  mutating func workerLockFailed(_ index: Int, _ code: FailureCode) {
    count(
      code == .deadlock ? .backfillDeadlocks : .backfillLockTimeouts, 1)
    countLockWaiters()
    locks.withdraw(workers[index].process)
    endBlock(index)
    fail(index, code)
  }

  /// Someone cancels what the worker runs.
  mutating func cancelBatch(_ index: Int) {
    let process = workers[index].process
    switch workers[index].stage {
    case .planning, .committing: cpus[0].withdraw(process, in: &calendar)
    case .computing:
      workers[index].frontier.add(service: cpus[0].withdraw(process, in: &calendar))
    case .blocked:
      countLockWaiters()
      locks.withdraw(process)
      endBlock(index)
    case .sending, .rowTrips, .commitTrip, .reading, .logFull:
      // What is under way comes back to a process that no longer waits for it.
      detach(index)
    case .idle, .flushing, .acknowledging, .replying, .failing: return
    }
    fail(index, .cancelled)
  }

  /// Gives the worker a new process, so that the answer to the old one finds nobody.
  private mutating func detach(_ index: Int) {
    let old = workers[index].process
    let fresh = admit(.worker, owner: Int32(index))
    processes[old].role = .detached
    workers[index].process = fresh
    releaseLocks(of: old)
  }

  /// Rolling back frees the rows at once; the versions written stay as dead rows.
  private mutating func fail(_ index: Int, _ code: FailureCode) {
    processes[workers[index].process].newVersion = false
    insertLog(ofWorker: index)
    settleSegment(index, share: workers[index].frontier.share())
    vacuums[0].add(deadRows: workers[index].rowsDone)
    count(.rowsRolledBack, Int64(workers[index].rowsDone))
    close(index)
    trip(index, halfTrip + scenario.database.roundTrip, then: .failing(code))
  }
}
