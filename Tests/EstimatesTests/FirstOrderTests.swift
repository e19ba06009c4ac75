import Primitives
import Strategies
import Testing

@testable import Estimates
@testable import Scenarios

@Suite("A scenario's first-order arithmetic")
struct FirstOrderTests {
  @Test("A batch is its fixed part and its rows, worked by hand")
  func batchTime() throws {
    let order = try #require(FirstOrder(Sample.scenario()))
    // Commit: a round trip of 200 µs, 9 µs of CPU, a flush of 30 + 970 µs.
    #expect(abs(order.batch.commit - 1_209e-6) < 1e-12)
    // BEGIN 6 µs, statement 18 µs and two more round trips.
    #expect(abs(order.batch.fixed - 1_633e-6) < 1e-12)
    // 80 ns to step, 300 to evaluate, 3% dearer with a second worker: 2,200 to write, 1,800 to
    // move, 2,000 for the primary key's entry; a 1,500 ns image a heap page and a leaf.
    let images = 1 / 40.0 + 1 / (0.9 * 8_152 / 20)
    let row = 80e-9 + 300e-9 + 1.03 * 6_000e-9 + images * 1_500e-9
    #expect(abs(order.batch.perRow - row) < 1e-15)
    #expect(order.batches == 1_000)
    #expect(order.missShare == 0)
  }

  @Test("Two workers of 1,000 rows are bound by their own batches and pauses")
  func workersBind() throws {
    let order = try #require(FirstOrder(Sample.scenario()))
    let binding = try #require(order.rates.binding)
    #expect(binding.resource == .workers)
    let rate = 2 * 1_000 / (order.batch.duration(rows: 1_000) + 0.050)
    #expect(abs(binding.rowsPerSecond - rate) < 1e-6)
    #expect(abs(order.duration - 1_000_000 / rate) < 1e-6)
  }

  @Test("Slow storage binds instead, at what the traffic leaves of it")
  func iopsBind() throws {
    var scenario = Sample.scenario()
    scenario.database.storage.iops = 300
    scenario.strategy.pause = .fixed(.zero)
    let order = try #require(FirstOrder(scenario))
    #expect(order.rates.binding?.resource == .iops)
  }

  @Test("Replay holds the backfill back only where a throttle watches the lag")
  func replayBinds() throws {
    var scenario = Sample.scenario()
    scenario.strategy.pause = .fixed(.zero)
    scenario.database.storage.iops = 1e6
    scenario.database.storage.throughput = 1e10
    scenario.database.costs.replayRecord = .microseconds(50)
    let free = try #require(FirstOrder(scenario))
    #expect(free.rates.binding?.resource == .workers)
    #expect(free.replication[0].peakLag > 0)
    scenario.strategy.throttle = [
      ThrottleRule(
        condition: Condition(signal: .replicaLag, comparison: .above, limit: 10),
        effect: .pause(
          resumeWhen: Condition(signal: .replicaLag, comparison: .atMost, limit: 10)),
        every: .seconds(1))
    ]
    let held = try #require(FirstOrder(scenario))
    #expect(held.rates.binding?.resource == .replay)
    #expect(held.duration > free.duration)
    #expect(abs(held.replication[0].replay.during - 1) < 1e-9)
  }

  @Test("A thin link and a slow replica disk make lag of their own, by the log they cannot take")
  func thinLinkAndSlowDisk() throws {
    var scenario = Sample.scenario()
    let easy = try #require(FirstOrder(scenario))
    #expect(easy.replication[0].peakLag == 0)
    let estimates = easy.estimates(scenario)
    let rate = try #require(estimates.first { $0.name == "wal.rate" }).value

    scenario.database.replicas[0].network = rate / 4
    let thin = try #require(FirstOrder(scenario)).replication[0]
    #expect(abs(thin.network.during - 4) < 0.01)
    #expect(abs(thin.peakLag - 3 * easy.duration) < 0.02 * thin.peakLag)
    #expect(thin.disk.keepsUp && thin.replay.keepsUp)

    scenario = Sample.scenario()
    scenario.database.replicas[0].storage.throughput = rate / 2
    let slow = try #require(FirstOrder(scenario)).replication[0]
    #expect(abs(slow.disk.during - 2) < 0.01)
    #expect(abs(slow.peakLag - easy.duration) < 0.02 * slow.peakLag)

    // Few operations a second bind as well: a flush writes at most 256 KiB with each.
    scenario.database.replicas[0].storage.throughput = 1e9
    scenario.database.replicas[0].storage.iops = rate / 2 / 262_144
    #expect(abs(try #require(FirstOrder(scenario)).replication[0].disk.during - 2) < 0.01)
  }

  @Test("A colocated replica's log needs the primary's disk a second time")
  func colocated() throws {
    var scenario = Sample.scenario()
    let apart = try #require(FirstOrder(scenario)).replication[0].disk.during
    scenario.database.colocated = true
    #expect(try #require(FirstOrder(scenario)).replication[0].disk.during > 2 * apart)
  }

