import Calibration
import Foundation
import Gates
import Measurements
import Primitives
import Scenarios
import Simulator
import Testing

/// Parameters planted in the simulator come back from what it gives.
@Suite struct RecoveryTests {
  private static func scenario(batch: Int, rate: Int) throws -> Scenario {
    try ScenarioFile.load(
      text: """
        name: planted
        table: {name: t, rows: 20k, row_width: 120B, fillfactor: 50}
        backfill: {set: {v: "1"}}
        strategy: {batch: {rows: \(batch)}, pause: 20ms}
        traffic:
          - {name: read, rate: \(rate)/s, statements: [{kind: select, rows: 1, by: primary_key}]}
          - {name: write, rate: \(rate)/s, statements: [{kind: update, rows: 1, by: primary_key}]}
        database: {cores: 4, rtt: 200us, settings: {autovacuum: false, checkpoint_timeout: 1h}}
        run: {warmup: 200ms, before: 2500ms, after: 1s}
        """, path: "planted.yaml"
    ).scenario
  }

  /// What is observed in one execution, beside how far a repeat would be.
  private static let metrics = [
    "backfill.batch.duration.mean", "app.latency.mean{class=read,phase=before}",
    "app.latency.mean{class=write,phase=before}",
  ].map { MetricKey(text: $0).resolved }

  @Test("Three parameters come back within 3 %, and their intervals cover what was planted")
  func recovery() throws {
    let parameters = try [
      "costs.statement", "costs.update_row", "storage.write_latency",
    ].map { try #require(CalibratedParameter.named($0)) }
    let planted = [27e-6, 3.1e-6, 640e-6]
    var cases = try [(2_000, 400)].map { batch, rate in
      SimulatedFit.Case(scenario: try Self.scenario(batch: batch, rate: rate), targets: [])
    }
    for i in cases.indices {
      // Four executions with a seed of their own stand for the server.
      var truth = cases[i]
      truth.targets = Self.metrics.map { .init(metric: $0, value: 1, deviation: 0) }
      let server = SimulatedFit(cases: [truth], parameters: parameters, seed: 9_001, trials: 4)
      let truthful = try #require(server.simulate(planted))
      cases[i].targets = zip(Self.metrics, zip(truthful.means, truthful.spread)).map {
        .init(metric: $0, value: $1.0, deviation: $1.1)
      }
    }
    var fit = SimulatedFit(cases: cases, parameters: parameters, seed: 4, trials: 4)
    fit.search = nil
    let result = try #require(fit.fit(from: [18e-6, 2.2e-6, 900e-6]))
    #expect(result.identifiability.isIdentifiable)
    for (index, value) in planted.enumerated() {
      #expect(abs(result.values[index] / value - 1) < 0.03, "\(parameters[index].name)")
      #expect(
        result.interval(index).contains(value),
        "\(parameters[index].name): \(result.values[index]) within \(result.interval(index))")
    }
    #expect(result.misfit < 3)
  }

  @Test("A parameter that no metric feels is found out, not fitted")
  func notIdentifiable() throws {
    // Nothing is read by a sequential scan, so its cost moves nothing.
    let parameters = try ["costs.statement", "costs.scan_row"].map {
      try #require(CalibratedParameter.named($0))
    }
    let one = SimulatedFit.Case(
      scenario: try Self.scenario(batch: 2_000, rate: 100),
      targets: Self.metrics.map { .init(metric: $0, value: 1e-3, deviation: 0.05) })
    var fit = SimulatedFit(cases: [one], parameters: parameters, seed: 4, trials: 2)
    fit.search = nil
    #expect(fit.fit(from: [20e-6, 1e-7]) == nil)
  }
}
