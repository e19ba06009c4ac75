import Gates
import Primitives

extension Reduction {
  /// Everything that covers the run as a whole: during and after, or for comparison before.
  mutating func addServer(_ phases: [Phase]) {
    addReplicas(phases)
    addLog(phases)
    addStorage(phases)
    addVersions(phases)
    for (index, name) in recorder.plan.pools.enumerated() { addPool(index, name, phases) }
    let own = phases.contains(.during) ? [Phase.during] : phases
    add(
      "cpu.utilization",
      ratio(counted(.cpuBusy, own) / 1e9, of: elapsed(own) * Double(recorder.plan.cores)))
    let reads = counted(.cacheReads, own)
    add("cache.miss_ratio", ratio(counted(.cacheMisses, own), of: reads), samples: Int(reads))
  }

  private mutating func addReplicas(_ phases: [Phase]) {
    for (index, name) in recorder.plan.replicas.enumerated() {
      let labels = ["replica": name]
      let lag = phases.reduce(into: LagStatistics()) {
        $0.merge(recorder.lags[index].phases[$1.rawValue])
      }
      add("replica.lag.mean", labels, lag.mean)
      add("replica.lag.p95", labels, lag.quantile(0.95))
      add("replica.lag.max", labels, lag.peak.map { Double($0.nanoseconds) / 1e9 })
      add(
        "replica.lag.max_at", labels,
        lag.peak.map { ($0.at - recorder.clock.duringStart).reported })
      let slots = phases.map { index * Phase.count + $0.rawValue }
      add("replica.lag_bytes.max", labels, slots.map { Double(recorder.lagBytes[$0]) }.max())
      add("replica.shown_lag.max", labels, slots.map { recorder.shownLag[$0].reported }.max())
      let paused = total(phases.map { layout.conflict(index, $0) })
      add("replica.conflict_paused", labels, Double(paused) / 1e9)
    }
  }

  private mutating func addLog(_ phases: [Phase]) {
    add("wal.bytes", counted(.walBytes, phases))
    add("wal.full_page_image_bytes", counted(.pageImageBytes, phases))
    add("wal.rate.max", recorder.walRate.maximum(phases))
    add("wal.retained.max", recorder.gauges.maximum(.walRetained, phases))
    add("wal.checkpoints", counted(.checkpoints, phases))
  }

  private mutating func addStorage(_ phases: [Phase]) {
    let time = elapsed(phases)
    add("storage.reads", counted(.storageReads, phases))
    add("storage.writes", counted(.storageWrites, phases))
    add("storage.utilization", ratio(counted(.storageBusy, phases) / 1e9, of: time))
    add(
      "storage.queue.mean",
      recorder.gauges.integral(.storageQueue, phases).flatMap { ratio($0, of: time) })
    add("storage.burst_balance.min", recorder.gauges.minimum(.burstBalance, phases))
    add("storage.free.min", recorder.gauges.minimum(.freeSpace, phases))
    add("storage.full_in", recorder.storageFull.map { ($0 - recorder.clock.duringStart).reported })
  }

  private mutating func addVersions(_ phases: [Phase]) {
    add("mvcc.dead_rows.max", recorder.gauges.maximum(.deadRows, phases))
    add("mvcc.bloat_bytes", recorder.gauges.maximum(.bloatBytes, phases))
    add("mvcc.horizon_age.max", recorder.gauges.maximum(.horizonAge, phases))
    add("mvcc.xids", counted(.xids, phases))
    add("mvcc.vacuums", counted(.vacuums, phases))
    let hot = counted(.heapOnlyUpdates, phases)
    let updates = hot + counted(.movedUpdates, phases)
    add("mvcc.hot_ratio", ratio(hot, of: updates), samples: Int(updates))
  }

  private mutating func addPool(_ index: Int, _ name: String, _ phases: [Phase]) {
    let labels = ["pool": name]
    let slots = phases.map { index * Phase.count + $0.rawValue }
    add("pool.in_use.max", labels, slots.map { Double(recorder.poolPeaks[$0]) }.max())
    addDistribution(
      "pool.wait", labels, merged(phases.map { layout.poolWait(index, $0) }), [.p99])
    add(
      "pool.rejected", labels, Double(total(phases.map { layout.poolRejected(index, $0) })))
  }

  /// Drain counts from the backfill's end, so there is none before.
  mutating func addDrains(_ drained: [TimeSpan?]) {
    for (name, drain) in zip(recorder.plan.replicas, drained) {
      add("replica.drain", ["replica": name], drain?.reported ?? .infinity)
    }
  }

  mutating func addBackfill() {
    let phases = Phase.allCases
    let batches = Int(total([layout.backfill(.batches)]))
    let rows = Double(total([layout.backfill(.rows)]))
    add("backfill.duration", recorder.duration)
    add("backfill.rows", rows, samples: batches)
    add("backfill.batches", Double(batches), samples: batches)
    let worked = recorder.backfillEnd.map { ($0 - recorder.clock.duringStart).reported }
    add("backfill.rate", worked.flatMap { ratio(rows, of: $0) }, samples: batches)
    let pauses = PauseReason.allCases.map { recorder.counts[layout.backfill($0.tally)] }
    add("backfill.paused", Double(pauses.reduce(0, +)) / 1e9)
    for (reason, paused) in zip(PauseReason.allCases, pauses) {
      add("backfill.paused", ["reason": reason.rawValue], Double(paused) / 1e9)
    }
    add("backfill.retries", counted(.backfillRetries, phases))
    add("backfill.lock_timeouts", counted(.backfillLockTimeouts, phases))
    add("backfill.deadlocks", counted(.backfillDeadlocks, phases))
    let covered = counted(.rowsCovered, phases)
    add(
      "backfill.completed_ratio",
      recorder.plan.rowsMatching.map { $0 > 0 ? covered / Double($0) : 1 }, samples: batches)
    add("backfill.rows_missed", counted(.rowsMissed, phases))
    add("backfill.rows_repeated", counted(.rowsTouched, phases) - covered)
    add("backfill.rows_rolled_back", counted(.rowsRolledBack, phases))
    // Only a trial that was stopped on purpose can tell.
    add("abort.recovery", nil, samples: 0)
    addDistribution(
      "backfill.batch.duration", [:], recorder.distributions[layout.batch],
      [.mean, .p50, .p95, .p99, .max])
    add("backfill.batch.rows.mean", ratio(rows, of: Double(batches)), samples: batches)
    add(
      "backfill.batch.rows.max", batches > 0 ? Double(recorder.largestBatch) : nil,
      samples: batches)
  }

  private mutating func add(_ name: String, _ value: Double?, samples: Int = 1) {
    add(name, [:], value, samples: samples)
  }
}

extension Recorder {
  /// Seconds from the first batch's BEGIN to the last COMMIT; infinite where the horizon or an abort
  /// ended it, so that the mean over trials cannot come from the fast ones alone.
  var duration: Double {
    guard backfillCompleted, let backfillEnd else { return .infinity }
    return (backfillEnd - clock.duringStart).reported
  }
}
