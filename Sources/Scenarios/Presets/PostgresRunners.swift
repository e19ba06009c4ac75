extension Presets {
  /// What people run on PostgreSQL today, with its real defaults.
  ///
  /// The facts and their places are those of each program's source at the version named.
  static let postgresRunners = [
    Preset(
      family: .strategy, name: "gitlab-bbm",
      doc: """
        GitLab's batched background migrations: sub-batches of 100 rows, each its own statement with \
        a pause of 100 ms, in rounds that begin at most every 2 minutes. The rows of a round follow \
        the share of the interval that the last 20 rounds took, towards 90 to 95%. A vacuum of the \
        table holds everything for 10 minutes. Three attempts, each timeout making later sub-batches \
        a quarter smaller, then the range is halved.
        """,
      text: """
        batch: {rows: 100}
        pause: 100ms
        rounds: {rows: 1000, every: 2min, steered: true, min_rows: 1000, max_rows: 2M}
        throttle: [{pause_when: vacuum.running >= 1, check: after_round, hold: 10min}]
        sensors: {vacuum.running: {on_unknown: proceed}}
        retry: {max: 2, backoff: 2min, max_backoff: 2min, jitter: none, shrink: 75%, least: 35%}
        give_up: split
        """,
      fits: Fit(engines: [.postgresql]),
      source:
        "gitlabhq/gitlabhq, lib/gitlab/database/background_migration (072dbf4b and later, 2022 to 2026)",
      leavesOut: """
        The signals whose limits every site sets itself (apdex, log rate, archive backlog above 42 \
        segments); the failure of the whole migration when half of 50 rounds fail; the minute tick \
        of the scheduler.
        """),
    Preset(
      family: .strategy, name: "pgroll",
      doc: """
        pgroll's backfill: 1,000 rows, locked first and then updated, no pause, one worker. It waits \
        half a second for a row, then backs off from 1 s up to a minute, for ever, but only after \
        lock timeouts: a deadlock ends it. Nothing looks at lag or load.
        """,
      text: """
        batch: {rows: 1000}
        statement: lock_then_update
        lock_timeout: 500ms
        retry: {max: 10000, backoff: 1s, max_backoff: 1min, jitter: full, on: [lock_timeout]}
        give_up: stop
        """,
      fits: Fit(engines: [.postgresql]),
      source: "xataio/pgroll cdbe9b0f (2026-05-12), pkg/backfill, pkg/db/db.go",
      leavesOut: """
        The trigger that keeps new rows filled; the flag column's own write.
        """),
    Preset(
      family: .strategy, name: "job-iteration",
      doc: """
        job-iteration and maintenance_tasks: 100 records at a time by their keys, one run, no retry: \
        an error stops it until somebody resumes it. It has no throttle of its own. A throttle proc \
        becomes a rule that is checked before each batch and again after 30 s: {pause_when: \
        replica.lag > 5s, check: before_batch, every: 30s}.
        """,
      text: """
        batch: {rows: 100}
        statement: keys
        retry: {max: 0}
        give_up: stop
        """,
      source:
        "Shopify/job-iteration 9a5e4a82 (2026-08-06), Shopify/maintenance_tasks 5d4ceb35 (2026-07-23)",
      leavesOut: """
        max_job_runtime, after which the job goes to the back of its queue.
        """),
    Preset(
      family: .strategy, name: "online-migrations",
      doc: """
        online_migrations' update_columns_in_batches inside a migration: 1,000 rows, 50 ms between \
        them, no retry.
        """,
      text: """
        batch: {rows: 1000}
        pause: 50ms
        retry: {max: 0}
        give_up: stop
        """,
      fits: Fit(engines: [.postgresql]),
      source: "fatkodima/online_migrations 0.36.0, 88ae1090 (2026-07-20), schema_statements.rb"),
    Preset(
      family: .strategy, name: "online-migrations-bg",
      doc: """
        online_migrations' background data migrations: 100 rows, no pause, five attempts a minute \
        apart. The throttler is the user's, asked at most every 5 s, and the scheduler comes back a \
        minute later: {pause_when: replica.lag > 5s, check: before_batch, every: 1min, fresh_for: \
        5s}.
        """,
      text: """
        batch: {rows: 100}
        retry: {max: 4, backoff: 1min, max_backoff: 1min, jitter: none}
        give_up: stop
        """,
      fits: Fit(engines: [.postgresql]),
      source:
        "fatkodima/online_migrations 0.36.0, 88ae1090 (2026-07-20), background_data_migrations",
      leavesOut: """
        What Sidekiq does between two jobs.
        """),
    Preset(
      family: .strategy, name: "strong-migrations",
      doc: """
        The loop in strong_migrations' README: 10,000 rows and sleep(0.01), outside a transaction.
        """,
      text: """
        batch: {rows: 10000}
        pause: 10ms
        retry: {max: 0}
        give_up: stop
        """,
      source: "ankane/strong_migrations c5461acb (2026-05-17), README, Backfilling data"),
    Preset(
      family: .strategy, name: "safe-pg-migrations",
      doc: """
        safe-pg-migrations' backfill of a default: 100,000 rows, half a second between them.
        """,
      text: """
        batch: {rows: 100000}
        pause: 500ms
        retry: {max: 0}
        give_up: stop
        """,
      fits: Fit(engines: [.postgresql]),
      source: "doctolib/safe-pg-migrations 25f50631 (2026-04-30), configuration.rb",
      leavesOut: """
        Its five tries a minute apart, which are for the lock of a DDL statement.
        """),
    Preset(
      family: .strategy, name: "rails-in-batches",
      doc: """
        ActiveRecord's in_batches with update_all: 1,000 rows, each statement its own transaction.
        """,
      text: """
        batch: {rows: 1000}
        retry: {max: 0}
        give_up: stop
        """,
      source: "Rails 7.1, ActiveRecord::Batches"),
    Preset(
      family: .strategy, name: "rails-find-each",
      doc: """
        ActiveRecord's find_each with an update of each record: a transaction, and so a commit, for \
        every row.
        """,
      text: """
        batch: {rows: 1}
        statement: keys
        retry: {max: 0}
        give_up: stop
        """,
      source: "Rails 7.1, ActiveRecord::Batches",
      leavesOut: """
        It fetches 1,000 records at once; here each row is looked up by itself, beside the one under \
        way.
        """),
    Preset(
      family: .strategy, name: "bulk-save-objects",
      doc: """
        SQLAlchemy's bulk_save_objects over the whole table: one transaction, and one round trip for \
        every row.
        """,
      text: """
        planner: monolithic
        statement: per_row
        retry: {max: 0}
        give_up: stop
        """,
      source: "SQLAlchemy 2.0, legacy bulk operations; executemany of psycopg2",
      leavesOut: """
        Drivers that pipeline the statements of executemany.
        """),
    Preset(
      family: .strategy, name: "django-atomic",
      doc: """
        Django's RunPython as it is by default, atomic: every row saved by itself, all in one \
        transaction. What to avoid.
        """,
      text: """
        planner: monolithic
        statement: per_row
        retry: {max: 0}
        give_up: stop
        """,
      source: "Django 5, RunPython(atomic=True), QuerySet.iterator(chunk_size=2000)",
      leavesOut: """
        The fetches of 2,000 rows, which are reads of the same snapshot.
        """),
  ]
}
