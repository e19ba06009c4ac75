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
    guard !exact, mayBeSteady, steady.isWindowOver(at: modelNow) else { return }
    let totals = steadyTotals
    let window = totals - steady.startSums
    let length = modelNow - steady.windowStart
    var repeats = 0
    if !steady.agrees(window, length: length) {
      steady.disagreed()
    } else {
      repeats = steady.repeats(at: modelNow, until: nextChange(window, length), window: length)
      if repeats > 0 { skip(window, length: length, repeats: repeats) }
    }
    if repeats == 0 { recorder.endStretch(repeats: 0, skipped: .zero, at: modelNow) }
    steady.begin(
      at: modelNow, totals: steadyTotals,
      after: steady.disturbedAt < steady.windowStart ? (window, length) : nil)
    booksAtWindow = books
  }

  /// Whether this kind of run has steady stretches that can be skipped at all.
  private var mayBeSteady: Bool {
    guard phase == .during else { return phase != .warmup }
    guard let configuration = strategy?.configuration else { return true }
    return configuration.planner != .monolithic && configuration.order != .random
      && configuration.statement != .ctid
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
      backlog: replicas.map { $0.unapplied }.max() ?? 0)
  }

  /// The earliest model time at which something is known to change.
  private func nextChange(_ window: SteadyState.Sums, _ length: TimeSpan) -> Instant {
    let now = modelNow
    var limit = alarms.next(besides: .vacuumCheck) ?? now + .seconds(3_600)
    func reaches(_ left: Int, _ perWindow: Int) {
      guard perWindow > 0 else { return }
      limit = min(limit, now + length * (Double(left) / Double(perWindow)))
    }
    if phase == .during && strategy != nil {
      reaches(remainingRows - 4 * window.rows, window.rows)
    }
    if scenario.traffic.contains(where: { !$0.curve.isEmpty }) {
      // A rate that drifts is met again before it has changed much.
      limit = min(limit, now + .seconds(300))
    }
    if phase == .after { limit = min(limit, afterEnds) }
    if !checkpointer.running {
      let left = checkpointer.logLimit - (log.inserted - checkpointer.redo)
      reaches(Int(left), Int(window.log))
    } else {
      reaches(checkpointer.pagesLeft, window.checkpointPages)
    }
    for index in vacuums.indices {
      if vacuums[index].running {
        reaches(vacuums[index].pagesLeft, window.vacuumPages)
      } else if vacuums[index].settings.autovacuum {
        reaches(vacuums[index].threshold - vacuums[index].deadRows, window.moved)
      }
    }
    if let credits = devices[0].burstLeft(
      operationsPerSecond: Double(window.operations) / length.seconds, at: calendar.now)
    {
      limit = min(limit, now + credits)
    }
    return limit
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
    if phase == .during, strategy != nil, window.rows > 0 {
      bytes += skipRows(window, repeats: repeats, length: span)
    }
    skipServer(window, repeats: repeats, span: span, bytes: bytes)
    skipBooks(repeats: repeats)
    recorder.endStretch(repeats: repeats, skipped: span, at: modelNow)
    skipped += span
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
    if alarms.contains(.vacuumCheck) {
      alarms.cancel(.vacuumCheck)
      alarms.set(.vacuumCheck, at: modelNow + scenario.database.settings.autovacuumNaptime)
    }
    armAlarms()
  }

  /// Covers the rows of the skipped batches.
  ///
  /// - Returns: Log bytes that the pages of these very rows add to, or take from, what the window's
  ///   rate would make them.
  private mutating func skipRows(
    _ window: SteadyState.Sums, repeats: Int, length: TimeSpan
  ) -> Int64 {
    let descending = strategy?.configuration.order == .descending
    let planned = plannedRows
    let rows = min(window.rows * repeats, keyMap.rows - planned)
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
        smallerThanPage: batchRows < tables[0].layout.rowsAtFill, &random)
      work.logBytes += done.logBytes
      work.imageBytes += done.imageBytes
      start = part.upperBound
    }
    let upTo = keyMap.key(of: descending ? range.lowerBound : range.upperBound - 1)
    lastBoundary = upTo
    books.rowsCovered += rows
    recorder.correct(
      .pageImageBytes, by: Int64(work.imageBytes) - window.batchImages * Int64(repeats))
    tell(
      .stretchSkipped(
        batches: window.batches * repeats, rows: rows, upTo: upTo, length: length))
    return Int64(work.totalBytes) - window.batchLog * Int64(repeats)
  }

  private mutating func skipServer(
    _ window: SteadyState.Sums, repeats: Int, span: TimeSpan, bytes: Int64
  ) {
    let correction = bytes - window.log * Int64(repeats)
    recorder.correct(.walBytes, by: correction)
    log.skip(bytes: bytes)
    counted.log += bytes
    books.logInserted += bytes
    books.logShipped += bytes
    for index in workers.indices { workers[index].commitPosition += bytes }
    for process in 0..<Int32(processes.used) { processes[process].commitPosition += bytes }
    for replica in replicas.indices { replicas[replica].skip(bytes: bytes) }
    meter.skip(logBytes: bytes)
    checkpointer.skip(pages: window.checkpointPages * repeats)
    vacuums[0].add(deadRows: window.moved * repeats)
    for index in vacuums.indices where vacuums[index].running {
      vacuums[index].skip(pages: window.vacuumPages * repeats)
    }
    tables[0].markTraffic(images: window.trafficImages * repeats, &random)
    let rate = Double(window.operations * repeats)
    devices[0].skip(netCredits: rate - scenario.database.storage.iops * span.seconds)
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
