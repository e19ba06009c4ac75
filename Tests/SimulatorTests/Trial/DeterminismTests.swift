import Gates
import Measurements
import Primitives
import Scenarios
import Simulator
import Testing
import Traffic

@Suite("The same seed, the same trial")
struct DeterminismTests {
  private func busy(rows: Int = 500) throws -> Scenario {
    try SmallScenario.load(
      strategy: "{batch: {rows: \(rows)}, workers: 3, lock_timeout: 20ms, give_up: skip}",
      traffic: """
        [{name: pay, rate: 150/s, statements: [{kind: update, rows: 2}, {kind: select, rows: 1}], \
        keys: {distribution: zipf, s: 1.1}, think: 5ms, timeout: 200ms}, \
        {name: clerk, clients: 3, think_between: 30ms, \
        statements: [{kind: select_for_update, rows: 1}, {kind: update, rows: 1}]}]
        """,
      database: "{cores: 2, replicas: [{name: a, mode: sync}], settings: {lock_timeout: 100ms}}")
  }

  @Test("Two plays agree in every number, exact and sampled", arguments: [true, false])
  func repeats(exact: Bool) throws {
    let scenario = try busy()
    let first = simulateTrial(scenario, trial: 3, seed: 11, exact: exact)
    let second = simulateTrial(scenario, trial: 3, seed: 11, exact: exact)
    #expect(first.traceHash == second.traceHash)
    #expect(first.values == second.values)
    #expect(first.events == second.events)
  }

  @Test("Another seed or another trial is another execution")
  func others() throws {
    let scenario = try busy()
    let hashes = [(0, 11), (1, 11), (0, 12)].map { trial, seed in
      simulateTrial(scenario, trial: trial, seed: UInt64(seed), exact: true).traceHash
    }
    #expect(Set(hashes).count == 3)
  }

  @Test("The batch size moves no arrival and no key")
  func commonRandomNumbers() throws {
    let (small, large) = (try busy(rows: 100), try busy(rows: 5_000))
    let rows = small.tables.map(\.rows)
    for (a, b) in zip(small.traffic, large.traffic).filter({ pair in
      if case .open = pair.0.arrivals { true } else { false }
    }) {
      var (first, second) = (
        ArrivalSource(class: a, seed: 5, trial: 2, startAt: 0),
        ArrivalSource(class: b, seed: 5, trial: 2, startAt: 0)
      )
      let keys = (
        KeySource(class: a, tableRows: rows, seed: 5, trial: 2),
        KeySource(class: b, tableRows: rows, seed: 5, trial: 2)
      )
      for _ in 0..<2_000 {
        let (next, other) = (first.next(), second.next())
        let (x, y) = (try #require(next), try #require(other))
        try #require(x.index == y.index && x.at == y.at)
        for draw in 0..<3 as Range<UInt64> {
          try #require(
            keys.0.rank(arrival: x.index, table: 0, draw: draw)
              == keys.1.rank(arrival: y.index, table: 0, draw: draw))
        }
      }
    }
  }

  @Test("Before the backfill starts, its batch size changes no arrival")
  func before() throws {
    func arrived(_ rows: Int) throws -> [TrialResult.Value] {
      simulateTrial(try busy(rows: rows), trial: 0, seed: 7, exact: true).values.filter {
        $0.metric.name == "app.arrived" && $0.metric["phase"] == "before"
      }
    }
    let small = try arrived(100)
    #expect(small.contains { ($0.value ?? 0) > 100 })
    #expect(try arrived(5_000) == small)
  }
}
