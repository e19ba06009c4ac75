import Gates
import Measurements

// What happened over time.
extension RunReport {
  /// The runs with a course, each with what its lines are called.
  private var courses: [(prefix: String, course: RunCourse)] {
    ([run] + others).enumerated().compactMap { index, run in
      run.course.map { course in
        let world = run.header.world.rawValue
        let number = index > 1 ? " \(index + 1)" : ""
        return (others.isEmpty ? "" : world + number, course)
      }
    }
  }

  /// One line for each run that has the column.
  private func lines(_ column: String, label: String = "") -> [TimeChart.Line] {
    courses.compactMap { prefix, course in
      course[column].map { column in
        let parts = [label, prefix].filter { !$0.isEmpty }
        return TimeChart.Line(
          label: parts.isEmpty ? "median" : parts.joined(separator: ", "), course: course,
          column: column)
      }
    }
  }

  private var shaded: Double? {
    run.value("backfill.duration").flatMap { $0.isFinite ? $0 : nil }
  }

  private func figure(_ caption: HTML, _ chart: TimeChart?) -> Figure? {
    chart.map { Figure(caption, $0) }
  }

  private var bandWords: HTML {
    isLive || run.trials < 2
      ? "" : " The line is the median over trials, the band holds nine in ten of them."
  }

  var finish: PageSection {
    guard run.hasBackfill else { return PageSection(title: "Finish") }
    var fan = TimeChart("rows done", unit: "rows", lines: lines("backfill.rows_done"))
    fan?.isSum = true
    let gate = run.gates.first { $0.metric.name == "backfill.duration" && $0.limit.isFinite }
    if let gate, let duration = shaded, gate.limit < 2 * duration {
      fan?.moments = [.init(label: "deadline", value: gate.limit)]
    }
    let live = others.first { $0.header.world == .live }?.value("backfill.duration")
    let spread = SpreadChart(
      "duration", unit: "s", values: run.samples?[MetricKey("backfill.duration")] ?? [],
      marks: live.map { [.init(label: "live", value: $0)] } ?? [])
    let rate = TimeChart(
      "rows per second", unit: "rows/s", lines: lines("backfill.rows"), shaded: shaded)
    return PageSection(
      title: "When it finishes, and what it waits for",
      figures: [
        figure("Rows committed.\(bandWords)", fan),
        spread.map { Figure("How the duration is spread over the trials.", $0) },
        figure("The pace. It drops to nothing where a throttle holds the backfill.", rate),
      ].compactMap { $0 },
      body: timeTable)
  }

  /// How the workers' time is split.
  private var timeTable: HTML {
    guard let duration = shaded, duration > 0 else { return "" }
    let time = duration * Double(run.workers)
    var table = HTMLTable(["the workers' time", "each run", "share"])
    let working =
      (run.value("backfill.batches") ?? 0) * (run.value("backfill.batch.duration.mean") ?? 0)
    var rest = time - working
    var parts = [("batches", working)]
    for (reason, words) in [
      ("throttle", "held by a throttle"), ("pause", "its own pauses"),
      ("backoff", "waiting to try again"),
    ] {
      let value = run.value("backfill.paused", ["reason": reason]) ?? 0
      rest -= value
      parts.append((words, value))
    }
    parts.append(("looking up ranges, idle", max(0, rest)))
    for (words, value) in parts where value > 0.0005 * time {
      table.add([words, Human.duration(value), Human.percent(value / time)])
    }
    return table.html
  }

  var application: PageSection {
    let classes = run.labels("class", of: "app.latency.p99")
    var figures: [Figure] = []
    for name in classes {
      let before = run.value("app.latency.p99", ["class": name, "phase": "before"])
      let p99 = lines("app.latency.p99{class=\(name)}", label: "p99")
      let p50 = lines("app.latency.p50{class=\(name)}", label: "p50")
      let chart = TimeChart(
        "latency", unit: "s", lines: p99 + p50,
        limits: limits(on: "app.latency.p99", class: name, before: before), shaded: shaded,
        isLogarithmic: true)
      let step = Human.duration(run.course?.step ?? 0)
      if let found = figure(
        """
        <b>\(name)</b>: latency from the intended arrival, each \(step); the backfill's time is shaded.\
        \(bandWords)
        """, chart)
      {
        figures.append(found)
      }
    }
    return PageSection(
      title: "What the application feels", figures: figures, body: applicationTable(classes))
  }

