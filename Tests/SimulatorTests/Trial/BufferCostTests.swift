import Foundation
import Gates
import Measurements
import Scenarios
import Simulator
import Testing

/// Goal: a page that has to come into a shared buffer is paid for once, by whoever brings it; a wide row by its bytes.
///
/// Method: two trials of one seed that differ in one cost; what they differ in is that cost, so often.
@Suite("What pages beyond shared buffers and wide rows cost")
struct BufferCostTests {
  /// 5,000 pages of 40 rows each, 39 MiB.
  private static let (rows, pages) = (200_000.0, 5_000.0)

  private func scenario(
    buffers: String, state: String = "fresh", costs: String, fillfactor: Int = 100,
    traffic: String = "[]"
  ) throws -> Scenario {
    try SmallScenario.load(
      table: "{name: t, rows: 200k, row_width: 200B, fillfactor: \(fillfactor)}",
      backfill: "{set: {filled: \"f(a)\"}, adds: 0B}", strategy: "{batch: {rows: 2000}}",
      traffic: traffic,
      database: "{cores: 4, memory: 8GiB, state: \(state), costs: \(costs), settings: {"
        + "shared_buffers: \(buffers), autovacuum: false, max_wal_size: 8GiB, "
        + "checkpoint_timeout: 1h}}",
      run: "{warmup: 1s, before: 2s, after: 1s, horizon: 5min}")
  }

  private func play(_ scenario: Scenario) -> TrialResult {
    let result = simulateTrial(scenario, trial: 0, seed: 5, exact: true)
    #expect(result.violations.isEmpty)
    return result
  }

  /// Core seconds that a cost takes during the backfill.
  private func extra(_ cost: String, _ make: (String) throws -> Scenario) throws -> Double {
    func busy(_ costs: String) throws -> Double {
      let result = play(try make(costs))
      let share = try #require(result.value(of: MetricKey("cpu.utilization"))?.value)
      return try share * 4 * #require(result.value(of: MetricKey("backfill.duration"))?.value)
    }
    return try busy("{\(cost)}") - busy("{}")
  }

  @Test("On a server just started each page of a long table is fetched; a short one is there")
  func fresh() throws {
    func seconds(_ buffers: String) throws -> Double {
      try extra("fetch_page: 1ms") { try scenario(buffers: buffers, costs: $0) }
    }
    // A quarter of 128 MiB is less than the table, a quarter of 256 MiB is not.
    #expect(try abs(seconds("128MiB") / (Self.pages * 1e-3) - 1) < 0.02)
    #expect(try seconds("256MiB") == 0)
  }

  @Test("A running server has of a table without traffic what its buffers hold")
  func running() throws {
    func seconds(_ buffers: String) throws -> Double {
      try extra("fetch_page: 1ms") { try scenario(buffers: buffers, state: "running", costs: $0) }
    }
    // The table with its primary key has 5,547 pages: 16 MiB hold 2,048 of them.
    let missed = Self.pages * (1 - 2_048.0 / 5_547)
    #expect(try abs(seconds("16MiB") / (missed * 1e-3) - 1) < 0.03)
    #expect(try seconds("256MiB") == 0)
  }

  @Test("Traffic fetches what it touches, and finds it from then on")
  func traffic() throws {
    func scenario(_ costs: String, _ buffers: String) throws -> Scenario {
      try self.scenario(
        buffers: buffers, costs: costs,
        traffic: "[{name: a, rate: 100/s, arrivals: constant, statements: "
          + "[{kind: select, rows: 1, by: primary_key}]}]")
    }
    func latency(_ costs: String, _ buffers: String) throws -> Double {
      let key = MetricKey("app.latency.mean", ["phase": "before"])
      return try #require(play(scenario(costs, buffers)).value(of: key)?.value)
    }
    // One to three seconds after the start 100 to 300 of 5,000 pages, and of the 547 leaves so many, were touched.
    let extra =
      try latency("{fetch_page: 1ms}", "128MiB") - latency("{fetch_page: 0s}", "128MiB")
    #expect(extra > 1.5e-3 && extra < 1.75e-3, "\(extra)")
  }

  @Test("A version that leaves its page costs its part of a new one, one that stays nothing")
  func newPages() throws {
    func seconds(_ fillfactor: Int) throws -> Double {
      try extra("new_page: 1ms") {
        try scenario(buffers: "256MiB", costs: $0, fillfactor: fillfactor)
      }
    }
    let all = Self.pages * 1e-3
    let moved = try seconds(100)
    #expect(moved > 0.97 * all && moved <= 1.001 * all, "\(moved)")
    #expect(try seconds(45) == 0)
  }

  @Test("Once a backfill has been through all buffers, a page is written for each that comes")
  func replaced() throws {
    func seconds(_ buffers: String) throws -> Double {
      try extra("write_page: 1ms") {
        try scenario(
          buffers: buffers,
          costs: $0.replacingOccurrences(of: "}", with: $0 == "{}" ? "" : ", ") + "fetch_page: 1us}"
        )
      }
    }
    // Its pages and as many new ones come; 16 MiB are 2,048 buffers, 128 MiB are 16,384.
    let written = (2 * Self.pages - 2_048) * 1e-3
    #expect(try abs(seconds("16MiB") / written - 1) < 0.03)
    #expect(try seconds("128MiB") == 0)
  }

  @Test("A wider row costs its bytes")
  func width() throws {
    let seconds = try extra("row_kibibyte: 100us") { try scenario(buffers: "256MiB", costs: $0) }
    #expect(abs(seconds / (Self.rows * 200 / 1_024 * 100e-6) - 1) < 0.01)
  }

  @Test(
    "An update of traffic that leaves its page waits for its entry in each index, one that stays does not"
  )
  func entriesOfTraffic() throws {
    func median(_ column: String, _ costs: String) throws -> Double {
      let result = play(
        try SmallScenario.load(
          table: "{name: t, rows: 200k, row_width: 200B, fillfactor: 50, columns: "
            + "[{name: a, type: bigint, width: 8B}, {name: b, type: bigint, width: 8B}], "
            + "indexes: [{name: t_a, columns: [a]}]}",
          backfill: "{set: {filled: \"f(a)\"}, adds: 0B}", strategy: "{batch: {rows: 2000}}",
          traffic:
            "[{name: w, rate: 50/s, statements: [{kind: update, rows: 1, set: [\(column)]}]}]",
          database: "{cores: 4, memory: 8GiB, costs: \(costs), settings: {autovacuum: false, "
            + "full_page_writes: false}}",
          run: "{warmup: 1s, before: 10s, after: 1s, horizon: 5min}"))
      let key = MetricKey("app.latency.p50", ["phase": "before"])
      return try #require(result.value(of: key)?.value)
    }
    for (column, expected) in [("a", 0.004), ("b", 0)] {
      let more = try median(column, "{index_entry: 2ms}") - median(column, "{index_entry: 0us}")
      #expect(abs(more - expected) < 0.0001, "\(column): \(more)")
    }
  }
}
