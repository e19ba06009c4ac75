import Primitives
import Scenarios
import Simulator

/// Updates of every row of a table, and the work they made.
struct PagePass: ~Copyable {
  private let rows: Int
  private var pages: TablePages
  private var random: RandomStream
  private(set) var work = (hot: 0, logBytes: 0, images: 0)

  /// `fill`: percent; `secondary`: indexes beside the primary key's, on keys of 8 bytes.
  init(rows: Int, fill: Int, secondary: Int = 0, logical: Bool = false, _ run: OracleRun) {
    self.rows = rows
    let indexes = (0..<secondary).map { "{name: i\($0), columns: [c\($0)]}" }
    let columns = (0..<secondary).map { "{name: c\($0), type: bigint, width: 8B}" }
    let text = """
      version: 1
      name: pass
      table:
        name: t
        rows: \(rows)
        row_width: 200B
        fillfactor: \(fill)
        columns: [\(columns.joined(separator: ", "))]
        indexes: [\(indexes.joined(separator: ", "))]
      backfill: {set: {v: "1"}, deadline: 10min}

      """
    do {
      let scenario = try ScenarioFile.load(text: text, path: "pass.yaml").scenario
      var settings = scenario.database.settings
      settings.logicalWAL = logical
      settings.fullPageWrites = true
      pages = TablePages(scenario.tables[0], addedBytes: 0, settings: settings, seed: run.seed)
    } catch {
      fatalError(ScenarioFile.render(error.problems))
    }
    random = run.stream(1)
  }

  mutating func checkpoint() { pages.checkpoint() }

  /// One pass in key order.
  mutating func pass(batch: Int) {
    for start in stride(from: 0, to: rows, by: batch) {
      add(
        pages.update(
          rows: start..<min(rows, start + batch), share: 1, physicalOrder: false, touched: false,
          pinned: false, batchesOf: batch, &random))
    }
  }

  mutating func passRowByRow() {
    for row in 0..<rows {
      add(pages.update(row: row, touched: false, pinned: false, &random))
    }
  }

  mutating func countImages(_ body: (inout PagePass) -> Void) -> Int {
    let before = work.images
    body(&self)
    return work.images - before
  }

  private mutating func add(_ part: TablePages.Work) {
    work.hot += part.hot
    work.logBytes += part.logBytes
    work.images += part.images
  }
}
