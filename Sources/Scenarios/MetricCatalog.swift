/// Every metric that a run reports and a gate may name.
package struct Metric: Sendable, Hashable {
  /// What has to be in the scenario for the metric to have a value.
  package enum Need: Sendable, Hashable { case nothing, traffic, backfill, replicas, pools }

  package var name: String
  package var dimension: Dimension
  /// In machine output.
  package var unit: String
  /// Sorted.
  package var labels: [String]
  package var need: Need
  package var doc: String

  /// The q of a percentile, such as 0.99 of `app.latency.p99`.
  package var quantile: Double? {
    switch name.split(separator: ".").last {
    case "p50": 0.5
    case "p95": 0.95
    case "p99": 0.99
    case "p999": 0.999
    default: nil
    }
  }
}

package enum MetricCatalog {
  package static func named(_ name: String) -> Metric? { all.first { $0.name == name } }

  /// Values that a label may have, where the scenario does not define them.
  package static let labelValues: [String: [String]] = [
    "phase": ["before", "during", "after"],
    "who": ["app", "backfill"],
    "reason": ["pause", "throttle", "backoff"],
  ]

  package static let all: [Metric] = (backfill + app + locks + replica + server)
    .sorted { $0.name < $1.name }

  private static let seconds = (Dimension.time, "s")
  private static let bytes = (Dimension.size, "bytes")
  private static let count = (Dimension.count, "1")
  private static let plain = (Dimension.number, "1")
  private static let ratio = (Dimension.ratio, "ratio")

  private static func metric(
    _ name: String, _ measure: (Dimension, String), _ labels: [String], _ need: Metric.Need,
    _ doc: String
  ) -> Metric {
    Metric(
      name: name, dimension: measure.0, unit: measure.1, labels: labels, need: need, doc: doc)
  }

  private static func family(
    _ name: String, _ statistics: [String], _ measure: (Dimension, String), _ labels: [String],
    _ need: Metric.Need, _ doc: String
  ) -> [Metric] {
    statistics.map { metric("\(name).\($0)", measure, labels, need, "\(doc): \($0).") }
  }

  private static let backfill: [Metric] =
    [
      metric(
        "backfill.duration", seconds, [], .backfill,
        "First BEGIN to last COMMIT; infinite where cut off."),
      metric("backfill.rows", count, [], .backfill, "Rows changed."),
      metric("backfill.batches", count, [], .backfill, "Batches committed."),
      metric("backfill.rate", (.rate, "1/s"), [], .backfill, "Rows changed per second."),
      metric(
        "backfill.paused", seconds, ["reason"], .backfill,
        "Time that workers stood still on purpose."),
      metric("backfill.retries", count, [], .backfill, "Batches tried again."),
      metric("backfill.lock_timeouts", count, [], .backfill, "Batches that gave up on a row lock."),
      metric("backfill.deadlocks", count, [], .backfill, "Batches that were a deadlock's victim."),
      metric(
        "backfill.completed_ratio", ratio, [], .backfill,
        "Share of the matching rows that were covered."),
      metric("backfill.rows_missed", count, [], .backfill, "Matching rows left out."),
      metric("backfill.rows_repeated", count, [], .backfill, "Rows changed more than once."),
      metric(
        "backfill.rows_rolled_back", count, [], .backfill,
        "Rows written by batches that rolled back."),
    ]
    + family(
      "backfill.batch.duration", ["mean", "p50", "p95", "p99", "max"], seconds, [], .backfill,
      "Time of one batch from BEGIN to COMMIT")
    + family("backfill.batch.rows", ["mean", "max"], count, [], .backfill, "Rows of one batch")

  private static let app: [Metric] =
    family(
      "app.latency", ["mean", "p50", "p95", "p99", "p999", "max"], seconds, ["class", "phase"],
      .traffic, "Time from the intended arrival to the answer")
    + [
      metric("app.arrived", count, ["class", "phase"], .traffic, "Transactions that were due."),
      metric("app.completed", count, ["class", "phase"], .traffic, "Transactions that committed."),
      metric(
        "app.timeouts", count, ["class", "phase"], .traffic, "Transactions the client cancelled."),
      metric(
        "app.rejected", count, ["class", "phase"], .traffic, "Transactions that got no connection."),
      metric(
        "app.errors", count, ["class", "phase"], .traffic, "Transactions that failed otherwise."),
      metric("app.retries", count, ["class", "phase"], .traffic, "Transactions tried again."),
      metric(
        "app.unserved_ratio", ratio, ["class", "phase"], .traffic,
        "Timeouts, rejections and errors, of those arrived."),
      metric(
        "app.active.mean", plain, ["phase"], .traffic, "Transactions inside the server, on average."
      ),
      metric(
        "app.active.max", count, ["phase"], .traffic, "Transactions inside the server, at most."),
      metric(
        "app.blocked.max", count, ["phase"], .traffic, "Sessions that wait for a row lock, at most."
      ),
      metric(
        "app.over_limit", seconds, ["class", "phase"], .traffic,
        "Time spent beyond the class's latency gate."),
    ]

  private static let locks: [Metric] =
    [
      metric(
        "locks.waits", count, ["phase", "who"], .nothing, "Row-lock waits of 10 ms and more."),
      metric(
        "locks.wait_total", seconds, ["phase", "who"], .nothing, "Time spent waiting for row locks."
      ),
      metric(
        "locks.waits_short", count, ["phase", "who"], .nothing, "Row-lock waits under 10 ms."),
      metric(
        "locks.timeouts", count, ["phase", "who"], .nothing, "Waits that ended in a lock timeout."),
      metric("locks.deadlocks", count, ["phase", "who"], .nothing, "Deadlocks."),
      metric(
        "locks.waiting.mean", plain, ["phase", "who"], .nothing, "Sessions waiting, on average."),
      metric("locks.waiting.max", count, ["phase", "who"], .nothing, "Sessions waiting, at most."),
    ]
    + family(
      "locks.wait", ["mean", "p50", "p95", "p99", "max"], seconds, ["phase", "who"], .nothing,
      "One statement's row-lock wait of 10 ms and more")

  private static let replica: [Metric] =
    family(
      "replica.lag", ["mean", "p95", "max"], seconds, ["replica"], .replicas,
      "Now minus the time when the primary's flushed position passed the replayed one")
    + [
      metric(
        "replica.lag.max_at", seconds, ["replica"], .replicas,
        "When the lag first came within 1% of its largest."),
      metric(
        "replica.lag_bytes.max", bytes, ["replica"], .replicas, "Log not yet replayed, at most."),
      metric(
        "replica.drain", seconds, ["replica"], .replicas,
        "From the last commit until the lag is gone."),
      metric(
        "replica.conflict_paused", seconds, ["replica"], .replicas,
        "Replay stopped by a query on the replica."),
      metric(
        "replica.shown_lag.max", seconds, ["replica"], .replicas,
        "Commit-age lag as servers show it."),
    ]

  private static let server: [Metric] = [
    metric("wal.bytes", bytes, [], .nothing, "Log written."),
    metric("wal.full_page_image_bytes", bytes, [], .nothing, "… of it page images."),
    metric(
      "wal.rate.max", (.throughput, "bytes/s"), [], .nothing, "Log written in the busiest second."),
    metric("wal.retained.max", bytes, [], .nothing, "Log kept for replicas, at most."),
    metric("wal.checkpoints", count, [], .nothing, "Checkpoints begun."),
    metric("storage.reads", count, [], .nothing, "Read operations of the primary's volume."),
    metric("storage.writes", count, [], .nothing, "Write operations of the primary's volume."),
    metric(
      "storage.utilization", ratio, [], .nothing, "Share of the time that the volume is busy."),
    metric("storage.queue.mean", plain, [], .nothing, "Operations waiting or served, on average."),
    metric(
      "storage.burst_balance.min", ratio, [], .nothing, "Least burst credits, of the full bucket."),
    metric("storage.free.min", bytes, [], .nothing, "Least free space."),
    metric("storage.full_in", seconds, [], .nothing, "Time until the volume is full at this rate."),
    metric("cpu.utilization", ratio, [], .nothing, "Share of the primary's cores that is busy."),
    metric("cache.miss_ratio", ratio, [], .nothing, "Page accesses that had to read."),
    metric("pool.in_use.max", count, ["pool"], .pools, "Connections in use, at most."),
    metric("pool.wait.p99", seconds, ["pool"], .pools, "Wait for a connection."),
    metric(
      "pool.rejected", count, ["pool"], .pools, "Transactions that got no connection in time."),
    metric("mvcc.dead_rows.max", count, [], .nothing, "Dead row versions, at most."),
    metric("mvcc.bloat_bytes", bytes, [], .nothing, "Growth of the table and its indexes."),
    metric("mvcc.horizon_age.max", seconds, [], .nothing, "Age of the oldest snapshot, at most."),
    metric("mvcc.xids", count, [], .nothing, "Transaction ids used."),
    metric("mvcc.vacuums", count, [], .nothing, "Vacuums of a table begun."),
    metric("mvcc.hot_ratio", ratio, [], .nothing, "Heap-only updates among all updates."),
    metric(
      "abort.recovery", seconds, [], .backfill,
      "Until latency and lag are back, if stopped at the worst moment."),
  ]
}
