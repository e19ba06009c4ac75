import Gates
import Measurements
import Primitives
import Scenarios
import Simulator

/// Cases that play a scenario with the whole model.
enum ModelOracles {
  static let cases: [OracleCase] = [batchLocks]

  /// Two batches of 5000 rows at 0.1 ms, under 5000 writes a second that take no time of their own.
  ///
  /// A round trip of 20 ms is all that lies between a batch's last row and the end of its commit. Row
  /// j is held from the moment the frontier has passed it, so the sums over rows are those of
  /// H = (n − 1 − j) b + c. Writes that wait for the same row follow each other at once.
  private static let batchLocks: OracleCase = {
    let (rows, row, commit, rate) = (5_000, 1e-4, 0.02, 5_000.0)
    let holds = (0..<rows).map { Double(rows - 1 - $0) * row + commit }
    let delayed = rate * holds.reduce(0, +) / Double(rows)
    let waited = rate * holds.reduce(0) { $0 + $1 * $1 / 2 } / Double(rows)
    let scenario = load(
      """
      name: held
      table: {name: t, rows: 10k, row_width: 120B}
      backfill: {set: {filled: "f(a)"}, adds: 8B}
      strategy: {batch: {rows: \(rows)}}
      traffic:
        - {name: pay, rate: \(Int(rate))/s, statements: [{kind: update, rows: 1, set: [b]}]}
      pools: {app: {size: 20k, wait_timeout: 30s}}
      database:
        cores: 64
        rtt: 20ms
        storage: {iops: 10M, throughput: 1TiB/s, write_latency: 1ns, read_latency: 1ns}
        settings: {autovacuum: false, max_connections: 50k}
        costs:
          {begin: 0s, commit: 0s, flush: 0s, wake_up: 0s, recheck: 0s, index_step: 0s, expression: 0s,
           move_row: 0s, index_entry: 0s, key_entry: 0s, page_image: 0s, update_row: 100us}
      run: {warmup: 0s, before: 100ms, after: 600ms, horizon: 60s}

      """)
    return OracleCase(
      "Whole model, batches of 5000 rows, commit 20 ms", source: "PASTA; residual of a hold",
      [
        .mean("writes delayed by the backfill", delayed),
        .mean("seconds waited for the backfill", waited),
      ], needsMany: true
    ) { run in
      let trials = run.repetitions(50)
      var (count, seconds) = (0.0, 0.0)
      for trial in 0..<trials {
        let result = simulateTrial(played(scenario, run), trial: trial, seed: run.seed, exact: true)
        precondition(result.violations.isEmpty, "\(result.violations)")
        count += total("locks.waits", result) + total("locks.waits_short", result)
        seconds += total("locks.wait_total", result)
      }
      return [count / Double(trials), seconds / Double(trials)]
    }
  }()

  private static func played(_ scenario: Scenario, _ run: OracleRun) -> Scenario {
    var played = scenario
    played.database.costs.updateRow = scenario.database.costs.updateRow * run.mutation.serviceFactor
    return played
  }

  /// The application's, over all phases.
  private static func total(_ name: String, _ result: TrialResult) -> Double {
    result.values.reduce(0) { sum, value in
      let isWanted = value.metric.name == name && value.metric["who"] == "app"
      return sum + (isWanted ? value.value ?? 0 : 0)
    }
  }

  private static func load(_ text: String) -> Scenario {
    do {
      return try ScenarioFile.load(text: "version: 1\n" + text, path: "oracle.yaml").scenario
    } catch {
      fatalError(ScenarioFile.render(error.problems))
    }
  }
}
