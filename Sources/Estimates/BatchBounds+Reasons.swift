import Gates
import Primitives
import Scenarios
import Strategies

extension BatchBounds {
  /// A worker's time that goes into rows; a larger batch could gain the rest at most.
  package static let efficiencyWanted = 0.95

  /// The mean pace that leaves the replica within its limit, and one batch's own burst.
  ///
  /// As a fluid (see `ReplicationBacklog`) the lag after N rows at R rows a second is N·k − N·(1 − t)/R,
  /// with k seconds of the busiest stage for a row and t its share that the traffic takes. A batch runs
  /// faster than the mean: it alone adds (t + w·k/b − 1)·b·n.
  static func lag(_ scenario: Scenario, _ order: FirstOrder) -> Bound {
    let cycle = BatchCycle(scenario, order)
    let gates = scenario.gates(on: ["replica.lag.max", "replica.lag.p95", "replica.lag.mean"])
    let gate = gates.min { $0.limit.number < $1.limit.number }
    let limit = gate?.limit.number ?? 0
    let throttled = scenario.strategy.throttle.contains {
      $0.condition.signal == .replicaLag || $0.condition.signal == .replicaLagBytes
    }
    var rows = Double.infinity
    let pace = order.rates.binding?.rowsPerSecond ?? 0
    for stage in order.replication.flatMap(\.stages) where pace > 0 {
      let perRow = (stage.during - stage.after) / pace
      let whole = order.rows * perRow
      // A throttle that watches the lag keeps the mean pace; the burst remains.
      if !throttled, whole > limit {
        let rate = order.rows * (1 - stage.after) / (whole - limit)
        rows = min(rows, cycle.rows(forRate: rate))
      }
      let burst = stage.after + cycle.workers * perRow / order.batch.perRow - 1
      if limit > 0, burst > 0 { rows = min(rows, limit / (burst * order.batch.perRow)) }
    }
    return Bound(
      reason: .lag, rows: rows,
      limit: scenario.database.replicas.isEmpty
        ? "there is no replica" : gate?.words ?? "no gate: the replica keeps up",
      gate: gate?.id,
      formula: "the pace whose backlog at the end stays within it, and one batch's own burst")
  }

  /// The pace at which the device is full: (capacity − traffic) in operations, or in bytes.
  static func device(_ scenario: Scenario, _ order: FirstOrder) -> Bound {
    let cycle = BatchCycle(scenario, order)
    let gate = scenario.gates(on: ["storage.utilization"])
      .min { $0.limit.number < $1.limit.number }
    let share = min(1, gate?.limit.number ?? 1)
    let storage = scenario.database.storage
    let operations = share * storage.iops - order.demand.operations
    let perRow = order.readsPerRow + order.volume.dirtyPages
    // w·(n·o + 1) ≤ free·(A + B·n): each batch flushes once.
    let slope = cycle.workers * perRow - operations * cycle.perRow
    let byOperations =
      slope > 0 ? max(0, operations * cycle.fixed - cycle.workers) / slope : .infinity
    let page = Double(PageFit.pageBytes)
    let bytes =
      share * storage.throughput - order.demand.logBytes - order.demand.operations * page
    let byBytes = cycle.rows(forRate: bytes / (perRow * page + order.volume.bytes))
    let capacity =
      byOperations <= byBytes ? "operations a second of the device" : "bandwidth of the device"
    return Bound(
      reason: .iops, rows: max(0, min(byOperations, byBytes)), limit: gate?.words ?? capacity,
      gate: gate?.id,
      formula: "the pace that takes all that the traffic leaves: reads, pages, flushes of a row")
  }

  /// One batch's log between two checkpoints, and the pace that a gate on the log's rate allows.
  ///
  /// A statement longer than that images pages again that it has imaged already, and keeps its
  /// transaction open over several checkpoints.
  static func log(_ scenario: Scenario, _ order: FirstOrder) -> Bound {
    let settings = scenario.database.settings
    let room = Double(settings.maxWALSize) / (1 + settings.checkpointCompletionTarget)
    let byVolume = order.volume.bytes > 0 ? room / order.volume.bytes : .infinity
    let gate = scenario.gates(on: ["wal.rate.max"]).min { $0.limit.number < $1.limit.number }
    let left = (gate?.limit.number ?? .infinity) - order.demand.logBytes
    let byRate = BatchCycle(scenario, order).rows(forRate: left / max(order.volume.bytes, 1e-9))
    let byGate = byRate < byVolume
    return Bound(
      reason: .log, rows: max(0, min(byVolume, byRate)),
      limit: byGate ? gate?.words ?? "" : "max_wal_size", gate: byGate ? gate?.id : nil,
      formula: byGate
        ? "(the limit - the traffic's log) / log bytes of a row"
        : "max_wal_size / (1 + completion target) / log bytes of a row")
  }

  /// e/(1−e)·A/B, where the fixed part of a cycle has shrunk to 5 %.
  static func efficiency(_ scenario: Scenario, _ order: FirstOrder) -> Bound {
    let cycle = BatchCycle(scenario, order)
    let odds = efficiencyWanted / (1 - efficiencyWanted)
    return Bound(
      reason: .efficiency,
      rows: cycle.perRow > 0 ? odds * cycle.fixed / cycle.perRow : .infinity,
      limit: "95% of the workers' time on rows",
      formula: "19 x (fixed part + pause) / cost of a row: beyond it there is little to gain")
  }
}

extension Scenario {
  /// The error-level gates that hold one of these metrics of the backfill's time below a value.
  func gates(on names: [String]) -> [GateRule] {
    gates.filter { gate in
      guard case .value = gate.limit else { return false }
      return gate.level == .error && gate.comparison.isUpper && names.contains(gate.metric.name)
        && ["during", nil].contains(gate.metric["phase"]) && gate.metric["who"] != "backfill"
    }
  }
}

extension GateRule {
  /// Such as `gate lag: replica.lag.max <= 10s`.
  var words: String { "gate \(id): \(metric.name) \(expectation)" }
}
