import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// Skipping a steady stretch: everything slow advances by what the last window did to it.
extension Model {
  /// At the end of a window: plays on, or skips ahead.
  mutating func considerSkipping() {
    guard !exact, mayBeSteady,
      steady.isWindowOver(at: modelNow, throttled: isThrottled, log: logSinceCheckpoint)
    else { return }
    let window = steadyTotals - steady.startSums
    let length = modelNow - steady.windowStart
    recordPauses()
    let limit = nextChange(window, length)
    let repeats = steady.repeats(
      of: window, expectsBatches: phase == .during && strategy != nil, at: modelNow, until: limit)
    if repeats > 0 {
      skip(window, length: length, repeats: repeats)
    } else {
      recorder.endStretch(repeats: 0, skipped: .zero, at: modelNow)
    }
    steady.begin(at: modelNow, totals: steadyTotals, log: logSinceCheckpoint)
    booksAtWindow = books
  }

  /// Whether this kind of run has steady stretches that can be skipped at all.
  private var mayBeSteady: Bool {
    guard phase == .during else { return phase != .warmup }
    guard let configuration = strategy?.configuration else { return true }
    return configuration.planner != .monolithic && configuration.order != .random
      && configuration.statement != .ctid
  }

  private var logSinceCheckpoint: Int64 { log.inserted - checkpointer.redo }

  private var isThrottled: Bool {
    if case .throttle? = strategy?.pausedBecause { true } else { false }
  }

  private var steadyTotals: SteadyState.Sums {
    SteadyState.Sums(
      rows: books.rowsCovered, batches: strategy?.tally.batches ?? 0, log: log.inserted,
      batchLog: batchLog, batchImages: batchImages,
      moved: vacuums.sum { $0.added },
      ended: books.completed + books.timedOut + books.rejected + books.errored,
      checkpointPages: checkpointer.pagesWritten,
      vacuumPages: vacuums.sum { $0.pagesDone },
      trafficImages: tables.sum { $0.trafficImages },
      operations: devices[0].statistics.reads + devices[0].statistics.writes,
      backlog: replicas.map { $0.unapplied }.max() ?? 0,
      inserted: tables[0].indexedVersions, passTime: batchPointers * secondsPerPointer,
      heldTime: heldTime)
  }

  /// The earliest model time at which something is known to change.
  private mutating func nextChange(_ window: SteadyState.Sums, _ length: TimeSpan) -> Instant {
    let now = modelNow
    var limit = alarms.next(
      besides: steady.inCycles ? [.vacuumCheck, .checkpoint] : [.vacuumCheck])
    limit = min(limit, now + .seconds(3_600), rateChange(after: now))
    if phase == .after { limit = min(limit, afterEnds) }
    let fastest = pace(of: window, length)?.fastest ?? 1
    func reaches(_ left: Int, _ perWindow: Int) {
      guard perWindow > 0 else { return }
      limit = min(limit, now + length * (Double(left) / Double(perWindow) / fastest))
    }
    if phase == .during && strategy != nil {
      let last = Double(window.rows) * SteadyState.lastWindows(of: length)
      reaches(remainingRows - Int(last), window.rows)
    }
    // A window that is a cycle holds everything that a checkpoint changes.
    if !steady.inCycles {
      let ready = log.segments.left(beyond: log.inserted)
      if ready > 0 { reaches(Int(ready), Int(window.log)) }
      if checkpointer.running {
        reaches(checkpointer.pagesLeft, window.checkpointPages)
      } else {
        reaches(Int(checkpointer.logLimit - logSinceCheckpoint), Int(window.log))
      }
    }
    for index in vacuums.indices {
      limit = min(limit, vacuumChange(of: index, window, length, fastest: fastest))
    }
    if let credits = devices[0].burstLeft(
      operationsPerSecond: Double(window.operations) / length.seconds, at: calendar.now)
    {
      limit = min(limit, now + credits)
    }
    guard limit > now, phase == .during else { return limit }
    return now + steadyTime(window, length, within: limit - now)
  }

  /// When a table's vacuum will end or begin.
  private func vacuumChange(
    of index: Int, _ window: SteadyState.Sums, _ length: TimeSpan, fastest: Double
  ) -> Instant {
    func reaches(_ left: Int, _ perWindow: Double) -> Instant {
      perWindow > 0 ? modelNow + length * (Double(left) / perWindow) : .distantFuture
    }
    let vacuum = vacuums[index]
    if vacuum.running { return reaches(vacuum.pagesLeft, Double(window.vacuumPages)) }
    if vacuum.isDue { return alarms.time(of: .vacuumCheck) ?? modelNow }
    guard vacuum.settings.autovacuum else { return .distantFuture }
    return reaches(vacuum.threshold - vacuum.deadRows, Double(window.moved) * fastest)
  }

