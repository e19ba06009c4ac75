import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// What the server does by itself: checkpoints, vacuum, and the bookkeeping of every second.
extension Model {
  /// Requests a checkpoint when the log since the last one has reached its limit.
  mutating func checkLogLimit() {
    guard !checkpointer.running,
      checkpointer.isDue(at: modelNow, logPosition: log.inserted)
    else { return }
    startCheckpoint()
  }

  mutating func startCheckpoint() {
    guard !checkpointer.running else { return }
    bringLogUpToDate()
    let dirty = tables.sum { $0.dirtyPages }
    let writes = tables.map { $0.checkpointWrites(ofUpTo: Checkpointer.mostMerged) }.reduce(0, +)
    checkpointer.start(at: modelNow, logPosition: log.inserted, dirtyPages: dirty, writes: writes)
    for index in tables.indices {
      tables[index].checkpoint()
      vacuums[index].checkpointStarted()
    }
    count(.checkpoints, 1)
    alarms.cancel(.checkpoint)
    setAlarm(.checkpoint, at: checkpointer.due)
    calendar.post(.checkpointTick, at: calendar.now + checkpointer.tick)
    steady.checkpointStarted(at: modelNow)
  }

  mutating func writeCheckpointPages() {
    // Behind schedule it writes as fast as half of the device lets it.
    let storage = scenario.database.storage
    let fastest = min(
      storage.iops * checkpointer.pagesPerWrite, storage.throughput / Double(RowLayout.pageBytes))
    let most = max(1, Int(fastest * Checkpointer.shortestTick.seconds / 2))
    let pages = checkpointer.pagesForTick(at: modelNow, logPosition: log.inserted, atMost: most)
    if pages > 0 {
      devices[0].submit(
        Self.noOwner, .write, operations: max(1, Int(Double(pages) / checkpointer.pagesPerWrite)),
        bytes: Int64(pages * RowLayout.pageBytes), in: &calendar)
    }
    checkpointer.handedOver(
      lump: TimeSpan(seconds: Double(pages) / fastest), isBehind: pages == most)
    if checkpointer.pagesLeft > 0 {
      calendar.post(.checkpointTick, at: calendar.now + checkpointer.tick)
    } else {
      checkpointer.finish()
      for server in writebacks.indices { writebacks[server].checkpointEnded() }
      let (redo, ahead) = (checkpointer.redo, checkpointer.logReady)
      everyLog { $0.recycle(redo: redo, ahead: ahead) }
      steady.checkpointEnded(at: modelNow)
    }
  }

  /// The launcher looks once per naptime whether a table needs vacuum.
  mutating func checkVacuum() {
    for index in vacuums.indices where vacuums[index].isDue {
      let pages = tables[index].heap.marked(.unvacuumed)
      vacuums[index].start(
        at: modelNow, horizon: oldestSnapshot ?? modelNow,
        .init(
          heap: pages, unmodified: tables[index].heap.unmodifiedShare(of: .unvacuumed),
          leaves: tables[index].layout.leafPages.reduce(0, +)),
        missShare: cache.coldShare)
      count(.vacuums, 1)
      calendar.post(.vacuumTick(table: Int32(index)), at: calendar.now)
      steady.disturbed(at: modelNow)
    }
    setAlarm(.vacuumCheck, at: modelNow + scenario.database.settings.autovacuumNaptime)
  }

  /// One tick of vacuum work: read, prune, mark all-visible; each page leaves log with the horizon
  /// below which a standby's queries must not look any more.
  mutating func vacuumPages(of index: Int) {
    bringLogUpToDate()
    if vacuums[index].pagesLeft > 0 {
      takePages(ofVacuum: index)
      calendar.post(.vacuumTick(table: Int32(index)), at: calendar.now + vacuums[index].tick)
      return
    }
    let pinned = (oldestSnapshot ?? .distantFuture) < vacuums[index].startedAt
    let removed = vacuums[index].finish(pinned: pinned)
    tables[index].reusableVersions += removed
    if !pinned { tables[index].heap.clear(.unvacuumed) }
    steady.disturbed(at: modelNow)
  }

  private mutating func takePages(ofVacuum index: Int) {
    let pages = vacuums[index].pagesForTick(at: calendar.now)
    guard pages > 0 else { return }
    let share = cache.coldShare
    let reads = share > 0 ? random.binomial(n: pages, p: share) : 0
    if reads > 0 {
      devices[0].submit(
        Self.noOwner, .read, operations: reads, bytes: Int64(reads * RowLayout.pageBytes),
        in: &calendar)
    }
    let work = prune(vacuums[index].heapPages(ofLast: pages), ofTable: index)
    count(work)
    let horizon = snapshotNumber(vacuums[index].horizon)
    vacuums[index].log = SpreadLog(content(of: work, conflictHorizon: horizon))
  }

  /// What vacuum does to so many heap pages.
  mutating func prune(_ pages: Int, ofTable index: Int) -> TablePages.Work {
    tables[index].prune(
      pages: pages, unmodified: vacuums[index].unmodifiedShare,
      deadRows: vacuums[index].deadPerPage, &random)
  }

  /// Model time of the oldest snapshot that anything holds, the backfill's own statements included.
  var oldestSnapshot: Instant? {
    var oldest: Instant?
    for worker in workers {
      if let snapshot = worker.snapshot { oldest = min(oldest ?? snapshot, snapshot) }
    }
    for transaction in longTransactions where transaction.until > modelNow {
      oldest = min(oldest ?? transaction.from, transaction.from)
    }
    for replica in replicas.indices where scenario.database.settings.hotStandbyFeedback {
      for query in replicaQueries[replica] {
        let snapshot = Instant(nanoseconds: query.snapshot)
        oldest = min(oldest ?? snapshot, snapshot)
      }
    }
    return oldest
  }

