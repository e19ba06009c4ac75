extension Presets {
  /// What people run on MySQL today: nearly all of it copies the table.
  ///
  /// On PostgreSQL, and for updates in place, only their pacing runs.
  static let mysqlRunners = [
    Preset(
      family: .strategy, name: "gh-ost",
      doc: """
        gh-ost: 1,000 rows; it writes nothing while a replica is more than 1.5 s behind, sampled \
        every 100 ms, decided 100 ms later and looked at again 250 ms after that. It never waits for \
        a row (NOWAIT) and tries 60 times, a second apart, whatever went wrong.
        """,
      text: """
        batch: {rows: 1000}
        lock_timeout: nowait
        throttle: [{pause_when: replica.lag > 1500ms, every: 100ms, hold: 250ms}]
        sensors: {replica.lag: {delay: 100ms}}
        retry: {max: 59, backoff: 1s, max_backoff: 1s, jitter: none, on: [lock_timeout, deadlock, serialization, connection, other]}
        give_up: stop
        """,
      fits: Fit(engines: [.mysql, .mariadb], kinds: ["copy"]),
      source: "github/gh-ost 145799ee (2026-08-07), go/logic/throttler.go, migrator.go",
      leavesOut: """
        The binary log's events, which go before rows: without a copy there are none. max-load and \
        critical-load, which are empty by default.
        """),
    Preset(
      family: .strategy, name: "pt-online-schema-change",
      doc: """
        pt-online-schema-change: the size follows a weighted average of rows per second, so that a \
        batch takes half a second. After each batch, not before it, it waits until no replica is \
        more than 1 s behind and fewer than 25 threads run; 50 end it. It waits 1 s for a row and \
        tries ten times, 250 ms apart.
        """,
      text: """
        batch: {target_time: 500ms, law: average_rate, first_rows: 1000, min_rows: 1, max_rows: 100M}
        lock_timeout: 1s
        throttle:
          - {pause_when: replica.lag > 1s, check: after_batch, every: 1s}
          - {pause_when: app.active >= 25, check: after_batch, every: 1s}
          - {abort_when: app.active >= 50, check: after_batch}
        sensors: {replica.lag: {on_unknown: pause}}
        retry: {max: 9, backoff: 250ms, max_backoff: 250ms, jitter: none}
        give_up: stop
        """,
      fits: Fit(engines: [.mysql, .mariadb], kinds: ["copy"]),
      source: "percona/percona-toolkit 8d0f14c1 (2024-03-26, 3.5)",
      leavesOut: """
        Its triggers, which tax every write of the application. app.active stands for \
        Threads_running.
        """),
    Preset(
      family: .strategy, name: "pt-archiver",
      doc: """
        pt-archiver as it is without options: one row and one commit at a time, one further try at \
        once. Its lag check is off.
        """,
      text: """
        batch: {rows: 1}
        retry: {max: 1, backoff: 0s, max_backoff: 0s, jitter: none}
        give_up: stop
        """,
      fits: Fit(engines: [.mysql, .mariadb], kinds: ["delete"]),
      source: "percona/percona-toolkit 8d0f14c1 (2024-03-26, 3.5)",
      leavesOut: """
        --sleep-coef is pause: {ratio: N}.
        """),
    Preset(
      family: .strategy, name: "spirit-time",
      doc: """
        Spirit sizing by time: after eleven batches the size is multiplied by 500 ms over their 90th \
        percentile, by at most 1.5; a batch of five times that cuts it to a tenth at once. A replica \
        two minutes behind holds it, for at most a minute at a time; a reading older than 15 s too.
        """,
      text: """
        batch: {target_time: 500ms, law: p90, first_rows: 1000, min_rows: 10, max_rows: 100k}
        lock_timeout: 3s
        throttle: [{pause_when: replica.lag >= 120s, every: 5s, patience: 1min}]
        sensors: {replica.lag: {on_unknown: pause}}
        retry: {max: 2, backoff: 10ms, max_backoff: 30ms, growth: linear, jitter: full}
        give_up: stop
        """,
      fits: Fit(engines: [.mysql, .mariadb], kinds: ["copy"]),
      source: "block/spirit before #1072; pkg/table/chunker_optimistic.go, pkg/throttler",
      leavesOut: """
        Its four readers and four writers: on its own engine they are workers. The checksum's target \
        is 5 s.
        """),
    Preset(
      family: .strategy, name: "spirit-bytes",
      doc: """
        Spirit sizing by bytes, as it does today: a batch holds 16 MiB of rows. The rest as spirit- \
        time.
        """,
      text: """
        batch: {target_bytes: 16MiB, law: p90, first_rows: 1000, min_rows: 10, max_rows: 100k}
        lock_timeout: 3s
        throttle: [{pause_when: replica.lag >= 120s, every: 5s, patience: 1min}]
        sensors: {replica.lag: {on_unknown: pause}}
        retry: {max: 2, backoff: 10ms, max_backoff: 30ms, growth: linear, jitter: full}
        give_up: stop
        """,
      fits: Fit(engines: [.mysql, .mariadb], kinds: ["copy"]),
      source: "block/spirit e4b69b6e (2026-08-19), pkg/table/dynamic_chunk_sizer.go, pkg/throttler",
      leavesOut: """
        Its four readers and four writers, and the autoscaler.
        """),
    Preset(
      family: .strategy, name: "vitess",
      doc: """
        VReplication's copy: packets of about 250,000 bytes that grow by a quarter of that while \
        Welch's test finds more throughput. The tablet throttler reads the lag every 250 ms and \
        sleeps as long when it is above 5 s. Errors are tried again after 5 s, for ever.
        """,
      text: """
        batch: {target_bytes: 250000B, law: welch, min_rows: 1, max_rows: 100M}
        throttle: [{pause_when: replica.lag > 5s, every: 250ms, hold: 250ms}]
        retry: {max: 10000, backoff: 5s, max_backoff: 5s, jitter: none, on: [lock_timeout, deadlock, serialization, connection, other]}
        give_up: stop
        """,
      fits: Fit(engines: [.mysql, .mariadb], kinds: ["copy"]),
      source: "vitessio/vitess 1cba0285, vstreamer/packet_size.go, tabletserver/throttle",
      leavesOut: """
        The catch-up after an hour of copying; the source's history list.
        """),
    Preset(
      family: .strategy, name: "lhm",
      doc: """
        LHM with its default, the time throttler: 2,000 rows, 100 ms between them. It waits ten \
        seconds longer for a row than the application does, so that the application gives up first, \
        and tries 20 times, a second apart.
        """,
      text: """
        batch: {rows: 2000}
        pause: 100ms
        lock_timeout: server+10s
        retry: {max: 19, backoff: 1s, max_backoff: 1s, jitter: none}
        give_up: stop
        """,
      fits: Fit(engines: [.mysql, .mariadb], kinds: ["copy"]),
      source: "Shopify/lhm 3374b607 (2025-07-08)",
      leavesOut: """
        Its triggers, which tax every write of the application.
        """),
    Preset(
      family: .strategy, name: "lhm-lag",
      doc: """
        LHM with the replica lag throttler: the sleep after each batch doubles while a replica is \
        more than 10 s behind and halves while not, from 100 ms to 102.4 s. It never stops, and a \
        lag that cannot be read counts as none.
        """,
      text: """
        batch: {rows: 2000}
        throttle: [{slow_when: replica.lag > 10s, sleep: 100ms, max_sleep: 102400ms, check: after_batch}]
        sensors: {replica.lag: {on_unknown: proceed}}
        lock_timeout: server+10s
        retry: {max: 19, backoff: 1s, max_backoff: 1s, jitter: none}
        give_up: stop
        """,
      fits: Fit(engines: [.mysql, .mariadb], kinds: ["copy"]),
      source: "Shopify/lhm ed7ac9d2, lib/lhm/throttler/replica_lag.rb",
      leavesOut: """
        Its triggers; the stride's reduction on max_binlog_cache_size.
        """),
  ]
}
