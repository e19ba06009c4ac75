/// What `rehearse init` writes: a commented scenario that is valid as it stands.
package enum StarterScenario {
  package static func text(
    table: String = "public.orders", rows: Int = 50_000_000, rowWidth: Int = 200
  ) -> String {
    """
    # A scenario for rehearse. Check it:      rehearse validate FILE
    #                        See it filled in: rehearse plan FILE
    #                        Run it:           rehearse simulate FILE
    #
    # Every quantity carries its unit: 50ms 30s 4h, 310B 16GiB, 420/s, 40MiB/s, 35%. "min" is
    # minutes. Counts take k, M and G. What is not written has a default that `plan` shows with its
    # reason; docs/scenario-format.md lists every key.
    version: 1

    table:
      name: \(table)
      rows: \(rows)                       # pg_class.reltuples
      row_width: \(rowWidth)B                      # average tuple: pg_table_size / rows
      primary_key: {column: id, type: bigint, order: clustered}
      indexes: []                          # - {name: orders_customer_idx, columns: [customer_id]}

    backfill:
      set: {new_column: "some_function(old_column)"}
      adds: 8B                             # bytes that the new value adds to a row
      deadline: 4h

    strategy:
      preset: keyset                       # batches of consecutive primary keys
      batch: {rows: 2000}                  # or {target_time: 300ms}: the size is steered
      workers: 1
      pause: 50ms
      lock_timeout: 1s
      throttle:
        - {pause_when: replica.lag > 5s, resume_when: replica.lag < 1s, every: 1s}

    traffic:
      - preset: oltp-mixed                 # reads and single-row updates; or write your statements
        name: app
        rate: 300/s

    database:
      preset: rds-r6g.2xlarge-gp3          # cores, memory and storage; keys written here win
      version: "16"
      replicas:
        - {name: replica-a, network: 120MiB/s, rtt: 1ms}

    gates:
      - {id: app-p99, metric: app.latency.p99, expect: "<= 50ms", window: {every: 1min, take: worst}}
      - {id: unserved, metric: app.unserved_ratio, expect: "<= 0.1%"}
      - {id: row-lock-time, metric: locks.wait.mean, expect: "<= 50ms"}
      - {id: replica-lag, metric: replica.lag.max, expect: "<= 10s"}
      - {id: deadline, metric: backfill.duration, expect: "<= deadline"}

    """
  }
}