  /// Of every table's heap and indexes.
  var relationBytes: [Int] { tables.map { $0.relationBytes }.flatMap { $0 } }

  /// A replica's relations grow as it replays, on its own device or on the primary's.
  ///
  /// All of a burst is at the device before the next flush, which waits for it: Linux hands over requests of up
  /// to 4 MiB, and a flush makes durable whatever was written before it.
  private mutating func writeBack() {
    guard !writebacks.isEmpty else { return }
    let (sizes, now) = (relationBytes, modelNow)
    writebacks[0].grow(to: sizes, at: now)
    writeBack(server: 0, to: 0)
    for replica in replicas.indices {
      let replayed = replicas[replica].positions.replayed
      let more = Double(replayed - replayedAtLook[replica])
      replayedAtLook[replica] = replayed
      let left = Double(replicas[replica].unapplied)
      writebacks[1 + replica].grow(to: sizes, share: more / max(1, more + left), at: now)
      writeBack(server: 1 + replica, to: deviceIndex(replica))
    }
  }

  private mutating func writeBack(server: Int, to device: Int) {
    let bytes = writebacks[server].due(at: modelNow)
    guard bytes > 0 else { return }
    devices[device].submit(
      Self.noOwner, .write, operations: (bytes - 1) >> 18 + 1, bytes: Int64(bytes), in: &calendar)
  }

  /// After a skipped stretch.
  mutating func skipWritebacks(_ span: TimeSpan) {
    guard !writebacks.isEmpty else { return }
    let sizes = relationBytes
    for server in writebacks.indices { writebacks[server].skip(span, sizes: sizes) }
    for replica in replicas.indices {
      replayedAtLook[replica] = replicas[replica].positions.replayed
    }
  }

  /// Snapshots are numbered by the model time at which they were taken.
  func snapshotNumber(_ instant: Instant) -> Int64 { instant.nanoseconds }

  /// Once a second of played time: totals to the recorder, slow decisions.
  mutating func everySecond() {
    bringLogUpToDate()
    countTotals()
    checkLogLimit()
    horizonHeld = oldestSnapshot.map { modelNow - $0 > .seconds(1) } ?? false
    let dead = vacuums.sum { $0.deadRows }
    recorder.gauge(.deadRows, Double(dead), at: modelNow)
    recorder.gauge(.bloatBytes, Double(dead * (tables[0].layout.tuple + 4)), at: modelNow)
    recorder.gauge(
      .horizonAge, oldestSnapshot.map { (modelNow - $0).seconds } ?? 0, at: modelNow)
    recordLag()
    recordSpace()
    writeBack()
    refreshCaches()
    checkDrained()
    considerSkipping()
    if !finished { calendar.post(.second, at: calendar.now + .seconds(1)) }
  }

  private mutating func recordSpace() {
    if let balance = devices[0].burstBalance(at: calendar.now) {
      recorder.gauge(.burstBalance, balance, at: modelNow)
    }
    guard let free = scenario.database.storage.freeSpace else { return }
    let grown = tables.sum { $0.appendedVersions * ($0.layout.tuple + 4) }
    let retained = replicas.map { $0.retained }.max() ?? 0
    let left = max(0, Double(free - grown) - Double(retained))
    recorder.gauge(.freeSpace, left, at: modelNow)
  }

  private mutating func refreshCaches() {
    if scenario.database.state == .fresh {
      let age = modelNow.seconds
      buffers?.refresh(scanPagesPerSecond: 0, age: age)
    }
    guard !cache.fits else { return }
    let rows = Double(books.rowsCovered - rowsAtLastRefresh)
    rowsAtLastRefresh = books.rowsCovered
    let pages = rows / Double(tables[0].layout.rowsAtFill) * 2
    if abs(pages - scanRate) > 0.1 * max(1, scanRate) {
      scanRate = pages
      cache.refresh(scanPagesPerSecond: pages)
    }
  }

  /// Adds to what the recorder is told once a second: a call for each row would cost more than it.
  mutating func count(_ counter: Counter, _ amount: Int64) {
    tallied[counter.rawValue] += amount
  }

  /// Hands what was counted, and the growth of the components' own totals, to the recorder.
  mutating func countTotals() {
    let now = modelNow
    for counter in Counter.allCases where tallied[counter.rawValue] != 0 {
      recorder.count(counter, tallied[counter.rawValue], at: now)
      tallied[counter.rawValue] = 0
    }
    recorder.count(.walBytes, log.inserted - counted.log, at: now)
    counted.log = log.inserted
    let statistics = devices[0].statistics
    recorder.count(.storageReads, Int64(statistics.reads - counted.reads), at: now)
    recorder.count(.storageWrites, Int64(statistics.writes - counted.writes), at: now)
    (counted.reads, counted.writes) = (statistics.reads, statistics.writes)
    let busy = cpus[0].busy(at: calendar.now)
    recorder.count(.cpuBusy, busy - counted.cpuBusy, at: now)
    counted.cpuBusy = busy
    let storageBusy = devices[0].busy(at: calendar.now)
    recorder.count(.storageBusy, Int64(storageBusy - counted.storageBusy), at: now)
    counted.storageBusy = storageBusy
    recorder.gauge(.storageQueue, Double(statistics.inFlight.value), at: now)
  }
}
