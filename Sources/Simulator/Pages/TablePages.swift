import Primitives
import Scenarios

/// What an update of some rows does to pages: where versions go, which pages need an image.
package struct TablePages: ~Copyable {
  /// The log and page work of a set of rows, ready to be charged.
  package struct Work {
    /// Rows whose new version stayed on its page and left the indexes alone.
    package var hot = 0
    package var moved = 0
    package var logBytes = 0
    var imageBytes = 0
    package var images = 0
    /// Heap pages by which the table grew; rows that traffic inserts are not counted.
    var newPages = 0.0
    /// Leaves that no entry has come to since the indexes were built, of those in no order.
    var firstLeaves = 0.0
    /// Heap pages that a batch brought into shared buffers.
    var fetched = 0.0
    /// Changed pages that were written to make room for others.
    var written = 0.0
    /// Row pointers of full leaves that nbtree went over.
    package var leafPointers = 0.0
    /// Log records, for the replica's replay.
    var records = 0
    /// Pages that the replica has to read if they are not cached.
    ///
    /// With full-page images there are none: the first change after a checkpoint brings the page,
    /// and later ones find it in memory.
    var pagesToRead = 0

    /// Log bytes with images and page headers.
    var totalBytes: Int { Int(Double(logBytes + imageBytes) * RowLayout.logOverhead) }

    /// What a statement that is stopped has done of it; its log and its pages are known elsewhere.
    func part(_ share: Double) -> Work {
      guard share < 1 else { return self }
      var part = Work()
      part.hot = Int(Double(hot) * share)
      part.moved = Int(Double(moved) * share)
      part.imageBytes = Int(Double(imageBytes) * share)
      part.leafPointers = leafPointers * share
      part.newPages = newPages * share
      part.firstLeaves = firstLeaves * share
      part.fetched = fetched * share
      part.written = written * share
      return part
    }
  }

  let layout: RowLayout
  /// Rows lie in the order of their keys.
  let isClustered: Bool
  /// Heap page of a key ordinal where rows lie in another order than their keys.
  let permutation: Permutation
  let logical: Bool
  let pageImages: Bool
  /// What wal_compression leaves of a page image, measured: lz4 and pglz about a third on heap
  /// pages and two thirds on leaves; here their mean.
  let imageScale: Double

  /// All three marks.
  var heap: RelationPages
  /// Each index, the primary key's first; modified or not.
  var leaves = OwnedArray<RelationPages>()
  /// Versions that vacuum has made room for.
  var reusableVersions = 0
  /// Versions on new pages at the end of the heap.
  private(set) var appendedVersions = 0
  /// Versions that got an entry in every index.
  private(set) var indexedVersions = 0
  /// Row pointers that nbtree has gone over in the full leaves of indexes.
  private var leafPasses: LeafPassProgress
  /// Page images that single-row work made necessary.
  private(set) var trafficImages = 0

  package init(_ table: Table, addedBytes: Int, settings: ServerSettings, seed: UInt64) {
    layout = RowLayout(table, addedBytes: addedBytes)
    isClustered = table.primaryKey.order == .clustered
    permutation = table.physicalOrder(seed: seed)
    logical = settings.logicalWAL
    pageImages = settings.fullPageWrites
    imageScale =
      switch settings.walCompression {
      case .off: 1
      case .pglz, .lz4: 0.45
      case .zstd: 0.35
      }
    leafPasses = LeafPassProgress(layout.passes, rows: layout.rows)
    heap = RelationPages(pages: layout.heapPages, marks: 3)
    for pages in layout.leafPages { leaves.append(RelationPages(pages: pages)) }
  }

  /// Vacuum prunes heap pages of so many dead rows each.
  ///
  /// The share of them that nobody has changed since the last checkpoint needs an image, which leaves out the room
  /// that the rows took: it is made after the change.
  mutating func prune(
    pages: Int, unmodified: Double, deadRows: Double, _ random: inout RandomStream
  ) -> Work {
    var work = Work()
    work.records = 2 * pages
    work.logBytes = pages * (RowLayout.pruneRecord + RowLayout.visibleRecord)
    let changed = random.binomial(n: pages, p: unmodified)
    guard changed > 0 else { return work }
    let (distinct, fresh) = heap.markScattered(touches: changed, &random)
    let fill = max(0, heapFill - deadRows / Double(layout.rowsPerPage))
    addImages(fresh, of: distinct, fill: fill, &work)
    return work
  }

  /// Bytes of the heap and of each index, leaf splits included.
  var relationBytes: [Int] {
    let heap =
      layout.heapPages * RowLayout.pageBytes
      + appendedVersions * (layout.tuple + RowLayout.itemPointer)
    let splits = indexedVersions / RowLayout.insertsPerSplit
    return [heap] + layout.leafPages.map { ($0 + splits) * RowLayout.pageBytes }
  }
  /// All pages of the heap and its indexes.
  var pages: Int { layout.leafPages.reduce(layout.heapPages, +) }
  /// What a checkpoint's writes of these pages come to, neighbours merged.
  func checkpointWrites(ofUpTo most: Int) -> Double {
    leaves.map { $0.writes(ofUpTo: most) }.reduce(heap.writes(ofUpTo: most), +)
  }
  var dirtyPages: Int { heap.marked + leaves.sum { $0.marked } }

  /// The heap page of a row, by its ordinal in key order.
  func heapPage(of row: Int) -> Int {
    min(layout.heapPages - 1, physical(row) / layout.rowsAtFill)
  }

  /// The row will be updated or locked soon.
  ///
  /// Told while its statement is on its way, two events before, so that the way to memory passes
  /// meanwhile (a seventh of a run on 240 million rows, measured without).
  func prefetch(row: Int) { heap.prefetch(heapPage(of: row)) }

  /// The row's rank in physical order.
  func physical(_ row: Int) -> Int {
    isClustered ? row : permutation[row]
  }

  package mutating func checkpoint() {
    heap.clear()
    for i in leaves.indices { leaves[i].clear() }
  }

  /// One row of traffic gets a new version.
  ///
  /// `touched`: a column of some index changes value. `pinned`: a snapshot older than the last version
  /// keeps pruning from making room.
  package mutating func update(
    row: Int, touched: Bool, pinned: Bool, _ random: inout RandomStream
  ) -> Work {
    var work = Work()
    let page = heapPage(of: row)
    let spacious = layout.rowsAtFill < layout.rowsPerPage
    let clear = heap.mark(
      page, spacious || pinned ? [.modified, .unvacuumed] : [.modified, .opened, .unvacuumed],
      &random)
    let roomy = spacious || (!pinned && !clear.contains(.opened))
    image(clear.contains(.modified), fill: roomy ? updatedFill : heapFill, &work)
    if roomy && !touched {
      work.hot = 1
      work.records += 1
      // Where a dead version lies the page is pruned first, which has its own record.
      work.logBytes += layout.hotBytes(logical: logical)
      if !pinned && !clear.contains(.unvacuumed) { work.logBytes += RowLayout.pruneRecord }
    } else {
      work.moved = 1
      work.records += 2 + leaves.count
      work.logBytes +=
        (roomy ? layout.hotBytes(logical: logical) : layout.movedBytes) + layout.indexBytes
      for i in leaves.indices where !layout.appends[i] {
        let fresh = markLeaf(i, row, &random)
        image(fresh, fill: RowLayout.leafFill, &work)
      }
      work.firstLeaves = firstLeaves(from: indexedVersions, to: indexedVersions + 1)
      indexedVersions += 1
      if !roomy { appendVersions(1, &work, &random) }
    }
    return work
  }

  /// One row of traffic is locked, or deleted: its page changes, no version is added.
  mutating func touch(row: Int, _ random: inout RandomStream) -> Work {
    var work = Work()
    work.records = 1
    work.logBytes = RowLayout.lockRecord
    image(
      heap.mark(heapPage(of: row), uniform: random.uniform()), fill: heapFill, &work)
    return work
  }

  /// One new row goes to the end of the heap and into every index.
  mutating func insert(_ random: inout RandomStream) -> Work {
    var work = Work()
    work.records = 1 + leaves.count
    work.logBytes = (31 + layout.tuple + 7) / 8 * 8 + layout.indexBytes
    for i in leaves.indices {
      let fresh = markLeaf(i, .max, &random)
      image(fresh, fill: RowLayout.leafFill, &work)
    }
    return work
  }

  var heapFill: Double { Double(layout.rowsAtFill) / Double(layout.rowsPerPage) }
  /// With the first new version on a page that has room for one, which its image shows: it is made after the change.
  private var updatedFill: Double { min(1, heapFill + 1 / Double(layout.rowsPerPage)) }

  /// Marks the pages that traffic would have touched first in a stretch that was not played.
  mutating func markTraffic(images: Int, _ random: inout RandomStream) {
    if images > 0 { _ = heap.markScattered(touches: images, &random) }
  }

  /// Marks the leaf that the row's new entry goes to: the primary key's by its order, another
  /// index's anywhere.
  private mutating func markLeaf(
    _ index: Int, _ row: Int, _ random: inout RandomStream
  ) -> Bool {
    guard index == 0 else { return leaves[index].markAny(uniform: random.uniform()) }
    let page = min(layout.leafPages[0] - 1, row / layout.entriesPerLeaf[0])
    return leaves[0].mark(page, uniform: random.uniform())
  }

  private mutating func image(_ fresh: Bool, fill: Double, _ work: inout Work) {
    if fresh && pageImages {
      work.images += 1
      trafficImages += 1
      work.imageBytes += Int(Double(layout.imageBytes(fill: fill)) * imageScale)
    } else if !pageImages {
      work.pagesToRead += 1
    }
  }

  private func addImages(_ fresh: Int, of touched: Int, fill: Double, _ work: inout Work) {
    guard pageImages else {
      work.pagesToRead += touched
      return
    }
    work.images += fresh
    work.imageBytes += Int(Double(fresh * layout.imageBytes(fill: fill)) * imageScale)
  }
}