  /// When the rate of some class will have drifted by a thirtieth, looked for within an hour.
  private func rateChange(after now: Instant) -> Instant {
    guard scenario.traffic.contains(where: { !$0.curve.isEmpty }) else { return .distantFuture }
    let minutes = (1...60).map { now + .seconds(60) * Double($0) }
    var first = minutes.count
    for index in arrivals.indices where !scenario.traffic[index].curve.isEmpty {
      guard let source = arrivals[index] else { continue }
      let rate = source.arrivalsPerSecond(at: now)
      let drifted = minutes.prefix(first).firstIndex {
        abs(source.arrivalsPerSecond(at: $0) - rate) > rate / 30
      }
      first = drifted ?? first
    }
    return first < minutes.count ? minutes[first] : .distantFuture
  }

  private var remainingRows: Int { scenario.tables[0].rows - plannedRows }

  /// Rows from the strategy's side of the table that it has asked boundaries for.
  private var plannedRows: Int {
    guard let lastBoundary else { return 0 }
    return strategy?.configuration.order == .descending
      ? keyMap.rows - keyMap.rows(below: lastBoundary) : keyMap.rows(upTo: lastBoundary)
  }

  private mutating func skip(_ window: SteadyState.Sums, length: TimeSpan, repeats: Int) {
    let span = TimeSpan(nanoseconds: length.nanoseconds * Int64(repeats))
    var bytes = window.log * Int64(repeats)
    var share = 1.0
    if phase == .during, strategy != nil, window.rows > 0 {
      let rows = min(
        inWholeBatches(rowsAhead(window, length, repeats: repeats)), keyMap.rows - plannedRows)
      share = Double(rows) / Double(window.rows * repeats)
      bytes += skipRows(rows, window, repeats: repeats, length: span)
    }
    vacuums[0].add(deadRows: Int((Double(window.moved * repeats) * share).rounded()))
    skipServer(window, repeats: repeats, span: span, bytes: bytes)
    skipWritebacks(span)
    skipBooks(repeats: repeats)
    recorder.endStretch(repeats: repeats, skipped: span, at: modelNow)
    skipped += span
    // Lag is after the stretch what it was before: positions alone moved.
    recordLag()
    for process in 0..<Int32(processes.used) {
      processes[process].intended = processes[process].intended + span
    }
    for index in workers.indices {
      workers[index].snapshot = workers[index].snapshot.map { $0 + span }
    }
    for index in arrivals.indices where arrivals[index] != nil {
      let now = modelNow
      arrivals[index]?.skip(to: now)
      calendar.cancel(classes[index].arrivalToken)
      scheduleArrival(class: index)
    }
    skipVacuumChecks()
    armAlarms()
  }

  /// Where batches have a fixed size a stretch has whole ones: what is left of its rows is part of the next.
  private mutating func inWholeBatches(_ rows: Int) -> Int {
    guard case .rows(let size) = strategy?.configuration.batch, rows + rowsOwed >= size else {
      return rows
    }
    let all = rows + rowsOwed
    rowsOwed = all % size
    return all - rowsOwed
  }

  /// The launcher's looks at tables that became due in no skipped stretch.
  private mutating func skipVacuumChecks() {
    guard let check = alarms.time(of: .vacuumCheck), check < modelNow else { return }
    let naptime = scenario.database.settings.autovacuumNaptime
    let missed = (modelNow - check).nanoseconds / max(1, naptime.nanoseconds) + 1
    alarms.move(.vacuumCheck, to: check + .nanoseconds(naptime.nanoseconds * missed))
  }