  @Test("Without page images replay reads the pages that are not cached, one latency each")
  func replayReads() throws {
    var scenario = Sample.scenario()
    scenario.database.settings.fullPageWrites = false
    let warm = try #require(FirstOrder(scenario))
    scenario.database.cache = .cold
    scenario.database.settings.recoveryPrefetch = 1
    let cold = try #require(FirstOrder(scenario))
    let rate = try #require(cold.rates.binding).rowsPerSecond
    let reads = rate * cold.volume.dirtyPages * 600e-6
    let traffic = warm.replication[0].replay.after
    let replayed = cold.replication[0].replay.during - traffic
    #expect(replayed > reads && replayed < 1.5 * reads)
  }

  @Test("Of a row's pages the heap's alone are read: more indexes make no more reads")
  func leavesAreCached() throws {
    var scenario = Sample.scenario()
    scenario.database.cache = .cold
    let alone = try #require(FirstOrder(scenario))
    #expect(alone.readsPerRow == 1 / 40.0)
    scenario.tables = [Sample.table(rows: 1_000_000, rowWidth: 200, secondary: 3)]
    #expect(try #require(FirstOrder(scenario)).readsPerRow == alone.readsPerRow)
  }

  @Test("A target time sizes the batch by the cost of its rows")
  func targetTime() throws {
    var scenario = Sample.scenario()
    scenario.strategy.batch = .targetTime(.milliseconds(100), minRows: 10, maxRows: 1_000_000)
    let order = try #require(FirstOrder(scenario))
    let rows = ((0.100 - order.batch.fixed) / order.batch.perRow).rounded(.down)
    #expect(order.batchRows == rows)
  }

  @Test("One statement for the whole table holds its first row until the end")
  func monolithic() throws {
    var scenario = Sample.scenario()
    scenario.strategy.planner = .monolithic
    scenario.strategy.workers = 1
    let order = try #require(FirstOrder(scenario))
    #expect(order.batches == 1)
    #expect(order.lockHold.longest > 0.99 * order.batch.perRow * 1_000_000)
  }

  @Test("Locking all rows first makes every one of them wait for the writes")
  func lockThenUpdate() throws {
    var scenario = Sample.scenario()
    let range = try #require(FirstOrder(scenario))
    scenario.strategy.statement = .lockThenUpdate
    let first = try #require(FirstOrder(scenario))
    #expect(first.lockHold.shortest > range.lockHold.shortest)
    #expect(first.lockHold.meanWait > range.lockHold.meanWait)
  }

  @Test("90% efficiency takes nine times the fixed part and pause, in rows")
  func efficiency() throws {
    let batch = try #require(FirstOrder(Sample.scenario())).batch
    let rows = batch.rows(forEfficiency: 0.9, pause: 0.050)
    let useful = batch.perRow * rows
    #expect(abs(useful / (useful + batch.fixed + 0.050) - 0.9) < 1e-12)
  }

  @Test("The largest batch within a hold holds its first row exactly that long")
  func holdBound() throws {
    let batch = try #require(FirstOrder(Sample.scenario())).batch
    let rows = batch.rows(forHold: 0.050)
    #expect(abs(batch.hold(rows: rows).longest - 0.050) < 1e-12)
    #expect(batch.rows(forHold: 0.001) == 0)
  }

  @Test("Heavy log brings checkpoints nearer than their timeout")
  func checkpoints() throws {
    var scenario = Sample.scenario()
    scenario.database.settings.maxWALSize = 1 << 40
    #expect(try #require(FirstOrder(scenario)).checkpointInterval == 900)
    scenario.database.settings.maxWALSize = 100_000_000
    let order = try #require(FirstOrder(scenario))
    #expect(order.checkpointInterval < 30)
    let rate = order.estimates(scenario).first { $0.name == "wal.rate" }?.value ?? 0
    #expect(abs(order.checkpointInterval * rate / (100_000_000 / 1.9) - 1) < 0.01)
  }

  @Test("Autovacuum starts at 50 and a fifth of the rows, and bounds the growth")
  func vacuum() throws {
    let scenario = Sample.scenario()
    let order = try #require(FirstOrder(scenario))
    let versions = RowVersions(
      scenario, table: scenario.tables[0], log: order.log, updates: order.updates)
    #expect(versions.vacuumThreshold == 200_050)
    #expect(versions.deadRows == 1_000_000)
    let heap = 1_000_000 / 40.0
    let leaves = 1_000_000 / (0.9 * 8_152 / 20)
    #expect(abs(versions.growthWithoutVacuum - (heap + leaves) * 8_192) < 1)
    #expect(abs(versions.growthWithVacuum / versions.growthWithoutVacuum - 0.200_05) < 1e-9)
  }

  @Test("Traffic alone has no arithmetic of a backfill")
  func trafficAlone() {
    var scenario = Sample.scenario()
    scenario.backfill = nil
    #expect(FirstOrder(scenario) == nil)
  }
}
