import Primitives
import Scenarios
import Strategies

extension FirstOrder {
  /// The numbers of `plan` in reading order, each with its formula in words.
  package func estimates(_ scenario: Scenario) -> [Estimate] {
    pace(scenario) + (BatchBounds(scenario)?.estimates ?? []) + locks() + logVolume(scenario)
      + replicationEstimates(scenario) + versions(scenario)
  }

  private func pace(_ scenario: Scenario) -> [Estimate] {
    var list = [
      Estimate(
        topic: .pace, name: "backfill.batches", label: "Batches", value: batches, unit: .count,
        formula: "rows of the table / rows of a batch, rounded up"),
      Estimate(
        topic: .pace, name: "batch.duration", label: "One batch",
        value: batch.duration(rows: batchRows), unit: .seconds,
        formula: "fixed part (round trips, commit, flush) + rows x cost of a row"),
      Estimate(
        topic: .pace, name: "batch.fixed", label: "of it fixed", value: batch.fixed, unit: .seconds,
        formula: "BEGIN, statement, COMMIT, their round trips and the log flush"),
      Estimate(
        topic: .pace, name: "batch.per_row", label: "of it each row", value: batch.perRow,
        unit: .seconds,
        formula: "CPU of one row and its index entries + heap reads it waits for; leaves are cached"
      ),
      Estimate(
        topic: .pace, name: "batch.rows_at_90_percent", label: "Rows for 90% efficiency",
        value: batch.rows(forEfficiency: 0.9, pause: pause).rounded(.up), unit: .rows,
        formula: "9 x (fixed part + pause) / cost of a row"),
    ]
    for bound in rates.bounds {
      list.append(
        Estimate(
          topic: .pace, name: "rate.\(bound.resource.rawValue)", label: bound.resource.label,
          value: bound.rowsPerSecond, unit: .rowsPerSecond, formula: bound.resource.formula))
    }
    list.append(
      Estimate(
        topic: .pace, name: "backfill.duration", label: "Duration", value: duration,
        unit: .seconds, formula: "rows / the smallest rate that limits the backfill"))
    if let deadline = scenario.backfill?.deadline {
      list.append(
        Estimate(
          topic: .pace, name: "backfill.rate_needed", label: "Needed for the deadline",
          value: rows / deadline.seconds, unit: .rowsPerSecond, formula: "rows / deadline"))
    }
    return list
  }

  private func locks() -> [Estimate] {
    [
      Estimate(
        topic: .locks, name: "locks.hold.max", label: "First row locked for",
        value: lockHold.longest, unit: .seconds,
        formula: "from its lock to the end of the commit; no single wait is longer"),
      Estimate(
        topic: .locks, name: "locks.wait.mean", label: "Mean wait", value: lockHold.meanWait,
        unit: .seconds,
        formula: "mean square hold / (2 x mean hold): a third of the batch if commits are short"),
      Estimate(
        topic: .locks, name: "locks.waits", label: "Waits in the whole job",
        value: lockHold.waits(writeRate: lockedWrites), unit: .count,
        formula: "writes a second to matching rows x mean hold"),
      Estimate(
        topic: .locks, name: "locks.wait_total", label: "Waiting time together",
        value: lockHold.totalWait(writeRate: lockedWrites), unit: .seconds,
        formula: "writes a second to matching rows x mean square hold / 2"),
    ]
  }

  /// Single-row writes a second to rows that the backfill locks.
  package var lockedWrites: Double { demand.rowLocks * (rows > 0 ? updates / rows : 0) }

  private func logVolume(_ scenario: Scenario) -> [Estimate] {
    let total = (volume.bytes + LogVolume.commitBytes / max(1, batchRows)) * rows
    return [
      Estimate(
        topic: .log, name: "wal.bytes_per_row", label: "A row's records",
        value: volume.recordBytes, unit: .bytes,
        formula: "new version, index entries, leaf splits, + 0.3% page headers"),
      Estimate(
        topic: .log, name: "wal.image_bytes_per_row", label: "A row's page images",
        value: volume.imageBytes, unit: .bytes,
        formula: "pages first changed since a checkpoint x their used bytes / rows"),
      Estimate(
        topic: .log, name: "wal.bytes", label: "All of it", value: total, unit: .bytes,
        formula: "(records + images) x rows + 40 bytes a commit"),
      Estimate(
        topic: .log, name: "wal.rate", label: "Rate, with the traffic's",
        value: demand.logBytes + (duration > 0 && duration.isFinite ? total / duration : 0),
        unit: .bytesPerSecond, formula: "all of it / duration + the traffic's own"),
      Estimate(
        topic: .log, name: "checkpoint.interval", label: "Checkpoint every",
        value: checkpointInterval, unit: .seconds,
        formula: "checkpoint_timeout, or max_wal_size / (1 + completion target) / rate if sooner"),
    ]
  }