extension TablePages {
  /// Consecutive rows get new versions from one transaction.
  ///
  /// `rows` are ranks in the batch's own order: key ordinals, or physical ones for a ctid range; they
  /// are whole batches of `batch` rows, or with nil a later part of one. `modifies` is false where the
  /// next checkpoint has written the pages already: they are not marked for it, and images not counted.
  /// - Complexity: O(pages / 64) where the order is physical, O(1) where it is not.
  package mutating func update(
    rows: Range<Int>, share: Double, physicalOrder: Bool, touched: Bool, pinned: Bool,
    batchesOf batch: Int?, modifies: Bool = true, _ random: inout RandomStream
  ) -> Work {
    var work = Work()
    let n = Int((Double(rows.count) * share).rounded())
    guard n > 0 else { return work }
    let inOrder = physicalOrder || isClustered
    var room: Int
    if inOrder {
      let pages = heapRange(rows)
      if modifies {
        let fresh = heap.mark(pages, .modified, &random)
        addImages(fresh, of: pages.count, fill: updatedFill, &work)
      }
      room = pinned ? 0 : heap.count(in: pages, .opened)
      if let batch, !pinned { room = max(room, earlierVersions(rows, batch)) }
      _ = heap.mark(pages, .opened, &random)
      _ = heap.mark(pages, .unvacuumed, &random)
      room +=
        pages.count * (layout.rowsPerPage - layout.rowsAtFill) * n
        / max(1, pages.count * layout.rowsAtFill)
    } else {
      if modifies {
        let (distinct, fresh) = heap.markScattered(touches: n, &random)
        addImages(fresh, of: distinct, fill: updatedFill, &work)
      }
      let (_, newlyOpened) = heap.markScattered(touches: n, .opened, &random)
      _ = heap.markScattered(touches: n, .unvacuumed, &random)
      room = pinned ? 0 : n - min(n, newlyOpened)
      room += Int(
        Double(n) * Double(layout.rowsPerPage - layout.rowsAtFill) / Double(layout.rowsAtFill))
    }
    work.hot = touched ? 0 : min(n, room)
    work.moved = n - work.hot
    work.records = work.hot + work.moved * (2 + leaves.count)
    work.logBytes = work.hot * layout.hotBytes(logical: logical)
    guard work.moved > 0 else { return work }
    if modifies { markLeaves(rows, inKeyOrder: !physicalOrder, &work, &random) }
    moveVersions(fits: room, modifies: modifies, &work, &random)
    return work
  }

