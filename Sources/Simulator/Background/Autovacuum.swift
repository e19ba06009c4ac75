import Primitives
import Scenarios

/// When autovacuum takes a table and how fast it may go (autovacuum.c, vacuum.c).
struct Autovacuum {
  /// Pages are taken this often: their reads would come in lumps if it were seldom.
  ///
  /// PostgreSQL sleeps each time the cost limit is reached, every 2 ms by default.
  private static let tickWithReads = TimeSpan.milliseconds(10)
  private static let tickWithout = TimeSpan.milliseconds(100)

  let settings: ServerSettings
  let rows: Int

  /// Versions left behind since the last vacuum, committed or rolled back.
  private(set) var deadRows = 0
  /// All versions ever left behind.
  private(set) var added = 0
  private(set) var running = false
  private var deadAtStart = 0
  /// Of the heap pages of the pass.
  private(set) var deadPerPage = 0.0
  /// Of the heap pages of the pass, those that nobody has changed since the last checkpoint.
  private(set) var unmodifiedShare = 0.0
  private var leafPages = 0
  /// Model time of the snapshot that decides what may go.
  private(set) var horizon = Instant.zero
  private(set) var startedAt = Instant.zero
  private(set) var pagesLeft = 0
  /// All pages ever vacuumed.
  private(set) var pagesDone = 0
  private(set) var costPerPage = 1.0
  /// Parts of a page that the ticks so far have left.
  private var owed = 0.0
  private(set) var tick = Self.tickWithReads
  /// Played time.
  private var tickStart = Instant.zero
  /// Of the pages taken by the last tick: written evenly until the next one.
  var log = SpreadLog()

  /// Pages of a table when a pass begins.
  struct Pages {
    /// Of the heap, with dead rows.
    var heap: Int
    /// Of these, the share that nobody has changed since the last checkpoint.
    var unmodified: Double
    /// Of all indexes.
    var leaves: Int
  }

  init(_ settings: ServerSettings, rows: Int) {
    self.settings = settings
    self.rows = rows
  }

  mutating func add(deadRows count: Int) {
    deadRows += count
    added += count
  }

  /// `vacuum_threshold + scale_factor · reltuples`, at most `max_threshold` from version 18.
  var threshold: Int {
    let base = settings.autovacuumThreshold + Int(settings.autovacuumScaleFactor * Double(rows))
    return settings.autovacuumMaxThreshold.map { min($0, base) } ?? base
  }

  var isDue: Bool { settings.autovacuum && !running && deadRows > threshold }

  mutating func start(at now: Instant, horizon: Instant, _ pages: Pages, missShare: Double) {
    running = true
    owed = 0
    startedAt = now
    self.horizon = horizon
    deadAtStart = deadRows
    deadPerPage = Double(deadRows) / Double(max(1, pages.heap))
    unmodifiedShare = pages.unmodified
    leafPages = pages.leaves
    pagesLeft = pages.heap + leafPages
    tick = missShare > 0 ? Self.tickWithReads : Self.tickWithout
    let read =
      missShare * Double(settings.vacuumCostPageMiss)
      + (1 - missShare) * Double(settings.vacuumCostPageHit)
    costPerPage = read + Double(settings.vacuumCostPageDirty)
  }

  /// Pages that the cost limit lets through in one tick: sleep `delay` per `limit` of cost.
  mutating func pagesForTick(at now: Instant) -> Int {
    tickStart = now
    guard settings.autovacuumCostDelay > .zero else {
      defer { pagesLeft = 0 }
      return pagesLeft
    }
    let costPerSecond = Double(settings.autovacuumCostLimit) / settings.autovacuumCostDelay.seconds
    owed += costPerSecond * tick.seconds / costPerPage
    let pages = min(pagesLeft, Int(owed))
    owed -= Double(pages)
    pagesLeft -= pages
    pagesDone += pages
    return pages
  }

  /// Heap pages among the last so many taken: indexes come after the heap.
  func heapPages(ofLast pages: Int) -> Int {
    max(0, pagesLeft + pages - leafPages) - max(0, pagesLeft - leafPages)
  }

  /// From now on every page needs an image again.
  mutating func checkpointStarted() { unmodifiedShare = 1 }

  /// How much of the tick has passed.
  func share(at now: Instant) -> Double {
    min(1, Double((now - tickStart).nanoseconds) / Double(tick.nanoseconds))
  }

  /// Ends the pass; versions that some snapshot could still see stay.
  ///
  /// - Returns: The number of versions removed.
  mutating func finish(pinned: Bool) -> Int {
    running = false
    let removed = pinned ? 0 : deadAtStart
    deadRows -= removed
    return removed
  }

  /// Follows the pages of a skipped stretch.
  mutating func skip(pages: Int) { pagesLeft -= min(pagesLeft, pages) }
}