  private func replicationEstimates(_ scenario: Scenario) -> [Estimate] {
    zip(scenario.database.replicas, replication).flatMap { replica, load in
      func estimate(
        _ name: String, _ label: String, _ value: Double, _ unit: Estimate.Unit, _ formula: String
      ) -> Estimate {
        Estimate(
          topic: .replication, name: "\(name){replica=\(replica.name)}",
          label: "\(replica.name): \(label)", value: value, unit: unit, formula: formula)
      }
      return [
        estimate(
          "network.utilization", "link busy", load.network.during, .ratio,
          "log bytes a second / network"),
        estimate(
          "disk.utilization", "disk busy", load.disk.during, .ratio,
          "log bytes a second / what its disk makes durable"),
        estimate(
          "replay.utilization", "replay busy", load.replay.during, .ratio,
          "records and images a second x their replay time, on one core, + reads it waits for"),
        estimate(
          "replica.lag.max", "lag grows to", load.peakLag, .seconds,
          "duration x (busiest of the three - 1) where it is busy beyond 100%, else none"),
        estimate(
          "replica.drain", "then gone after", load.drain, .seconds,
          "backlog / what the busiest has to spare once the backfill has stopped"),
      ]
    }
  }

  private func versions(_ scenario: Scenario) -> [Estimate] {
    guard let table = scenario.tables.first else { return [] }
    let versions = RowVersions(scenario, table: table, log: log, updates: updates)
    var list = [
      Estimate(
        topic: .versions, name: "mvcc.dead_rows", label: "Dead rows", value: versions.deadRows,
        unit: .rows, formula: "one for each updated row"),
      Estimate(
        topic: .versions, name: "mvcc.hot_share", label: "Heap-only updates",
        value: log.touchesIndex ? 0 : log.fit.samePageShare, unit: .ratio,
        formula: "new versions that fit on a page / rows on it; none if an index is touched"),
    ]
    if let threshold = versions.vacuumThreshold {
      list.append(
        Estimate(
          topic: .versions, name: "vacuum.threshold", label: "Autovacuum starts at",
          value: threshold, unit: .rows, formula: "threshold + scale factor x rows"))
    }
    list += [
      Estimate(
        topic: .versions, name: "mvcc.growth", label: "Growth, vacuum keeping up",
        value: versions.growthWithVacuum, unit: .bytes,
        formula: "growth without vacuum x share of the dead rows that gather before it starts"),
      Estimate(
        topic: .versions, name: "mvcc.growth_without_vacuum", label: "Growth without vacuum",
        value: versions.growthWithoutVacuum, unit: .bytes,
        formula: "versions that leave their page / rows of a page + a second copy of each index"),
    ]
    return list
  }
}

extension BatchBounds {
  var estimates: [Estimate] {
    bounds.map { bound in
      Estimate(
        topic: .batch, name: "batch.bound.\(bound.reason.rawValue)", label: bound.reason.label,
        value: bound.rows, unit: .rows, formula: "\(bound.limit); \(bound.formula)")
    }
  }
}

extension BatchBounds.Reason {
  package var label: String {
    switch self {
    case .hold: "by lock hold"
    case .lag: "by replica lag"
    case .iops: "by the device"
    case .log: "by log volume"
    case .efficiency: "by efficiency"
    }
  }
}

extension RateBounds.Resource {
  package var label: String {
    switch self {
    case .workers: "Rate by the workers"
    case .cpu: "by the cores"
    case .iops: "by device operations"
    case .throughput: "by device bandwidth"
    case .network: "by the replica's network"
    case .replicaDisk: "by the replica's disk"
    case .replay: "by replay"
    }
  }

  var formula: String {
    switch self {
    case .workers: "workers x rows of a batch / (batch + pause)"
    case .cpu: "(cores - the traffic's CPU) / CPU of a row"
    case .iops: "(iops - the traffic's) / (heap reads + pages written back + flushes) of a row"
    case .throughput: "(bandwidth - the traffic's) / (pages and log bytes) of a row"
    case .network: "(network - the traffic's log) / log bytes of a row"
    case .replicaDisk:
      "(its bandwidth, or 256 KiB x iops, - the traffic's log) / log bytes of a row"
    case .replay: "(1 - the traffic's replay) / replay time of a row"
    }
  }
}

extension RateBounds.Resource {
  package var words: String {
    switch self {
    case .workers: "its own batches and pauses"
    case .cpu: "the cores"
    case .iops: "the device's operations a second"
    case .throughput: "the device's bandwidth"
    case .network: "the network to the replica"
    case .replicaDisk: "the disk of the replica"
    case .replay: "replay on the replica"
    }
  }
}
