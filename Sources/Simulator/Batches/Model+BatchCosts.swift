import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// What a batch costs: CPU, pages, log.
extension Model {
  /// A segment is a sixteenth of its batch, but neither shorter nor longer than this much CPU.
  ///
  /// How far it is, and what log it has written, is known at any moment; only its reads, which come
  /// before it, and the images that a checkpoint in it makes necessary again are as coarse as a segment.
  private static let shortestSegment = TimeSpan.milliseconds(8)
  private static let longestSegment = TimeSpan.milliseconds(100)
  private static let segmentsOfBatch: Int64 = 16
  /// A segment stops to insert its log when there is so much of it: half a segment of the log.
  private static let logPart: Int64 = 8 << 20

  func segmentRows(worker index: Int) -> Int {
    let rows = workers[index].frontier.rows.count
    if workers[index].batch?.statement == .perRow {
      let trip = max(1, scenario.database.roundTrip.nanoseconds)
      return max(1, Int(Self.shortestSegment.nanoseconds / trip))
    }
    let perRow = max(1, rowDemand(moved: 1, worker: index).nanoseconds)
    var length = Self.shortestSegment.nanoseconds
    if cache.coldShare == 0 {
      let whole = perRow.multipliedReportingOverflow(by: Int64(rows)).partialValue
      length = max(length, min(Self.longestSegment.nanoseconds, whole / Self.segmentsOfBatch))
    }
    return max(64, min(max(1, rows), Int(length / perRow)))
  }

  /// In how many parts at least the log of a segment is inserted.
  func logParts(of content: LogContent) -> Int { Int(content.bytes / Self.logPart) + 1 }

  /// CPU of one row of which `moved` (0...1) goes to another page.
  private func rowDemand(moved: Double, worker index: Int) -> TimeSpan {
    // The primary key's entries follow each other where the batch goes in its order.
    let inKeyOrder = tables[0].isClustered || !workers[index].physicalOrder
    let entry =
      (inKeyOrder ? costs.keyEntry : costs.indexEntry)
      + costs.indexEntry * Double(tables[0].leaves.count - 1)
    let version = costs.updateRow + costs.rowKibibyte * tables[0].layout.kibibytes
    let write = version + costs.expression + (costs.moveRow + entry) * moved
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
    let passes = leafPass * work.leafPointers
    let fetched = costs.fetchPage * work.fetched
    return (matching + others + passes + pageDemand(of: work) + fetched) * crowd
  }

  /// CPU of page images, of pages that come into shared buffers, and of those written in their favour.
  func pageDemand(of work: TablePages.Work) -> TimeSpan {
    costs.pageImage * Double(work.images) + costs.newPage * work.newPages
      + costs.fetchPage * leavesToFetch(work) + costs.writePage * work.written
  }

  /// Leaves that nobody has come to since a fresh server's indexes were built past its shared buffers (nbtsort.c).
  private func leavesToFetch(_ work: TablePages.Work) -> Double {
    scenario.database.state == .fresh ? work.firstLeaves : 0
  }

  /// CPU of a single row's version on another page, and of its entry in each index.
  func entryDemand(_ table: Int) -> TimeSpan {
    costs.moveRow + costs.indexEntry * tables[table].leaves.count
  }

  /// Heap pages of a segment that memory holds, but no shared buffer.
  private func fetchedPages(of segment: Range<Int>, worker index: Int) -> Double {
    guard let buffers else { return 0 }
    let share = max(0, buffers.coldShare - cache.coldShare)
    let rows = Double(segment.count)
    if workers[index].physicalOrder || tables[0].isClustered {
      return share * rows / Double(tables[0].layout.rowsAtFill)
    }
    // Pages that earlier rows of the backfill lie on are there.
    let touches = Double(books.rowsCovered) / Double(tables[0].layout.heapPages)
    return share * rows * Double.exp(-touches)
  }

  /// CPU for each row pointer of a full leaf: before version 14 nobody looks there for what to delete.
  var leafPass: TimeSpan { scenario.database.version < 14 ? .zero : costs.leafPass }

  /// By what batches beside each other take longer.
  private var crowd: Double { 1 + costs.contention * Double(max(0, activeBatches - 1)) }

  /// Page and log work of a segment; pages are marked as modified now.
  mutating func work(for segment: Range<Int>, worker index: Int) -> TablePages.Work {
    let share = scenario.backfill?.rowsMatching ?? 1
    if workers[index].locksOnly {
      var work = TablePages.Work()
      work.records = Int(Double(segment.count) * share)
      work.logBytes = work.records * RowLayout.lockRecord
      return work
    }
    let batch = workers[index].frontier.rows
    var work = tables[0].update(
      rows: segment, share: share, physicalOrder: workers[index].physicalOrder,
      touched: backfillTouchesIndex, pinned: horizonHeld,
      batchesOf: segment.lowerBound == batch.lowerBound ? batch.count : nil, &random)
    // Replicas have as many buffers, and the same pages in them.
    work.fetched = fetchedPages(of: segment, worker: index)
    work.written = replacement.written(for: work.fetched + work.newPages + leavesToFetch(work))
    return work
  }

  /// Pages of the segment that have to be read, and how many reads run side by side.
  mutating func misses(for segment: Range<Int>, worker index: Int)
    -> (operations: Int, bytes: Int64, depth: Int)
  {
    let inOrder = workers[index].physicalOrder || tables[0].isClustered
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
    count(work)
    insertLog(content(of: work, conflictHorizon: conflictHorizon))
  }

  mutating func count(_ work: TablePages.Work) {
    if work.hot > 0 { count(.heapOnlyUpdates, Int64(work.hot)) }
    if work.moved > 0 { count(.movedUpdates, Int64(work.moved)) }
    if work.imageBytes > 0 { count(.pageImageBytes, Int64(work.imageBytes)) }
  }

  func content(of work: TablePages.Work, conflictHorizon: Int64 = .min) -> LogContent {
    LogContent(
      bytes: Int64(work.totalBytes),
      replay: costs.replayRecord * work.records + costs.replayImage * work.images
        + costs.newPage * work.newPages + costs.writePage * work.written,
      reads: Double(work.pagesToRead), conflictHorizon: conflictHorizon)
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
  mutating func insertLog(_ content: LogContent) -> Int64 {
    books.logInserted += content.bytes
    return log.insert(content, into: &devices[0], in: &calendar)
  }
}

// The log of what takes longer than a flush.
extension Model {
  /// Inserts what running statements and vacuum have written by now.
  ///
  /// Called before a flush starts: commits wait behind it, and replicas get it while the statement runs.
  mutating func bringLogUpToDate() {
    if activeBatches > 0 {
      for index in workers.indices where !workers[index].log.isEmpty {
        insertLog(ofWorker: index, burst: burst(ofWorker: index))
      }
    }
    for index in vacuums.indices where vacuums[index].running { insertLog(ofVacuum: index) }
  }

  /// Inserts the log of the current segment up to where the frontier is.
  mutating func insertLog(ofWorker index: Int, burst: TimeSpan = .zero) {
    let share = workers[index].frontier.share(burst: burst)
    guard let part = workers[index].log.take(upTo: share) else { return }
    batchLog += part.bytes
    insertLog(part)
  }

  private mutating func insertLog(ofVacuum index: Int) {
    if let part = vacuums[index].log.take(upTo: vacuums[index].share(at: calendar.now)) {
      insertLog(part)
    }
  }
}
