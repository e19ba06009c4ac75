import Measurements
import Scenarios
import Simulator
import Testing

@Suite("The books balance")
struct ConservationTests {
  private static let hot = """
    [{name: pay, rate: 200/s, think: 20ms, keys: {distribution: hotspot, fraction: 0.1%, share: 90%}, \
    statements: [{kind: update, rows: 1}, {kind: update, rows: 1, pick: another}], pool: app}]
    """

  /// Name, strategy, traffic, pools, events, database.
  private static let cases: [(String, String, String, String, String, String)] = [
    ("backfill alone", "{batch: {rows: 1000}}", "[]", "{}", "[]", "{cores: 2}"),
    (
      "eight workers, random order", "{batch: {rows: 300}, workers: 8, order: random}", hot,
      "{app: {size: 20}}", "[]", "{cores: 2}"
    ),
    ("monolithic", "{preset: monolithic}", hot, "{app: {size: 5, wait_timeout: 50ms}}", "[]", "{}"),
    ("offset", "{preset: offset, batch: {rows: 700}}", hot, "{app: {size: 9}}", "[]", "{}"),
    (
      "physical order", "{statement: ctid, batch: {rows: 900}, workers: 2}", hot,
      "{app: {size: 9}}",
      "[]", "{}"
    ),
    (
      "physical order, downwards", "{statement: ctid, order: descending, batch: {rows: 900}}", hot,
      "{app: {size: 9}}", "[]", "{}"
    ),
    (
      "rows are skipped",
      "{batch: {rows: 50}, lock_timeout: nowait, retry: {max: 0}, give_up: skip}",
      hot, "{app: {size: 20}}", "[]", "{}"
    ),
    (
      "ranges are split", "{batch: {rows: 64}, lock_timeout: 1ms, retry: {max: 0}, give_up: split}",
      hot, "{app: {size: 20}}", "[]", "{}"
    ),
    (
      "rows that others hold come back",
      "{preset: skip-locked-queue, batch: {rows: 200}, pause: 0ms, retry: {backoff: 20ms, max_backoff: 20ms}}",
      hot, "{app: {size: 20}}", "[]", "{}"
    ),
    (
      "rows that others hold are given up",
      "{preset: skip-locked-queue, batch: {rows: 200}, retry: {max: 0}, give_up: skip}", hot,
      "{app: {size: 20}}", "[]", "{}"
    ),
    (
      "cancelled half way", "{batch: {rows: 500}, pause: 50ms, workers: 3}", hot,
      "{app: {size: 20}}",
      "[{at: 500ms, do: cancel}]", "{}"
    ),
    (
      "deadlocks", "{statement: lock_then_update, batch: {rows: 2000}, workers: 4}", hot,
      "{app: {size: 30}}", "[]", "{settings: {deadlock_timeout: 10ms, lock_timeout: 1s}}"
    ),
    (
      "two replicas, one stops", "{batch: {rows: 500}, pause: 10ms}", hot, "{app: {size: 20}}",
      "[{at: 100ms, do: replica_stop, replica: b, for: 1s}]",
      "{replicas: [{name: a, mode: sync, rtt: 5ms}, {name: b, network: 2MiB/s}]}"
    ),
    (
      "a small slow volume", "{batch: {rows: 500}, workers: 2}", hot, "{app: {size: 20}}", "[]",
      "{memory: 256MiB, storage: {iops: 200, throughput: 4MiB/s, burst: {iops: 600, credits: 100}}, "
        + "settings: {shared_buffers: 256KiB, max_wal_size: 32MiB, checkpoint_timeout: 30s, "
        + "autovacuum_naptime: 1s, autovacuum_vacuum_threshold: 10, "
        + "autovacuum_vacuum_scale_factor: 0}, costs: {os_cache_share: 0%}}"
    ),
    (
      "colocated, reads on the replica", "{batch: {rows: 500}}",
      "[{name: read, rate: 80/s, on: a, statements: [{kind: select, rows: 3}]}]",
      "{app: {size: 4}}",
      "[{at: 200ms, do: set, path: traffic.read.on, value: primary}]",
      "{cores: 2, colocated: true, replicas: [{name: a}]}"
    ),
  ]

  @Test("No law is violated", arguments: cases.indices, [true, false])
  func balanced(number: Int, exact: Bool) throws {
    let (name, strategy, traffic, pools, events, database) = Self.cases[number]
    let scenario = try SmallScenario.load(
      backfill: "{set: {filled: \"f(a)\"}, where: filled IS NULL, rows_matching: 70%}",
      strategy: strategy, traffic: traffic, pools: pools, events: events, database: database,
      run: "{warmup: 1s, before: 1s, after: 2s, horizon: 20s}")
    let result = simulateTrial(scenario, trial: 0, seed: 1, exact: exact)
    #expect(result.violations.isEmpty, "\(name)")
    #expect(result.complete)
  }
}
