import Glibc
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

/// Everything that a live run needs, connected and ready, before its clock starts.
final class LiveStage {
  let scenario: Scenario
  let target: LiveTarget
  let clock = LiveClock()
  let tables: [TableCatalog]
  let timeline: ApplicationTimeline
  let board: StatementBoard
  let sensors: Sensors
  let lockWatch: LockWatch
  let serverWatch: ServerWatch
  let serverVersion: String
  /// The traffic's pools, and each one's places.
  let pools: [(pool: TrafficPool, sessions: [TrafficSession])]
  /// Warnings of the preparations.
  private(set) var warnings: [String] = []

  var backfillStart: Instant { .zero + scenario.run.warmup + scenario.run.before }
  /// The first of the workers' slots on the board.
  var firstWorkerSession: Int { pools.reduce(0) { $0 + $1.sessions.count } }

  /// `shouldStop` cuts the preparations short: what is not ready then need not be.
  init(
    _ scenario: Scenario, on target: LiveTarget, shouldStop: () -> Bool
  ) throws(LiveError) {
    self.scenario = scenario
    self.target = target
    guard target.replicas.count == scenario.database.replicas.count else {
      throw .unfit(
        "the scenario has \(scenario.database.replicas.count) replicas, "
          + "\(target.replicas.count) were given")
    }
    let administration = try LiveError.server {
      () throws(ServerError) in
      try Connection(target.primary.observation, applicationName: "rehearse")
    }
    var tables: [TableCatalog] = []
    for table in scenario.tables { tables.append(try .read(table, on: administration)) }
    self.tables = tables
    serverVersion = try LiveError.server {
      () throws(ServerError) in
      try administration.execute("SHOW server_version").scalar ?? ""
    }
    let start = Instant.zero + scenario.run.warmup + scenario.run.before
    let timeline = ApplicationTimeline(scenario, backfillStart: start)
    self.timeline = timeline
    let meter = SignalMeterBox(
      watchesLatency: scenario.strategy.throttle.contains {
        $0.condition.signal == .appLatencyP99
      })
    let pools = Self.pools(scenario, timeline, meter, clock)
    let slots = pools.reduce(0) { $0 + $1.pool.size }
    board = StatementBoard(sessions: slots + Workers.most)
    sensors = Sensors(replicas: target.replicas.count, pools: pools, meter: meter)
    self.pools = try Self.sessions(
      scenario, target, tables, pools, timeline, board, clock)
    do {
      lockWatch = try LockWatch(
        target.primary.observation, board: board, sensors: sensors, meter: meter, clock: clock)
      serverWatch = try ServerWatch(
        primary: target.primary.observation, replicas: target.replicas.map(\.observation),
        tables: tables, watchesCPU: target.isThrowaway, sensors: sensors, clock: clock)
    } catch {
      throw .server(error)
    }
    settleLog(administration, unless: shouldStop)
  }

  /// A run begins right after a checkpoint, on a throwaway cluster with the log files that the scenario's
  /// server has ready, and with what `initdb` and the filling left in the page cache on disk: the operating
  /// system would write it half a minute later, in front of the run's commits.
  private func settleLog(_ administration: Connection, unless shouldStop: () -> Bool) {
    do {
      if target.isThrowaway, scenario.database.state == .fresh,
        let warning = try FreshLog(target).prepare(unless: shouldStop)
      {
        warnings.append(warning)
      }
      try administration.execute("CHECKPOINT")
      if target.isThrowaway { sync() }
    } catch {
      warnings.append("the run could not begin with a checkpoint: \(error.message)")
    }
  }

  /// Pools without traffic need no connections.
  private static func pools(
    _ scenario: Scenario, _ timeline: ApplicationTimeline, _ meter: SignalMeterBox,
    _ clock: LiveClock
  ) -> [TrafficPool] {
    // The curves are placed so that the backfill starts at `run.start_at`.
    let startAt = scenario.run.startAt - (scenario.run.warmup + scenario.run.before).seconds
    let midnight = startAt - (startAt / 86_400).rounded(.down) * 86_400
    return scenario.pools.indices.compactMap { index in
      guard scenario.traffic.contains(where: { $0.pool == index }) else { return nil }
      let queue = RequestQueue(
        scenario.traffic, pool: index, seed: scenario.run.seed, startAt: midnight,
        surges: timeline.surges)
      return TrafficPool(
        index, scenario, queue: queue, timeline: timeline, meter: meter, clock: clock)
    }
  }

  private static func sessions(
    _ scenario: Scenario, _ target: LiveTarget, _ tables: [TableCatalog], _ pools: [TrafficPool],
    _ timeline: ApplicationTimeline, _ board: StatementBoard, _ clock: LiveClock
  ) throws(LiveError) -> [(pool: TrafficPool, sessions: [TrafficSession])] {
    var plans: [TransactionPlan] = []
    for (index, trafficClass) in scenario.traffic.enumerated() {
      plans.append(
        try TransactionPlan(
          trafficClass, index: index, tables: tables, backfill: scenario.backfill))
    }
    let keys = RowKeys(scenario, tables: tables, seed: scenario.run.seed)
    let newKeys = NewKeys(tables)
    var places: [(pool: TrafficPool, sessions: [TrafficSession])] = []
    var number = 0
    for pool in pools {
      let setup = TrafficSession.Setup(
        primary: target.primary.session, replicas: target.replicas.map(\.session), plans: plans,
        classes: scenario.traffic.indices.filter { scenario.traffic[$0].pool == pool.index },
        timeline: timeline)
      var sessions: [TrafficSession] = []
      for _ in 0..<pool.pool.size {
        sessions.append(
          try LiveError.server {
            () throws(ServerError) in
            try TrafficSession(
              setup, keys: keys, newKeys: newKeys, board: board, number: number, clock: clock)
          })
        number += 1
      }
      places.append((pool, sessions))
    }
    return places
  }
}
