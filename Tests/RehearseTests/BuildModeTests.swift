import Foundation
import Testing

@Suite("The optimised and the debug build")
struct BuildModeTests {
  /// Small, with as many mechanisms at work as fit into half a minute: what a build could do
  /// differently is arithmetic and the order of things.
  private static let busy = """
    version: 1
    name: busy
    table: {name: t, rows: 120k, row_width: 120B, indexes: [{name: i, columns: [v]}]}
    backfill: {set: {v: "f(a)"}, adds: 8B, where: v IS NULL, rows_matching: 70%}
    strategy:
      batch: {target_time: 30ms, min_rows: 200, max_rows: 3000}
      workers: 3
      pause: 20ms
      lock_timeout: 20ms
      give_up: skip
      throttle: [{pause_when: replica.lag > 30ms, every: 1s}]
    traffic:
      - name: pay
        rate: 100/s
        arrivals: {gamma: {cv: 1.4}}
        keys: {distribution: zipf, s: 1.1}
        think: 5ms
        timeout: 200ms
        retry: {max: 1, backoff: 10ms}
        statements: [{kind: update, rows: 2}, {kind: select, rows: 1}]
      - {name: clerk, clients: 3, think_between: 30ms, statements: [{kind: select_for_update, rows: 1}, {kind: update, rows: 1}]}
      - {name: read, rate: 50/s, on: a, statements: [{kind: select, rows: 3}]}
    pools: {app: {size: 10, wait_timeout: 100ms}}
    events:
      - {at: 1s, do: replica_query, replica: a, for: 2s}
      - {at: 2s, do: traffic_surge, factor: 3, for: 2s}
      - {at: 3s, do: replica_stop, replica: a, for: 1s}
      - {at: 4s, do: long_transaction, for: 2s}
    database:
      cores: 2
      memory: 256MiB
      storage: {iops: 2000, throughput: 40MiB/s, burst: {iops: 6000, credits: 100}}
      replicas: [{name: a, mode: sync, rtt: 4ms}]
      settings: {lock_timeout: 100ms, shared_buffers: 8MiB, max_wal_size: 32MiB, checkpoint_timeout: 30s, autovacuum_naptime: 1s, autovacuum_vacuum_threshold: 10, autovacuum_vacuum_scale_factor: 0}
      costs: {os_cache_share: 0%}
    run: {seed: 3, warmup: 1s, before: 3s, after: 40s, horizon: 60s}

    """

  @Test(
    "Give the same trace hash and the same metrics for the same scenario and seed",
    .enabled(if: Command.optimised != nil, "make build first: there is no optimised build"),
    arguments: ["--exact", "--trials=2"])
  func agree(option: String) throws {
    guard let optimised = Command.optimised else { return }
    try Command.inFolder { command in
      try command.write(Self.busy, to: "s.yaml")
      func document(_ executable: URL) throws -> JSON {
        let answer = try command.run(
          "simulate", "s.yaml", "--no-history", "--trials", "1", option, "--format", "json",
          executable: executable)
        try #require(answer.status == 0, "\(answer.errors)")
        return try JSON.parse(answer.output)
      }
      let (debug, release) = (try document(Command.executable), try document(optimised))
      #expect(debug["trace_hash"]?.string?.count == 16)
      #expect(debug["trace_hash"] == release["trace_hash"])
      #expect(debug["metrics"] == release["metrics"])
    }
  }
}