  /// The heap pages that a run of physical ranks lies on.
  func heapRange(_ rows: Range<Int>) -> Range<Int> {
    let last = layout.heapPages - 1
    let lower = min(last, rows.lowerBound / layout.rowsAtFill)
    return lower..<min(last, max(rows.lowerBound, rows.upperBound - 1) / layout.rowsAtFill) + 1
  }

  /// Versions that the batch before left on a batch's first page, dead by now, whose room is pruned and
  /// taken: as many as there are, as fit, and as the batch has (measured: 72 % less log for ten rows of
  /// forty a batch).
  private func earlierVersions(_ rows: Range<Int>, _ batch: Int) -> Int {
    let perPage = layout.rowsAtFill
    let batches = (rows.count + batch - 1) / batch
    // Where batches begin on their pages repeats after at most so many.
    let distinct = min(batches, perPage)
    let room = (0..<distinct).reduce(0) { sum, number in
      let start = (rows.lowerBound + number * batch) % perPage
      return sum + min(start, perPage - start, batch, rows.count)
    }
    return room * batches / distinct
  }

  /// Every index gets entries of the versions that move.
  private mutating func markLeaves(
    _ rows: Range<Int>, inKeyOrder: Bool, _ work: inout Work, _ random: inout RandomStream
  ) {
    for i in leaves.indices {
      if i == 0 && inKeyOrder {
        let last = layout.leafPages[0] - 1
        let lower = min(last, rows.lowerBound / layout.entriesPerLeaf[0])
        let pages = lower..<min(last, (rows.upperBound - 1) / layout.entriesPerLeaf[0]) + 1
        let fresh = leaves[0].mark(pages, .modified, &random)
        addImages(fresh, of: pages.count, fill: RowLayout.leafFill, &work)
      } else if !layout.appends[i] {
        let (distinct, fresh) = leaves[i].markScattered(touches: work.moved, &random)
        addImages(fresh, of: distinct, fill: RowLayout.leafFill, &work)
      }
    }
  }

