import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// What a batch costs: CPU, pages, log.
extension Model {
  /// A segment is about this much CPU, so that log and waits are spread as the statement spreads them.
  private static let segmentTime = TimeSpan.milliseconds(8)

  func segmentRows(worker index: Int) -> Int {
    let rows = workers[index].frontier.rows.count
    if workers[index].batch?.statement == .perRow {
      let trip = max(1, scenario.database.roundTrip.nanoseconds)
      return max(1, Int(Self.segmentTime.nanoseconds / trip))
    }
    let perRow = max(1, rowDemand(moved: 1, worker: index).nanoseconds)
    return max(64, min(max(1, rows), Int(Self.segmentTime.nanoseconds / perRow)))
  }

  /// CPU of one row of which `moved` (0...1) goes to another page.
  private func rowDemand(moved: Double, worker index: Int) -> TimeSpan {
    let entries = Double(tables[0].leaves.count)
    let write =
      costs.updateRow + costs.expression + costs.moveRow * moved
      + costs.indexEntry * (moved * entries)
    let find: TimeSpan =
      switch workers[index].batch?.statement ?? .range {
      case .range, .lockThenUpdate: costs.indexStep
      case .keys: costs.selectRow
      case .perRow: costs.statement + costs.selectRow
      case .ctid: costs.scanRow
      }
    return find + write
  }

  /// CPU of a segment whose page work is known.
  func demand(for segment: Range<Int>, worker index: Int) -> TimeSpan {
    let work = workers[index].pending
    let share = scenario.backfill?.rowsMatching ?? 1
    if workers[index].locksOnly {
      return (costs.lockRow + costs.indexStep) * Double(segment.count)
    }
    let rows = max(1, work.hot + work.moved)
    let moved = Double(work.moved) / Double(rows)
    let matching = rowDemand(moved: moved, worker: index) * Double(work.hot + work.moved)
    let others = costs.scanRow * (Double(segment.count) * (1 - share))
    let crowd = 1 + costs.contention * Double(max(0, activeBatches - 1))
    return (matching + others + costs.pageImage * Double(work.images)) * crowd
  }

  /// Page and log work of a segment; pages are marked as modified now.
  mutating func work(for segment: Range<Int>, worker index: Int) -> TablePages.Work {
    let share = scenario.backfill?.rowsMatching ?? 1
    if workers[index].locksOnly {
      var work = TablePages.Work()
      work.records = Int(Double(segment.count) * share)
      work.logBytes = work.records * RowLayout.lockRecord
      return work
    }
    let batchRows = workers[index].frontier.rows.count
    return tables[0].update(
      rows: segment, share: share, physicalOrder: workers[index].physicalOrder,
      touched: backfillTouchesIndex, pinned: horizonHeld,
      smallerThanPage: batchRows < tables[0].layout.rowsAtFill, &random)
  }

  /// Pages of the segment that have to be read, and how many reads run side by side.
  mutating func misses(for segment: Range<Int>, worker index: Int)
    -> (operations: Int, bytes: Int64, depth: Int)
  {
    let inOrder = workers[index].physicalOrder || tables[0].order == .clustered
    let pages = inOrder ? tables[0].heapRange(segment).count : segment.count
    count(.cacheReads, Int64(pages))
    let share = cache.coldShare
    guard share > 0 else { return (0, 0, 1) }
    let missing = random.binomial(n: pages, p: share)
    count(.cacheMisses, Int64(missing))
    guard missing > 0 else { return (0, 0, 1) }
    let bytes = Int64(missing * RowLayout.pageBytes)
    // The kernel reads ahead along a sequential scan, 128 KiB at a time; scattered pages are read
    // one after another.
    return inOrder ? ((missing + 15) / 16, bytes, 2) : (missing, bytes, 1)
  }

  /// One HOT update of the progress table's only row.
  var progressRowWork: TablePages.Work {
    var work = TablePages.Work()
    work.hot = 1
    work.records = 1
    work.logBytes = RowLayout.hotUpdateRecord
    return work
  }

  var backfillTouchesIndex: Bool { scenario.tables[0].indexes.contains(where: \.touchedByBackfill) }

  /// Inserts the work's log and books what a replica will have to do for it.
  mutating func charge(_ work: TablePages.Work, conflictHorizon: Int64 = .min) {
    count(.heapOnlyUpdates, Int64(work.hot))
    count(.movedUpdates, Int64(work.moved))
    count(.pageImageBytes, Int64(work.imageBytes))
    insertLog(
      LogContent(
        bytes: Int64(work.totalBytes),
        replay: costs.replayRecord * Double(work.records)
          + costs.replayImage * Double(work.images),
        reads: Double(work.pagesToRead), conflictHorizon: conflictHorizon))
  }

  /// Inserts a commit record and returns the position up to which the log has to be durable.
  mutating func insertCommit() -> Int64 {
    count(.xids, 1)
    return insertLog(
      LogContent(
        bytes: Int64(RowLayout.commitRecord), replay: costs.replayRecord, commits: 1,
        newestCommit: calendar.now))
  }

  @discardableResult
  private mutating func insertLog(_ content: LogContent) -> Int64 {
    books.logInserted += content.bytes
    return log.insert(content, into: &devices[0], in: &calendar)
  }
}
