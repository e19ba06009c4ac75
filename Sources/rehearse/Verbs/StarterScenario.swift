/// What `init` writes: a scenario that runs as it is, with a word on everything worth changing.
enum StarterScenario {
  static let text = """
    # A backfill to rehearse. Everything not written here has a default: `rehearse plan` shows each
    # with its reason. Quantities carry units: 50ms 30s 4h, 310B 16GiB 40MiB/s, 420/s, 35%, 5k 240M.
    version: 1
    name: my-backfill
    description: Fill orders.status_v2 from orders.status

    table:
      name: public.orders
      rows: 20M                          # SELECT reltuples FROM pg_class WHERE relname = 'orders'
      row_width: 180B                    # average tuple with its header: table size / rows
      primary_key: {column: id, type: bigint}
      indexes:
        - {name: orders_customer_idx, columns: [customer_id]}

    backfill:
      set: {status_v2: "upper(status)"}  # column: SQL expression over the row
      adds: 8B                           # bytes the new value adds to a row
      where: status_v2 IS NULL
      deadline: 2h

    strategy:
      preset: keyset
      batch: {rows: 2000}                # or {target_time: 300ms, min_rows: 200, max_rows: 20000}
      workers: 1
      pause: 50ms                        # or {ratio: 0.5}: that multiple of the last batch's time
      lock_timeout: 1s
      throttle:
        - {pause_when: replica.lag > 5s, resume_when: replica.lag < 1s, every: 1s}

    traffic:                             # what the application does meanwhile
      - name: app
        rate: 300/s
        statements:                      # one transaction
          - {kind: select, rows: 1, by: primary_key}
          - {kind: update, rows: 1, by: primary_key, set: [note]}
        keys: {distribution: zipf, s: 1.07}
        timeout: 500ms
        pool: app
    pools: {app: {size: 40, wait_timeout: 200ms}}

    database:
      engine: postgresql
      version: "16"
      cores: 8
      memory: 32GiB
      storage: {iops: 6000, throughput: 250MiB/s, read_latency: 600us, write_latency: 700us}
      settings: {shared_buffers: 8GiB, max_wal_size: 8GiB, checkpoint_timeout: 15min}
      replicas:
        - {name: replica-a, network: 120MiB/s, rtt: 1ms}

    gates:                               # what must hold for the backfill to be acceptable
      - {id: app-p99, metric: "app.latency.p99{class=app}", expect: "<= 50ms"}
      - {id: unserved, metric: app.unserved_ratio, expect: "<= 0.1%"}
      - {id: replica-lag, metric: replica.lag.max, expect: "<= 10s"}
      - {id: row-lock-time, metric: locks.wait.mean, expect: "<= 50ms"}
      - {id: deadline, metric: backfill.duration, expect: "<= deadline"}

    run: {seed: 7, warmup: 30s, before: 1min, after: 1min}

    """
}