  private mutating func moveVersions(
    fits: Int, modifies: Bool, _ work: inout Work, _ random: inout RandomStream
  ) {
    let leaving = max(0, work.moved - max(0, fits - work.hot))
    work.logBytes +=
      leaving * layout.movedBytes + (work.moved - leaving) * layout.hotBytes(logical: logical)
      + work.moved * layout.indexBytes
    let inserted = indexedVersions
    indexedVersions += work.moved
    work.leafPointers = leafPointers(from: inserted, to: indexedVersions)
    work.firstLeaves = firstLeaves(from: inserted, to: indexedVersions)
    appendVersions(leaving, modifies: modifies, &work, &random)
  }

  /// Row pointers gone over while the entries of each index grow from one number to another.
  mutating func leafPointers(from: Int, to: Int) -> Double {
    let before = leafPasses.pointers(inserted: from)
    return leafPasses.pointers(inserted: to) - before
  }

  /// Leaves that nobody has come to before while the entries of each index grow from one number to another, of
  /// indexes whose entries come in no order.
  private func firstLeaves(from: Int, to: Int) -> Double {
    var sum = 0.0
    for index in leaves.indices.dropFirst() where !layout.appends[index] {
      let pages = Double(layout.leafPages[index])
      sum += pages * (Double.exp(-Double(from) / pages) - Double.exp(-Double(to) / pages))
    }
    return sum
  }

  /// Moved versions fill the room that vacuum left, else fresh pages at the end, which need no image.
  private mutating func appendVersions(
    _ count: Int, modifies: Bool = true, _ work: inout Work, _ random: inout RandomStream
  ) {
    let reused = min(count, reusableVersions)
    reusableVersions -= reused
    appendedVersions += count - reused
    work.newPages = Double(count - reused) / Double(layout.rowsPerPage)
    guard reused > 0, modifies else { return }
    let (distinct, fresh) = heap.markScattered(
      touches: max(1, reused / layout.rowsPerPage), &random)
    addImages(fresh, of: distinct, fill: heapFill, &work)
  }
}