  private func applicationTable(_ classes: [String]) -> HTML {
    var table = HTMLTable(["", "", "before", "during", "after"])
    for name in classes {
      var label = name
      for (title, metric) in [
        ("p50", "app.latency.p50"), ("p95", "app.latency.p95"), ("p99", "app.latency.p99"),
        ("p99.9", "app.latency.p999"), ("longest", "app.latency.max"),
        ("not served", "app.unserved_ratio"), ("timeouts", "app.timeouts"),
        ("rejected by the pool", "app.rejected"),
      ] {
        let cells = ["before", "during", "after"].map {
          run.metric(metric, ["class": name, "phase": $0])?.text ?? "-"
        }
        guard cells.contains(where: { !["-", "0", "0%"].contains($0) }) else { continue }
        table.add([label, title] + cells)
        label = ""
      }
    }
    return table.html
  }

  var lag: PageSection {
    let names = run.labels("replica", of: "replica.lag.max")
    let chart = TimeChart(
      "lag", unit: "s",
      lines: names.flatMap {
        lines("replica.lag{replica=\($0)}", label: names.count > 1 ? $0 : "")
      },
      limits: limits(on: "replica.lag.max") + throttleLimits("replica.lag"), shaded: shaded)
    var table = HTMLTable(["replica", "mean", "p95", "most", "most, bytes", "gone after the end"])
    for name in names {
      table.add(
        [name]
          + [
            "replica.lag.mean", "replica.lag.p95", "replica.lag.max", "replica.lag_bytes.max",
            "replica.drain",
          ].map { run.metric($0, ["replica": name])?.text ?? "-" })
    }
    return PageSection(
      title: "Replication lag",
      figures: [figure("How far the replicas are behind.\(bandWords)", chart)].compactMap { $0 },
      body: table.html)
  }

  /// Where a throttle on this signal pauses.
  private func throttleLimits(_ signal: String) -> [TimeChart.Limit] {
    run.header.scenario.filter {
      $0.path.hasSuffix(".pause_when") && $0.value.hasPrefix(signal + " ")
    }
    .compactMap { setting in
      let limit = setting.value.split(separator: " ").last.map(String.init) ?? ""
      return Human.seconds(limit).map { .init(label: "throttle: \(setting.value)", value: $0) }
    }
  }

  var locks: PageSection {
    let chart = TimeChart(
      "waiting", unit: "sessions", lines: lines("locks.waiting"), shaded: shaded)
    var table = HTMLTable([
      "who waits", "waits of 10 ms and more", "mean", "p99", "longest", "deadlocks",
    ])
    for (who, words) in [("app", "application"), ("backfill", "backfill")] {
      let cells = [
        "locks.waits", "locks.wait.mean", "locks.wait.p99", "locks.wait.max", "locks.deadlocks",
      ].map { run.metric($0, ["who": who])?.text ?? "-" }
      if (run.value("locks.waits", ["who": who]) ?? 0) > 0 { table.add([words] + cells) }
    }
    return PageSection(
      title: "Row locks",
      lead: chart == nil && table.rows.isEmpty && run.hasBackfill
        ? "<p>Nobody waited 10 ms or more for a row.</p>\n" : "",
      figures: [figure("Sessions that wait for a row lock, the most in each step.", chart)]
        .compactMap { $0 },
      body: table.html)
  }

  var storage: PageSection {
    let log = TimeChart("log", unit: "B/s", lines: lines("wal.bytes"), shaded: shaded)
    let busy = TimeChart(
      "busy", unit: "ratio",
      lines: lines("storage.utilization", label: "storage")
        + lines("cpu.utilization", label: "cores"),
      shaded: shaded)
    var table = HTMLTable(["while it runs and after", ""])
    for (words, name) in [
      ("log written", "wal.bytes"), ("of it page images", "wal.full_page_image_bytes"),
      ("log, fastest second", "wal.rate.max"), ("log kept for replicas", "wal.retained.max"),
      ("checkpoints", "wal.checkpoints"), ("storage busy", "storage.utilization"),
      ("requests waiting at the storage", "storage.queue.mean"),
      ("free space left", "storage.free.min"), ("burst credits left", "storage.burst_balance.min"),
      ("cores busy", "cpu.utilization"), ("reads that miss the cache", "cache.miss_ratio"),
      ("dead rows, most", "mvcc.dead_rows.max"),
      ("growth of table and indexes", "mvcc.bloat_bytes"),
      ("oldest snapshot", "mvcc.horizon_age.max"),
    ] {
      if let text = run.metric(name)?.text { table.add([words, text]) }
    }
    return PageSection(
      title: "Log, storage and row versions",
      figures: [
        figure("Log written. Peaks follow checkpoints: pages are then logged whole.", log),
        figure("How busy the storage and the cores are.", busy),
      ].compactMap { $0 }, body: table.html)
  }
}
