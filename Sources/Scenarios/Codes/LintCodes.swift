extension Codes {
  /// Warnings: the scenario is valid, but probably not what was meant.
  static let lints: [Page] = [
    Page(
      code: "RH0510", title: "a throttle rule that can never fire",
      text: """
        The limit is beyond what the signal can reach: more active transactions than the pools \
        have connections, or the lag of a replica that does not exist.
        """, bad: "strategy: {throttle: [{pause_when: app.active > 60}]}",
      good: "strategy: {throttle: [{pause_when: app.active > 36}]}"),
    Page(
      code: "RH0512", title: "an indexed column is updated",
      text: """
        PostgreSQL's HOT updates need that no indexed column changes. Otherwise each row gets a \
        new entry in every index of the table: several times the log, and index bloat. Build the \
        index after the backfill, with CREATE INDEX CONCURRENTLY.
        """,
      bad: """
        table:
          name: orders
          rows: 10M
          row_width: 200B
          indexes: [{name: status_idx, columns: [status_v2]}]
        """,
      good: """
        table:
          name: orders
          rows: 10M
          row_width: 200B
          indexes: [{name: customer_idx, columns: [customer_id]}]
        """),
    Page(
      code: "RH0513", title: "a knob that monolithic does not have",
      text: "A monolithic backfill is one UPDATE: it has no batches, workers, pauses or order.",
      bad: "strategy: {preset: monolithic, workers: 4}", good: "strategy: {preset: monolithic}"),
    Page(
      code: "RH0514", title: "a strategy without a backfill",
      text: "The traffic is simulated alone.",
      bad: "backfill: null\nstrategy: {workers: 2}", good: "strategy: {workers: 2}"),
    Page(
      code: "RH0515", title: "one batch holds the whole table",
      text: "That is a monolithic backfill, with all its locks held to the end.",
      bad: "strategy: {batch: {rows: 20M}}", good: "strategy: {batch: {rows: 5000}}"),
    Page(
      code: "RH0516", title: "offset with a filter that stops matching",
      text: """
        After each batch fewer rows match, so the next OFFSET jumps over rows that were never \
        done. The simulation counts them as missed.
        """,
      bad: """
        backfill: {set: {status_v2: upper(status)}, where: status_v2 IS NULL}
        strategy: {preset: offset}
        """,
      good: """
        backfill: {set: {status_v2: upper(status)}, where: status_v2 IS NULL}
        strategy: {preset: keyset}
        """),
    Page(
      code: "RH0517", title: "too few trials for the assurance",
      text: """
        A gate passes when the 95 % interval of the share of passing trials lies above the \
        assurance. Even if every trial passes, its lower end is 0.025^(1/n): 36 trials are needed \
        for 90 %, 72 for 95 %, 183 for 98 %.
        """,
      bad: """
        gates: [{metric: app.latency.p99, expect: "<= 40ms"}]
        run: {trials: 20}
        """,
      good: """
        gates: [{metric: app.latency.p99, expect: "<= 40ms"}]
        run: {trials: 40}
        """),
    Page(
      code: "RH0518", title: "a horizon before the deadline",
      text: "Trials are cut off before the deadline has passed, and count as not finished.",
      bad: "run: {horizon: 30min}", good: "run: {horizon: 3h}"),
    Page(
      code: "RH0520", title: "closed traffic",
      text: """
        With `clients`, a slow database slows its own load down, and latencies look better than \
        users see them (coordinated omission). Users do not wait for each other: use `rate`.
        """,
      bad: "traffic: [{name: checkout, clients: 8, statements: [{kind: update}]}]",
      good: "traffic: [{name: checkout, rate: 100/s, statements: [{kind: update}]}]"),
    Page(
      code: "RH0521", title: "a client that gives up before its pool",
      text: """
        The client's timeout is shorter than the pool's wait_timeout: waiting transactions time \
        out instead of being rejected quickly, and keep their place in the line until then.
        """,
      bad: """
        traffic: [{name: checkout, rate: 100/s, timeout: 250ms, statements: [{kind: update}]}]
        pools: {app: {size: 40, wait_timeout: 1s}}
        """,
      good: """
        traffic: [{name: checkout, rate: 100/s, timeout: 250ms, statements: [{kind: update}]}]
        pools: {app: {size: 40, wait_timeout: 100ms}}
        """),
    Page(
      code: "RH0522", title: "more connections than the server accepts",
      text: """
        The pools and the backfill's workers together exceed max_connections; a real server would \
        refuse some of them, which is not simulated.
        """, bad: "pools: {app: {size: 120}}",
      good: """
        pools: {app: {size: 120}}
        database:
          settings: {max_connections: 200}
          replicas: [{name: replica-a}]
        """),
    Page(
      code: "RH0530", title: "a runner that is made for other work",
      text: """
        The preset's program copies a table, or runs on another engine. Here only its pacing runs: its \
        sizes, its throttle, how long it waits for a row and what it does after a failure, over this \
        engine's own batches. That shows its control at work, not what the program would do to its \
        own database; every output says so, and `compare --presets all` leaves it out.
        """,
      bad: "strategy: {preset: gh-ost}", good: "strategy: {preset: pgroll}"),
  ]
}
