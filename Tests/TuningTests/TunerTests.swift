import Gates
import Measurements
import Scenarios
import Synchronization
import Testing

@testable import Tuning

/// A small world, tuned and searched by brute force.
private enum SmallTune {
  static func load(_ gates: String, space: String = SmallTune.space) throws -> LoadedScenario {
    try ScenarioFile.load(
      text: """
        name: small
        table: {name: t, rows: 1M, row_width: 120B}
        backfill: {set: {filled: "f(a)"}, adds: 8B, deadline: 10min}
        strategy: {batch: {rows: 500}}
        tune: {space: {\(space)}}
        traffic:
          - name: pay
            rate: 60/s
            statements: [{kind: update, rows: 20, by: primary_key, set: [b]}]
        pools: {app: {size: 20, wait_timeout: 1s}}
        database: {cores: 4, settings: {min_wal_size: 1GiB}}
        gates: [\(gates)]
        run: {seed: 1, warmup: 1s, before: 1s, after: 1s, horizon: 10min}

        """, path: "small.yaml")
  }

  static let space = """
    strategy.batch.rows: {from: 1k, to: 40k, scale: log}, strategy.workers: [1, 2], \
    strategy.pause: [20ms, 40ms]
    """
  static let wait = "{id: wait, metric: locks.wait.max, expect: \"<= 60ms\"}"

  static func tuner(
    _ loaded: LoadedScenario, jobs: Int = 2, stopAfter: Int = .max
  ) throws -> Tuner {
    let played = Counter()
    return try Tuner(
      loaded,
      header: RunRecord.Header(
        name: "small", world: .simulated, modelVersion: 1, seed: 1, versions: [:],
        host: .init(os: "", arch: "", cpus: 1, memoryBytes: 0), scenario: [], assurance: 0.9),
      extras: .init(), jobs: jobs, exact: false,
      shouldStop: { played.count >= stopAfter }, finished: { played.add() })
  }
}

private final class Counter: Sendable {
  private let value = Atomic(0)
  var count: Int { value.load(ordering: .relaxed) }
  func add() { value.wrappingAdd(1, ordering: .relaxed) }
}

@Suite("Tuning a small scenario")
struct TunerTests {
  @Test(
    "No point of a grid that passes itself beats the boundary by more, and half its events were enough"
  )
  func againstGrid() throws {
    let tuner = try SmallTune.tuner(SmallTune.load(SmallTune.wait))
    let result = try tuner.run()
    let choice = try #require(result.recommended)
    // One trial of every point; all four only where the point might be faster than the boundary.
    let grid = try tuner.play(tuner.grid(sizes: 24), trials: 1)
    let rivals = grid.evaluations.filter { $0.duration < choice.boundary.duration }
    #expect(rivals.count > 5 && rivals.count < grid.evaluations.count)
    let feasible = try tuner.play(rivals.map(\.candidate), trials: Search.trials).evaluations
      .filter(tuner.meets).sorted { $0.duration < $1.duration }
    let confirmed = try tuner.firstConfirmed(feasible.map(\.candidate))
    let best = feasible.first { $0.candidate == confirmed }
    #expect(choice.boundary.duration <= 1.03 * (best?.duration ?? .infinity))
    withKnownIssue(
      "beside a first confirmation that fails the recommended point is 9 % behind the grid's best",
      isIntermittent: true
    ) {
      #expect(choice.evaluation.duration <= 1.05 * (best?.duration ?? choice.boundary.duration))
    }
    let confirmation = try #require(choice.confirmation)
    #expect(confirmation.isConfirmed && confirmation.passed >= 59)
    #expect(result.binding == .gate(id: "wait"))
    #expect((result.shadowPrice?.gain ?? 0) > 0)
    let searching = result.counts.events - result.counts.confirmingEvents
    #expect(searching < 2 * grid.events)
    #expect(result.outside.allSatisfy { $0.evaluation.duration < choice.boundary.duration })
    #expect(result.front.contains { $0.duration <= choice.evaluation.duration })
  }

  @Test("The number of threads changes nothing")
  func threads() throws {
    let loaded = try SmallTune.load(
      SmallTune.wait, space: "strategy.batch.rows: {from: 1k, to: 40k, scale: log}")
    let one = try SmallTune.tuner(loaded, jobs: 1).run()
    let three = try SmallTune.tuner(loaded, jobs: 3).run()
    #expect(one.evaluations == three.evaluations)
    #expect(one.recommended?.candidate == three.recommended?.candidate)
    #expect(one.counts == three.counts)
  }

  @Test("Where nothing is feasible the gates say how many points they keep out, and by how much")
  func infeasible() throws {
    let loaded = try SmallTune.load("{id: fast, metric: app.latency.p99, expect: \"<= 100us\"}")
    let result = try SmallTune.tuner(loaded).run()
    #expect(result.recommended == nil && result.complete)
    let exclusion = try #require(result.exclusions.first)
    #expect(exclusion.constraint.rule.id == "fast")
    #expect(exclusion.points == result.counts.points)
    #expect(exclusion.reading.excess > 1)
    #expect(result.evaluations.allSatisfy { $0.samples.count <= Search.trials })
  }

  @Test("Stopped, it keeps what it knows and says that it is incomplete")
  func stopped() throws {
    let result = try SmallTune.tuner(SmallTune.load(SmallTune.wait), stopAfter: 30).run()
    #expect(!result.complete)
    #expect(result.counts.trials > 0 && result.counts.trials < 40)
    #expect(result.recommended?.confirmation?.isConfirmed != true)
  }

  @Test("Words are tuned in every combination; without a range there is nothing to bisect")
  func words() throws {
    let loaded = try SmallTune.load(
      SmallTune.wait,
      space: "strategy.order: [ascending, descending], strategy.batch.rows: [500, 4000]")
    let result = try SmallTune.tuner(loaded).run()
    #expect(result.counts.combinations == 4)
    let choice = try #require(result.recommended)
    #expect(choice.candidate.values.contains { $0.text == "4000" })
    #expect(choice.share == 1)
  }
}
