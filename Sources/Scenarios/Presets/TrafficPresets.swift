extension Presets {
  /// The `rate` of a class is its share of the rate that the scenario gives; likewise `clients`.
  static let traffic = [
    Preset(
      family: .traffic, name: "oltp-mixed",
      doc: """
        Three in four transactions read two rows by primary key, one in four reads and updates \
        one; zipf 0.99 keys (YCSB's constant), 1 s client timeout. Classes NAME-read, NAME-write.
        """,
      text: """
        - name: read
          rate: 75%
          statements: [{kind: select, rows: 1}, {kind: select, rows: 1, pick: another}]
          keys: {distribution: zipf, s: 0.99, scatter: true}
          timeout: 1s
        - name: write
          rate: 25%
          statements: [{kind: select, rows: 1}, {kind: update, rows: 1}]
          keys: {distribution: zipf, s: 0.99, scatter: true}
          timeout: 1s
        """),
    Preset(
      family: .traffic, name: "oltp-read-heavy",
      doc: """
        Nineteen in twenty transactions read one row by primary key, one in twenty updates one \
        (the 95/5 mix of YCSB workload B); zipf 0.99 keys. Classes NAME-read, NAME-write.
        """,
      text: """
        - name: read
          rate: 95%
          statements: [{kind: select, rows: 1}]
          keys: {distribution: zipf, s: 0.99, scatter: true}
          timeout: 1s
        - name: write
          rate: 5%
          statements: [{kind: update, rows: 1}]
          keys: {distribution: zipf, s: 0.99, scatter: true}
          timeout: 1s
        """),
    Preset(
      family: .traffic, name: "pgbench-tpcb",
      doc: """
        The part of pgbench's built-in tpcb-like script that touches pgbench_accounts: update one \
        row, then read it, uniform keys. Its tellers, branches and history are separate tables: \
        write them out where their hot rows matter.
        """,
      text: """
        - name: ""
          rate: 100%
          statements: [{kind: update, rows: 1}, {kind: select, rows: 1}]
          keys: {distribution: uniform}
        """),
  ]
}
