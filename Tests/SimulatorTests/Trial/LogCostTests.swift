import Gates
import Measurements
import Scenarios
import Simulator
import Testing

/// Goal: what the log costs beside its bytes is paid by whom, and as often, as it is on a server.
///
/// Method: two trials of one seed that differ in one cost; what they differ in is that cost, so often.
@Suite("What flushes, shipping and new log files cost")
struct LogCostTests {
  private static let cores = 4.0
  private static let seconds = 20.0

  /// Twenty seconds of fifty transactions a second, evenly spaced, without a backfill.
  private func traffic(_ kind: String, _ database: String) throws -> Scenario {
    try SmallScenario.load(
      backfill: nil,
      traffic:
        "[{name: a, rate: 50/s, arrivals: constant, statements: [{kind: \(kind), rows: 1}]}]",
      database: "{cores: 4, \(database)}", run: "{warmup: 1s, before: 20s, after: 1s}")
  }

  private func value(
    _ name: String, _ scenario: Scenario, labels: [String: String] = [:]
  ) throws -> Double {
    let result = simulateTrial(scenario, trial: 0, seed: 5, exact: true)
    #expect(result.violations.isEmpty)
    return try #require(result.value(of: MetricKey(name, labels))?.value, "\(name)")
  }

  /// Core seconds of the primary's four cores while the backfill runs.
  private func busy(_ scenario: Scenario) throws -> Double {
    try value("cpu.utilization", scenario) * Self.cores * value("backfill.duration", scenario)
  }

  /// A backfill whose log needs more files than the three that it finds: the first, and two that stand ready.
  private func logFiles(_ costs: String, _ database: String = "") throws -> Scenario {
    try SmallScenario.load(
      table: "{name: t, rows: 600k, row_width: 120B}", strategy: "{batch: {rows: 2000}}",
      database: "{cores: 4, state: fresh, \(database) storage: {throughput: 1000MiB/s}, "
        + "costs: \(costs), settings: {autovacuum: false, min_wal_size: 32MiB, "
        + "max_wal_size: 8GiB, checkpoint_timeout: 1h}}",
      run: "{warmup: 1s, before: 1s, after: 1s, horizon: 5min}")
  }

  /// How many files its log has beyond those three.
  private func newFiles(_ scenario: Scenario) throws -> Double {
    let size = Double(16 << 20)
    return try ((value("wal.bytes", scenario) - 3 * size) / size).rounded(.up)
  }

  /// Core seconds that one scenario takes on the primary beyond another.
  private func extra(_ with: Scenario, beyond without: Scenario) throws -> Double {
    let shares = try [with, without].map { try value("cpu.utilization", $0) }
    return (shares[0] - shares[1]) * Self.cores * Self.seconds
  }

