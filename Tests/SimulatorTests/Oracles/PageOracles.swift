import Primitives
import Scenarios
import Simulator

/// Cases on the pages that updates touch, where new versions go, and what they write to the log.
enum PageOracles {
  static let cases: [OracleCase] = [scattered, passes, log, images, smallBatches]

  private static let pages = 5_000
  private static let rows = 14_400
  /// Rows of 36, 32 and 20 a page all fill whole pages of a batch.
  private static let batch = 1_440

  /// 1000 rows scattered over 5000 pages: the occupancy problem.
  private static let scattered: OracleCase = {
    let missed = Double.pow(1 - 1 / Double(pages), 1_000)
    return OracleCase(
      "1000 rows over 5000 pages", source: "P (1 − (1 − 1/P)ⁿ); Feller I (1968) IV.2",
      [
        .mean("distinct pages", Double(pages) * (1 - missed)),
        .mean("marked after another 1000", Double(pages) * (1 - missed * missed)),
        .mean("single pages found marked", 1 - missed),
        .exact("marked pages that nobody finds", 0, within: 0),
      ]
    ) { run in
      var random = run.stream(1)
      var plane = RelationPages(pages: pages)
      var (distinct, twice, found, lost) = (0, 0, 0, 0)
      let repetitions = run.repetitions(1_600)
      let touches = Int(1_000 * run.mutation.serviceFactor)
      for _ in 0..<repetitions {
        plane.clear()
        let touched = plane.markScattered(touches: touches, &random).distinct
        distinct += touched
        var hidden = touched
        for page in 0..<pages where !plane.mark(page, uniform: random.uniform()) {
          hidden -= 1
          if page < 240 { found += 1 }
        }
        lost += abs(hidden)
        plane.clear()
        for _ in 0..<2 { _ = plane.markScattered(touches: touches, &random) }
        twice += plane.marked
      }
      return [
        Double(distinct) / Double(repetitions), Double(twice) / Double(repetitions),
        Double(found) / Double(240 * repetitions), Double(lost),
      ]
    }
  }()

  /// One pass in the order of the primary key finds only the room that the fill factor left.
  private static let passes = OracleCase(
    "One pass over 40 rows a page, share of HOT updates", source: "(40 − ⌊40 f⌋)/⌊40 f⌋",
    [
      .exact("fill factor 100", 0, within: 0), .exact("fill factor 90", 4.0 / 36, within: 1e-9),
      .exact("fill factor 80", 8.0 / 32, within: 1e-9),
      .exact("fill factor 50", 1, within: 1e-9),
    ]
  ) { run in
    [100, 90, 80, 50].map { fill in
      var table = PagePass(rows: rows, fill: fill, run)
      table.pass(batch: batch)
      return Double(table.work.hot) / Double(rows)
    }
  }

  /// PostgreSQL's records: lock 54, update 50 + tuple, leaf insert 64, each to the next 8 bytes.
  ///
  /// A leaf of 365 entries splits with 3400 bytes; the simulator counts whole bytes a row for it.
  private static let log = OracleCase(
    "Log bytes a row, tuples of 200 bytes", source: "xlogrecord.h, heapam_xlog.h",
    [
      .exact("HOT", 72, within: 0), .exact("HOT, logical", 248, within: 0),
      .exact("moved, 1 index", 56 + 256 + 64 + 3400.0 / 365, within: 1e-3),
      .exact("moved, 3 indexes", 56 + 256 + 3 * (64 + 3400.0 / 365), within: 2e-3),
    ]
  ) { run in
    let kinds = [(50, 0, false), (50, 0, true), (100, 0, false), (100, 2, false)]
    return kinds.map { fill, secondary, logical in
      var table = PagePass(rows: rows, fill: fill, secondary: secondary, logical: logical, run)
      table.pass(batch: batch)
      return Double(table.work.logBytes) / Double(rows)
    }
  }

  /// 14 400 rows on 360 heap pages of 40, or 720 of 20, and 40 leaves of 366.
  private static let images = OracleCase(
    "Page images of passes over 14 400 rows", source: "once a page and checkpoint cycle",
    [
      .exact("fill factor 100, in order", 360 + 40, within: 0),
      .exact("fill factor 50, in order", 720, within: 0),
      .exact("the same again, same cycle", 0, within: 0),
      .exact("the same again, next cycle", 720, within: 0),
      .exact("single rows, next cycle", 720, within: 0),
    ]
  ) { run in
    var full = PagePass(rows: rows, fill: 100, run)
    full.pass(batch: batch)
    var half = PagePass(rows: rows, fill: 50, run)
    var counts = [full.work.images]
    for isNewCycle in [true, false, true] {
      if isNewCycle { half.checkpoint() }
      counts.append(half.countImages { $0.pass(batch: batch) })
    }
    half.checkpoint()
    counts.append(half.countImages { $0.passRowByRow() })
    return counts.map { Double($0) }
  }

  /// Ten rows of forty: all batches but the first on a page find the room of the one before.
  private static let smallBatches = OracleCase(
    "One pass by batches of 10 over 40 rows a page", source: "pruning, README.HOT",
    [.exact("share of HOT updates", 0.75, within: 1e-9)]
  ) { run in
    var table = PagePass(rows: rows, fill: 100, run)
    table.pass(batch: 10)
    return [Double(table.work.hot) / Double(rows)]
  }
}
