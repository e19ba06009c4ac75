extension Presets {
  /// The ways to go through a table that belong to no program.
  static let ownStrategies = [
    Preset(
      family: .strategy, name: "keyset",
      doc: """
        Batches of consecutive primary keys, each starting where the one before ended.
        """,
      text: """
        {batch: {rows: 1000}, statement: range}
        """),
    Preset(
      family: .strategy, name: "monolithic",
      doc: """
        One UPDATE over the whole table in one transaction: what the guide warns of.
        """,
      text: """
        {planner: monolithic, workers: 1, retry: {max: 0}}
        """),
    Preset(
      family: .strategy, name: "offset",
      doc: """
        Batches found by OFFSET, whose cost grows with the offset.
        """,
      text: """
        {planner: offset, batch: {rows: 1000}, statement: keys}
        """),
    Preset(
      family: .strategy, name: "ctid",
      doc: """
        Batches of heap blocks in physical order: no index is read to find the rows, and each page \
        is changed by one batch only. Rows that move while it runs are not met again.
        """,
      text: """
        {statement: ctid, batch: {rows: 10000}}
        """,
      fits: Fit(engines: [.postgresql]),
      source: "PostgreSQL 14: TID range scans (release notes)"),
    Preset(
      family: .strategy, name: "skip-locked-queue",
      doc: """
        The table as a queue with several consumers: each locks the next 1,000 rows that nobody else \
        holds (FOR UPDATE SKIP LOCKED), updates and commits them, and sleeps 200 ms. It never waits for \
        a row; what others held comes back 200 ms later, until they let go.
        """,
      text: """
        batch: {rows: 1000}
        statement: lock_then_update
        lock_timeout: skip_locked
        workers: 2
        pause: 200ms
        retry: {max: 10000, backoff: 200ms, max_backoff: 200ms, jitter: none}
        give_up: stop
        """,
      source: """
        PostgreSQL 16, SELECT, The Locking Clause; batch and sleep of the loop in \
        how2.sh/posts/how-to-backfill-postgresql-columns-without-long-locks (2026)
        """,
      leavesOut: """
        The search for the next rows from the start of the table each time: here consumers are given \
        ranges, so they never skip each other's rows. The loop's end at the first batch that finds \
        nothing, which leaves behind what is locked then.
        """),
  ]
}