  @Test("Whoever waits for a flush uses the CPU of one, and nobody else does")
  func sync() throws {
    func extra(_ kind: String, _ settings: String) throws -> Double {
      try self.extra(
        traffic(kind, "settings: \(settings), costs: {sync: 400us}"),
        beyond: traffic(kind, "settings: \(settings)"))
    }
    // A thousand commits. Demands vary by up to half: 4 ms of standard error.
    #expect(try abs(extra("update", "{autovacuum: false}") - 0.4) < 0.02)
    #expect(try extra("select", "{autovacuum: false}") == 0)
    #expect(
      try extra("update", "{autovacuum: false, synchronous_commit: \"off\"}") == 0)
  }

  @Test("A batch pays for its own flush, once")
  func syncOfBatches() throws {
    func duration(_ costs: String) throws -> Double {
      try value(
        "backfill.duration",
        SmallScenario.load(
          strategy: "{batch: {rows: 100}}",
          database: "{settings: {autovacuum: false}, costs: \(costs)}"))
    }
    let extra = try duration("{sync: 5ms}") - duration("{}")
    // Two hundred batches, one after the other.
    #expect(abs(extra - 1) < 0.03, "\(extra)")
  }

  @Test("Each message to a replica costs CPU where that replica lies")
  func ship() throws {
    let here = "colocated: true, replicas: [{name: a}], settings: {autovacuum: false}"
    let there = "replicas: [{name: a}], settings: {autovacuum: false}"
    // A flush a commit, a message a flush.
    let shared = try extra(
      traffic("update", here + ", costs: {ship: 400us}"), beyond: traffic("update", here))
    #expect(abs(shared - 0.4) < 0.01, "\(shared)")
    #expect(
      try extra(
        traffic("update", there + ", costs: {ship: 400us}"), beyond: traffic("update", there)) == 0)
  }

  @Test("A long message costs as much as those of 128 KiB in which a server sends it")
  func shipInParts() throws {
    func scenario(_ costs: String) throws -> Scenario {
      try SmallScenario.load(
        table: "{name: t, rows: 200k, row_width: 120B}", strategy: "{preset: monolithic}",
        database: "{cores: 4, colocated: true, replicas: [{name: a, network: 10GiB/s}], "
          + "settings: {autovacuum: false}, costs: \(costs)}")
    }
    let (with, without) = (try scenario("{ship: 1ms}"), try scenario("{}"))
    let parts = try value("wal.bytes", with) / Double(128 << 10)
    let extra = try busy(with) - busy(without)
    // Each message ends with a part that is not full; there are far fewer messages than parts. What is still
    // on its way when the statement ends counts after it.
    #expect(parts > 200)
    #expect(extra > 0.7e-3 * parts && extra < 2e-3 * parts, "\(extra) s, \(parts) parts")
  }

  @Test("A device that answered a moment ago answers sooner, by how long ago that was")
  func rest() throws {
    func latency(_ perSecond: Int, _ storage: String) throws -> Double {
      try value(
        "app.latency.mean",
        SmallScenario.load(
          backfill: nil,
          traffic: "[{name: a, rate: \(perSecond)/s, arrivals: constant, statements: "
            + "[{kind: update, rows: 1}]}]",
          database: "{cores: 4, settings: {autovacuum: false}, storage: {iops: 1M, "
            + "throughput: 1000MiB/s, write_latency: 1ms\(storage)}}",
          run: "{warmup: 1s, before: 20s, after: 1s}"),
        labels: ["phase": "before"])
    }
    func saved(_ perSecond: Int) throws -> Double {
      try latency(perSecond, "")
        - latency(perSecond, ", busy_write_latency: 250us, rest_time: 2ms")
    }
    // Every 2.5 ms a flush of L = 1 − 0.75 e^−(2.47 − L)/2 ms: 0.695. Every 20 ms the device has rested.
    #expect(try abs(saved(400) - 0.305e-3) < 0.02e-3)
    #expect(try abs(saved(50)) < 0.002e-3)
  }

  @Test("Whoever makes a new log file has a core write its zeros")
  func zeros() throws {
    let shared = "colocated: true, replicas: [{name: a}],"
    let (with, without) = (
      try logFiles("{log_file_cpu: 100ms}", shared), try logFiles("{}", shared)
    )
    let files = try newFiles(with)
    // On the primary and on the replica, which share four cores; the last one may end later than the backfill.
    let extra = try busy(with) - busy(without)
    #expect(extra > 0.1 * (2 * files - 2) && extra < 0.1 * (2 * files + 1), "\(extra), \(files)")
  }

  @Test("Every 16 MiB of log beyond the files that stand ready wait for a new one")
  func logFiles() throws {
    let (slow, fast) = (try logFiles("{log_file: 800ms}"), try logFiles("{}"))
    let files = try newFiles(slow)
    #expect(files >= 8)
    // Of each file's time its bytes take 16 ms in any case. The statement under way goes on meanwhile.
    let waited = try value("backfill.duration", slow) - value("backfill.duration", fast)
    #expect(waited > 0.9 * files * 0.784 && waited < 1.01 * files * 0.784, "\(waited), \(files)")
  }
}
