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
  ]
}
