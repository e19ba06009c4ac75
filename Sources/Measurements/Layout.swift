/// Where in the recorder's flat arrays each thing is kept: no dictionary on the way in.
struct Layout: Sendable {
  /// What is counted per class, or per pool and replica, beside the counters of `Counter`.
  enum Tally: Int, CaseIterable { case arrived, completed, timedOut, rejected, errored, retried }
  enum BackfillTally: Int, CaseIterable { case batches, rows, pause, throttle, backoff }

  let classes: Int
  let pools: Int
  let replicas: Int
  private let tallies = Tally.allCases.count
  private let counters = Counter.allCases.count
  /// Columns of the time series that have a name; the latency buckets of each class follow them.
  let columns: [(name: String, unit: String, kind: Course.Kind)]

  init(_ plan: Recorder.Plan) {
    classes = plan.classes.count
    pools = plan.pools.count
    replicas = plan.replicas.count
    var columns: [(name: String, unit: String, kind: Course.Kind)] = []
    for name in plan.classes {
      columns.append(("app.completed{class=\(name)}", "1/s", .rate))
      columns.append(("app.latency.max{class=\(name)}", "s", .maximum))
    }
    columns.append(("backfill.rows", "rows/s", .rate))
    columns.append(("wal.bytes", "B/s", .rate))
    columns.append(("app.active", "transactions", .maximum))
    columns.append(("locks.waiting", "sessions", .maximum))
    columns.append(("storage.utilization", "ratio", .rate))
    columns.append(("cpu.utilization", "ratio", .rate))
    for name in plan.replicas { columns.append(("replica.lag{replica=\(name)}", "s", .maximum)) }
    self.columns = columns
  }

  // Distributions.
  func latency(_ index: Int, _ phase: Phase) -> Int { index * Phase.count + phase.rawValue }
  func wait(_ who: Waiter, _ phase: Phase) -> Int {
    (classes + who.rawValue) * Phase.count + phase.rawValue
  }
  func poolWait(_ pool: Int, _ phase: Phase) -> Int {
    (classes + 2 + pool) * Phase.count + phase.rawValue
  }
  var batch: Int { (classes + 2 + pools) * Phase.count }
  var slots: Int { batch + 1 }

  // Counts.
  func tally(_ tally: Tally, _ index: Int, _ phase: Phase) -> Int {
    (index * tallies + tally.rawValue) * Phase.count + phase.rawValue
  }
  func counter(_ counter: Counter, _ phase: Phase) -> Int {
    (classes * tallies + counter.rawValue) * Phase.count + phase.rawValue
  }
  func shortWaits(_ who: Waiter, _ phase: Phase) -> Int {
    (classes * tallies + counters + who.rawValue) * Phase.count + phase.rawValue
  }
  func poolRejected(_ pool: Int, _ phase: Phase) -> Int {
    (classes * tallies + counters + 2 + pool) * Phase.count + phase.rawValue
  }
  func conflict(_ replica: Int, _ phase: Phase) -> Int {
    poolRejected(pools + replica, phase)
  }
  func backfill(_ tally: BackfillTally) -> Int {
    poolRejected(pools + replicas, .warmup) + tally.rawValue
  }
  var counts: Int { backfill(.batches) + BackfillTally.allCases.count }

  // Columns of the time series.
  func completedColumn(_ index: Int) -> Int { index * 2 }
  func latencyColumn(_ index: Int) -> Int { index * 2 + 1 }
  var rowsColumn: Int { classes * 2 }
  var walColumn: Int { classes * 2 + 1 }
  var activeColumn: Int { classes * 2 + 2 }
  var waitingColumn: Int { classes * 2 + 3 }
  var storageColumn: Int { classes * 2 + 4 }
  var coresColumn: Int { classes * 2 + 5 }
  func lagColumn(_ replica: Int) -> Int { classes * 2 + 6 + replica }
  func bucketColumn(_ index: Int) -> Int { columns.count + index * LatencyBuckets.count }
  var columnKinds: [Course.Kind] {
    columns.map(\.kind) + Array(repeating: .rate, count: classes * LatencyBuckets.count)
  }
}
