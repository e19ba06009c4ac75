import Measurements

extension RunReport {
  /// The map of batch and workers, and of batch and device, with the region within all bounds.
  var batch: PageSection {
    guard let map = run.batch else { return PageSection(title: "Batch") }
    let rows = map.rows
    let workers = MapChart(
      "workers", map.byWorkers, own: rows.map { (at: Double(map.workers), rows: $0) })
    let device = MapChart(
      "operations a second of the device", map.byIOPS, own: rows.map { (at: map.iops, rows: $0) })
    return PageSection(
      title: "How large a batch may be",
      lead: "<p>\(words(map))</p>\n",
      figures: [
        workers.map {
          Figure(
            """
            By the number of workers: within the shaded region no bound is crossed. From closed forms,
            in which nothing queues; <code>rehearse tune</code> searches by simulation.
            """, $0)
        },
        device.map { Figure("By the device, with this run's workers.", $0) },
      ].compactMap { $0 })
  }

  private func words(_ map: BatchMap) -> String {
    let here = map.byWorkers.first { $0.at == Double(map.workers) }
    guard let here, let binding = here.binding, let most = binding.rows else {
      return "Nothing bounds the batch here."
    }
    let count = RunText.plural(map.workers, "worker")
    let limit = "\(binding.words) (\(binding.limit))"
    guard most >= 1 else { return "With \(count) no batch is small enough: \(limit)." }
    let own = map.rows.map { rows in
      rows <= most
        ? "; this run's \(Human.count(rows)) are within it"
        : "; this run's \(Human.count(rows)) are beyond it"
    }
    return
      "With \(count) a batch may have at most \(Human.count(most)) rows, bound by \(limit)\(own ?? "")."
  }
}
