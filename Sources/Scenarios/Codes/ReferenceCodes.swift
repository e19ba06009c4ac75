extension Codes {
  static let references: [Page] = [
    Page(
      code: "RH0401", title: "nothing has that name",
      text: "A table, index, pool, replica or class is used that the scenario does not define.",
      bad: """
        traffic:
          - {name: reads, rate: 100/s, on: replica-z, statements: [{kind: select}]}
        """,
      good: """
        traffic:
          - {name: reads, rate: 100/s, on: replica-a, statements: [{kind: select}]}
        """),
    Page(
      code: "RH0402", title: "no such signal",
      text: """
        A throttle looks at one of: replica.lag, replica.lag_bytes, locks.wait.mean, \
        locks.waiting, app.active, app.latency.p99, pool.waiting, wal.rate, mvcc.dead_rows, \
        vacuum.running; each is the value over the last `every`.
        """, bad: "strategy: {throttle: [{pause_when: lag > 10s}]}",
      good: "strategy: {throttle: [{pause_when: replica.lag > 10s}]}"),
    Page(
      code: "RH0403", title: "a write on a replica",
      text: "A streaming replica takes plain reads only, no locks and no writes.",
      bad: """
        traffic:
          - {name: writes, rate: 100/s, on: replica-a, statements: [{kind: update}]}
        """,
      good: """
        traffic:
          - {name: writes, rate: 100/s, statements: [{kind: update}]}
        """),
    Page(
      code: "RH0404", title: "a condition that cannot be read",
      text: "A condition is a signal, one of > >= < <=, and a limit with its unit.",
      bad: "strategy: {throttle: [{pause_when: replica lagging}]}",
      good: "strategy: {throttle: [{pause_when: replica.lag > 10s}]}"),
    Page(
      code: "RH0405", title: "an event that has nothing to act on",
      text: "There is no backfill to cancel, no replica to stop, or no traffic to surge.",
      bad: """
        database: {replicas: []}
        events: [{at: 1min, do: replica_stop, for: 30s}]
        """,
      good: """
        database: {replicas: [{name: replica-a}]}
        events: [{at: 1min, do: replica_stop, for: 30s}]
        """),
    Page(
      code: "RH0406", title: "a path that cannot be set during a run",
      text: """
        An event can turn the knobs that an operator can turn: workers, batch size, pause and \
        lock timeout of the backfill, the server's lock timeout, and a class's timeout and server.
        """, bad: "events: [{at: 1min, do: set, path: table.rows, value: 5M}]",
      good: "events: [{at: 1min, do: set, path: strategy.workers, value: 1}]"),
    Page(
      code: "RH0407", title: "a pgbench script that cannot be a class",
      text: """
        Both worlds read the same script, so it may hold only what both can do: one transaction of \
        SELECT, UPDATE and DELETE by the key of a table that the scenario describes, and INSERT; \
        variables from random, random_zipfian (scattered by permute) and whole numbers. Keys have to \
        be drawn from all of a table, in the same way for all tables of the class.
        """, bad: "traffic: [{name: tpcb, rate: 10/s, script: \"builtin:tpcb-like\"}]",
      good: """
        table: {name: pgbench_accounts, rows: 100k, row_width: 121B, primary_key: {column: aid}}
        traffic: [{name: reads, rate: 10/s, script: "builtin:select-only"}]
        """),
  ]

  static let presets: [Page] = [
    Page(
      code: "RH0601", title: "no such preset",
      text: "`rehearse presets` lists them with what they fill in.",
      bad: "database: {preset: rds-r6g.2xlarge}", good: "database: {preset: rds-r6g.2xlarge-gp3}"),
    Page(
      code: "RH0602", title: "a preset that is known, but not built yet",
      text: """
        A runner's preset has to follow its real rules for chunks, throttles and retries. Until \
        they are modelled the name is refused, never approximated.
        """, bad: "strategy: {preset: pg-osc}", good: "strategy: {preset: pgroll}"),
    Page(
      code: "RH0603", title: "an engine that is known, but not built yet",
      text: """
        MySQL and MariaDB lock gaps, roll back through undo and replicate a binary log. They are \
        refused, never simulated by PostgreSQL's rules.
        """, bad: "database: {engine: mysql}", good: "database: {engine: postgresql}"),
    Page(
      code: "RH0604", title: "a version, or a setting that this version does not have",
      text: "Versions 13 to 18 are modelled; defaults and settings differ between them.",
      bad: "database: {version: \"12\"}", good: "database: {version: \"16\"}"),
  ]

  static let overrides: [Page] = [
    Page(
      code: "RH0701", title: "a --set that leads nowhere",
      text: """
        --set takes path=value. Items of lists are addressed by their name, id or index; the value \
        is YAML, so quote braces from the shell.
        """, bad: "--set traffic.chekout.rate=500/s", good: "--set traffic.checkout.rate=500/s",
      isShown: false),
    Page(
      code: "RH0702", title: "no such variant", text: "`variants:` in the scenario names them.",
      bad: "rehearse compare orders.yaml variant:agressive",
      good: "rehearse compare orders.yaml variant:aggressive", isShown: false),
    Page(
      code: "RH0901", title: "a calibration file that cannot be used",
      text: """
        It is missing, was written by another version of the format, or does not agree with itself: \
        an unknown parameter, a missing unit, a value outside its own interval. Nothing is simulated \
        with half a calibration. Calibrate again, or take the file back as it was written.
        """, bad: "\"costs.update_row\": {\"value\": 2.1}",
      good: """
        "costs.update_row": {"value": 2.1e-6, "unit": "s", "low": 2.0e-6, "high": 2.2e-6, …}
        """, isShown: false),
    Page(
      code: "RH0902", title: "a calibration of another server",
      text: """
        The calibration was made with another engine, another major version or another version of \
        the model than this run has; its costs would be wrong without looking so. A scenario that \
        names no database.version takes the calibration's.
        """, bad: "database: {version: \"16\", calibration: measured-on-15.json}",
      good: "database: {calibration: measured-on-15.json}", isShown: false),
  ]
}
