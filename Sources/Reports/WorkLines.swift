import Measurements

/// What the backfill did: how much, how long, what it waited for, what it wrote.
struct WorkLines {
  var run: RunRecord

  var lines: [String] {
    guard run.hasBackfill else { return [] }
    var lines = ["BACKFILL  " + heading]
    for (label, text) in rows where !text.isEmpty {
      let head = "  " + label + String(repeating: " ", count: max(1, 16 - label.count))
      lines += (head + text).wrappedAfterHead(to: RunText.width, head: head.count)
    }
    return lines
  }

  private var heading: String {
    let workers = RunText.plural(run.workers, "worker")
    guard let rows = run.value("backfill.rows"), let batches = run.value("backfill.batches") else {
      return workers
    }
    let mean =
      run.value("backfill.batch.rows.mean").map { " of \(Human.count($0.rounded()))" } ?? ""
    let count = batches.rounded() == 1 ? "1 batch" : "\(Human.count(batches.rounded())) batches"
    return "\(Human.count(rows.rounded())) rows in \(count)\(mean), \(workers)"
  }

  private var rows: [(String, String)] {
    [
      ("duration", interval("backfill.duration")),
      ("rate", interval("backfill.rate", unit: "rows/s")),
      ("one batch", batch),
      ("standing still", standing),
      ("trouble", trouble),
      ("log", log),
      ("row versions", versions),
    ] + replicas
  }

  private var batch: String {
    list([
      part("mean", "backfill.batch.duration.mean"), part("p99", "backfill.batch.duration.p99"),
      part("longest", "backfill.batch.duration.max"),
    ])
  }

  private var standing: String {
    list(
      ["pause", "throttle", "backoff"].map {
        part($0, "backfill.paused", ["reason": $0], notZero: true)
      }
    )
  }

  private var trouble: String {
    list([
      part("retries", "backfill.retries", notZero: true),
      part("lock timeouts", "backfill.lock_timeouts", notZero: true),
      part("deadlocks", "backfill.deadlocks", notZero: true),
      part("rows missed", "backfill.rows_missed", notZero: true),
      part("rows changed twice", "backfill.rows_repeated", notZero: true),
    ])
  }

  private var log: String {
    list([
      part("in all", "wal.bytes"), part("page images", "wal.full_page_image_bytes"),
      part("at most", "wal.rate.max"),
    ])
  }

  private var versions: String {
    list([
      part("dead at most", "mvcc.dead_rows.max"), part("growth", "mvcc.bloat_bytes"),
      part("oldest snapshot", "mvcc.horizon_age.max"),
    ])
  }

  private var replicas: [(String, String)] {
    run.labels("replica", of: "replica.lag.max").map { name in
      (
        name,
        list([
          part("lag at most", "replica.lag.max", ["replica": name]),
          part("gone after", "replica.drain", ["replica": name]),
        ])
      )
    }
  }

  private func part(
    _ label: String, _ name: String, _ labels: [String: String] = [:], notZero: Bool = false
  ) -> String {
    guard let metric = run.metric(name, labels), let text = metric.text else { return "" }
    return notZero && metric.value == 0 ? "" : "\(label) \(text)"
  }

  private func interval(_ name: String, unit: String? = nil) -> String {
    guard let metric = run.metric(name), let mean = metric.mean else { return "" }
    let unit = unit ?? metric.unit
    let text = Human.text(mean, unit: unit)
    guard let low = metric.low, let high = metric.high, low.isFinite, high.isFinite, low < high
    else { return text }
    return text
      + "  (mean within \(Human.text(low, unit: unit)) .. \(Human.text(high, unit: unit)))"
  }

  private func list(_ parts: [String]) -> String {
    parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
