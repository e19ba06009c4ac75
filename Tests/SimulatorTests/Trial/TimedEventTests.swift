import Gates
import Measurements
import Scenarios
import Simulator
import Testing

@Suite("Events that last")
struct TimedEventTests {
  private func value(_ name: String, _ labels: [String: String], in result: TrialResult)
    throws -> Double
  {
    try #require(result.value(of: MetricKey(name, labels))?.value, "\(name)")
  }

  // A hundred a second for ten seconds: 1 s at ×1, 2 s at ×3, 2 s at ×9, 2 s at ×3, 3 s at ×1.
  @Test("Surges that overlap multiply, and each ends by itself, also where they are alike")
  func surges() throws {
    let surge = "do: traffic_surge, factor: 3, for: 4s"
    let scenario = try SmallScenario.load(
      backfill: nil,
      traffic: """
        [{name: read, rate: 100/s, arrivals: constant, statements: [{kind: select, rows: 1}]}]
        """,
      events: "[{at: 1s, \(surge)}, {at: 3s, \(surge)}]",
      run: "{warmup: 1s, before: 10s, after: 1s}")
    let result = simulateTrial(scenario, trial: 0, seed: 1, exact: true)
    let arrived = try value("app.arrived", ["class": "read", "phase": "during"], in: result)
    #expect((arrived - 3_400).magnitude <= 5)
  }

  // Vacuum's log conflicts with the queries from about 1.5 s on; the last one ends at 5 s. Then
  // replay goes on, although its grace is longer than the trial.
  @Test("Of two queries alike on a replica each ends by itself, and then replay goes on")
  func queries() throws {
    let query = "do: replica_query, replica: a, for: 3s"
    let scenario = try SmallScenario.load(
      strategy: "{batch: {rows: 200}, pause: 100ms}",
      events: "[{at: 1s, \(query)}, {at: 2s, \(query)}]",
      database: "{cores: 4, replicas: [{name: a}], settings: {max_standby_streaming_delay: 1h, "
        + "autovacuum_naptime: 1s, autovacuum_vacuum_threshold: 10, "
        + "autovacuum_vacuum_scale_factor: 0}}")
    let result = simulateTrial(scenario, trial: 0, seed: 1, exact: true)
    let length = try value("backfill.duration", [:], in: result)
    try #require(length > 8)
    let paused = try value("replica.conflict_paused", ["replica": "a"], in: result)
    #expect(paused > 1 && paused < 4)
  }

  @Test("A replica that is stopped twice stays away until the last stop is over")
  func stops() throws {
    func lag(_ events: String) throws -> Double {
      let scenario = try SmallScenario.load(
        strategy: "{batch: {rows: 200}, pause: 100ms}", events: events,
        database: "{cores: 4, replicas: [{name: a}]}")
      let result = simulateTrial(scenario, trial: 0, seed: 1, exact: true)
      return try value("replica.lag.max", ["replica": "a"], in: result)
    }
    let stop = "do: replica_stop, replica: a, for: 3s"
    #expect((try lag("[{at: 1s, \(stop)}]") - 3).magnitude < 0.3)
    #expect((try lag("[{at: 1s, \(stop)}, {at: 3s, \(stop)}]") - 5).magnitude < 0.3)
  }
}