  /// Covers the rows of the skipped batches.
  ///
  /// - Returns: Log bytes that these very rows, and their pages, add to, or take from, what the window's
  ///   rate would make them.
  private mutating func skipRows(
    _ rows: Int, _ window: SteadyState.Sums, repeats: Int, length: TimeSpan
  ) -> Int64 {
    let descending = strategy?.configuration.order == .descending
    let planned = plannedRows
    let range =
      descending
      ? keyMap.rows - planned - rows..<keyMap.rows - planned : planned..<planned + rows
    let batchRows = max(1, window.rows / max(1, window.batches))
    var work = TablePages.Work()
    var start = range.lowerBound
    while start < range.upperBound {
      let part = start..<min(range.upperBound, start + 65_536)
      let done = tables[0].update(
        rows: part, share: scenario.backfill?.rowsMatching ?? 1, physicalOrder: false,
        touched: backfillTouchesIndex, pinned: horizonHeld,
        batchesOf: batchRows, modifies: !steady.inCycles, &random)
      work.logBytes += done.logBytes
      work.imageBytes += done.imageBytes
      start = part.upperBound
    }
    let upTo = keyMap.key(of: descending ? range.lowerBound : range.upperBound - 1)
    lastBoundary = upTo
    books.rowsCovered += rows
    rowsAtLastRefresh += rows
    let share = Double(rows) / Double(window.rows * repeats)
    // What rounding leaves is part of the next stretch: fixed batches keep their size on average.
    let exactly = Double(window.batches * repeats) * share + batchesOwed
    let batches = Int(exactly.rounded())
    batchesOwed = exactly - Double(batches)
    tell(.stretchSkipped(batches: batches, rows: rows, upTo: upTo, length: length))
    correctRows(
      by: rows - window.rows * repeats, batches: batches - window.batches * repeats, window)
    let (log, images) = (
      window.batchLog * Int64(repeats), window.batchImages * Int64(repeats)
    )
    // Those of whole cycles are the window's, row by row: checkpoints have come between.
    let played = steady.inCycles
    recorder.correct(
      .pageImageBytes,
      by: (played ? Int64(Double(images) * share) : Int64(work.imageBytes)) - images)
    return (played ? Int64(Double(log) * share) : Int64(work.totalBytes)) - log
  }

  /// More or fewer rows were skipped than the window's, repeated.
  private mutating func correctRows(by rows: Int, batches: Int, _ window: SteadyState.Sums) {
    guard rows != 0 else { return }
    let matching = Int64((Double(rows) * (scenario.backfill?.rowsMatching ?? 1)).rounded())
    let moved = Int64((Double(rows) * Double(window.moved) / Double(window.rows)).rounded())
    recorder.correct(batches: batches, rows: Int(matching))
    recorder.correct(.rowsCovered, by: matching)
    recorder.correct(.rowsTouched, by: matching)
    recorder.correct(.movedUpdates, by: moved)
    recorder.correct(.heapOnlyUpdates, by: matching - moved)
  }

  private mutating func skipServer(
    _ window: SteadyState.Sums, repeats: Int, span: TimeSpan, bytes: Int64
  ) {
    let correction = bytes - window.log * Int64(repeats)
    recorder.correct(.walBytes, by: correction)
    if steady.inCycles { everyLog { $0.skipCycles(bytes: bytes) } }
    log.skip(bytes: bytes)
    counted.log += bytes
    books.logInserted += bytes
    books.logShipped += bytes
    for index in workers.indices { workers[index].commitPosition += bytes }
    for process in 0..<Int32(processes.used) { processes[process].commitPosition += bytes }
    for replica in replicas.indices { replicas[replica].skip(bytes: bytes) }
    meter.skip(logBytes: bytes)
    skipCheckpoints(window, repeats: repeats, span: span, bytes: bytes)
    for index in vacuums.indices where vacuums[index].running {
      vacuums[index].skip(pages: window.vacuumPages * repeats)
    }
    if !steady.inCycles { markPages(window, repeats: repeats) }
    let rate = Double(window.operations * repeats)
    devices[0].skip(netCredits: rate - scenario.database.storage.iops * span.seconds)
  }

  /// Marks pages that others than batches would have changed; their log is the window's, repeated.
  ///
  /// After whole cycles as many pages are marked as before.
  private mutating func markPages(_ window: SteadyState.Sums, repeats: Int) {
    for index in vacuums.indices where vacuums[index].running {
      let pages = vacuums[index].heapPages(ofLast: window.vacuumPages * repeats)
      _ = prune(pages, ofTable: index)
    }
    tables[0].markTraffic(images: window.trafficImages * repeats, &random)
  }

  private mutating func skipCheckpoints(
    _ window: SteadyState.Sums, repeats: Int, span: TimeSpan, bytes: Int64
  ) {
    guard steady.inCycles else {
      return checkpointer.skip(
        from: (modelNow, log.inserted - bytes), to: (modelNow + span, log.inserted),
        pages: window.checkpointPages * repeats)
    }
    checkpointer.skipCycles(span, log: bytes)
    alarms.move(.checkpoint, to: checkpointer.due)
  }

  /// What ended in the window ended again in each repeat.
  private mutating func skipBooks(repeats: Int) {
    let start = booksAtWindow
    let completed = (books.completed - start.completed) * repeats
    let timedOut = (books.timedOut - start.timedOut) * repeats
    let rejected = (books.rejected - start.rejected) * repeats
    let errored = (books.errored - start.errored) * repeats
    books.completed += completed
    books.timedOut += timedOut
    books.rejected += rejected
    books.errored += errored
    books.arrived += completed + timedOut + rejected + errored
  }
}
