/// Every section and most keys, as the reference shows them; sound but for one lint warning.
let fullScenario = """
  version: 1
  name: orders-status
  description: Fill orders.status_v2 from orders.status before the old column goes

  table:
    name: public.orders
    rows: 240M
    row_width: 310B
    fillfactor: 90
    primary_key: {column: id, type: bigint, order: clustered, gaps: 5%}
    columns:
      - {name: status, type: text, width: 8B, distinct: 7}
    indexes:
      - {name: orders_customer_idx, columns: [customer_id], distinct: 9M}
      - {name: orders_status_idx, columns: [status_v2]}

  backfill:
    kind: update
    set: {status_v2: "upper(status)"}
    adds: 8B
    where: status_v2 IS NULL
    filter_indexed: false
    rows_matching: 80%
    deadline: 5h

  strategy:
    preset: keyset
    batch: {rows: 5000}
    statement: range
    workers: 2
    pause: 50ms
    order: ascending
    lock_timeout: 1s
    retry: {max: 5, backoff: 100ms, max_backoff: 5s}
    give_up: stop
    throttle:
      - {pause_when: replica.lag > 10s, resume_when: replica.lag < 2s, every: 1s}
      - {pause_when: locks.wait.mean > 50ms, every: 1s}
      - {abort_when: app.active > 36, for: 5s}
    sensors: {replica.lag: {delay: 0s, blind_at: null, on_unknown: pause}}

  variants:
    adaptive: {strategy: {batch: {target_time: 300ms}}}
    gentle: {strategy: {workers: 1, throttle: null, lock_timeout: server+10s}}
  tune:
    objective: min_duration
    space:
      strategy.batch.rows: {from: 200, to: 50k, scale: log}
      strategy.workers: [1, 2, 4, 8]
      strategy.pause: [0ms, 50ms, 200ms]

  traffic:
    - name: checkout
      rate: 420/s
      curve: {"00:00": 0.35, "09:00": 1.0, "18:00": 1.0, "22:00": 0.6}
      arrivals: {gamma: {cv: 1.4}}
      on: primary
      statements:
        - {kind: select, rows: 1, by: primary_key}
        - {kind: update, rows: 1, by: primary_key, set: [balance]}
      keys: {distribution: zipf, s: 1.07, scatter: true}
      think: 2ms
      timeout: 250ms
      retry: {max: 0}
      pool: app
    - name: history
      rate: 30/s
      on: replica-a
      statements:
        - {kind: select, rows: 25, by: orders_customer_idx}
      keys: {distribution: hotspot, fraction: 10%, share: 90%}
  pools: {app: {size: 40, wait_timeout: 100ms}}

  events:
    - {at: 10min, do: set, path: strategy.workers, value: 1}
    - {at: 11min, do: set, path: traffic.checkout.timeout, value: 2s}
    - {at: 12min, do: set, path: traffic.history.on, value: primary}
    - {at: 20min, do: long_transaction, for: 5min}
    - {at: 30min, do: replica_stop, replica: replica-a, for: 1min}
    - {at: 40min, do: traffic_surge, class: checkout, factor: 2.5, for: 3min}

  database:
    engine: postgresql
    version: "16"
    cores: 8
    memory: 64GiB
    cache: warm
    storage: {iops: 12000, throughput: 500MiB/s, read_latency: 600us, write_latency: 700us, burst: none, free_space: 180GiB}
    settings: {shared_buffers: 16GiB, max_wal_size: 16GiB, checkpoint_timeout: 15min, synchronous_commit: "on"}
    replicas:
      - {name: replica-a, mode: async, network: 120MiB/s, rtt: 1ms, apply: {cores: 1}}
    colocated: false

  gates:
    - {id: app-p99, metric: "app.latency.p99{class=checkout}", expect: "<= 40ms", window: {every: 1min, take: worst}, level: error}
    - {id: app-regression, metric: "app.latency.p99{class=checkout}", expect: "<= 1.8x before"}
    - {id: unserved, metric: app.unserved_ratio, expect: "<= 0.1%"}
    - {id: replica-lag, metric: replica.lag.max, expect: "mean <= 10s"}
    - {id: row-lock-time, metric: locks.wait.mean, expect: "<= 50ms", level: warn}
    - {id: deadline, metric: backfill.duration, expect: "<= deadline"}
  run: {seed: 7, trials: auto, assurance: 90%, warmup: 30s, before: 5min, after: 10min, horizon: auto, start_at: "01:00"}

  """
