extension Codes {
  static let keys: [Page] = [
    Page(
      code: "RH0101", title: "unknown key",
      text: """
        Keys are never ignored: a typing mistake would silently leave a default in place. The \
        message lists what is allowed at that place.
        """, bad: "strategy: {lock_timout: 200ms}", good: "strategy: {lock_timeout: 200ms}"),
    Page(
      code: "RH0102", title: "a key in the wrong place, or by another tool's name",
      text: "The key is known, but belongs elsewhere or is called differently here.",
      bad: "strategy: {max_lag: 10s}",
      good: "strategy: {throttle: [{pause_when: replica.lag > 10s, every: 1s}]}"),
    Page(
      code: "RH0103", title: "a key written twice",
      text: "YAML does not say which of the two would count. Both places are shown.",
      bad: "strategy: {workers: 2, batch: {rows: 1000}, workers: 4}",
      good: "strategy: {workers: 4, batch: {rows: 1000}}"),
    Page(
      code: "RH0104", title: "a required key is missing",
      text: "There is no sensible default for it.", bad: "table: {name: orders, rows: 10M}",
      good: "table: {name: orders, rows: 10M, row_width: 200B}"),
    Page(
      code: "RH0105", title: "a map, a list or a single value in the wrong place",
      text: "The value's shape is not the one that belongs there.",
      bad: "strategy: {throttle: {pause_when: replica.lag > 10s}}",
      good: "strategy: {throttle: [{pause_when: replica.lag > 10s}]}"),
    Page(
      code: "RH0106", title: "keys that do not go together",
      text: """
        Some maps have alternatives: a batch has either a fixed number of rows or a time to steer \
        for. Keys of two alternatives, or of none, were written.
        """, bad: "strategy: {batch: {rows: 1000, target_time: 300ms}}",
      good: "strategy: {batch: {target_time: 300ms, max_rows: 5000}}"),
    Page(
      code: "RH0107", title: "known, but not built yet",
      text: """
        The name is reserved. It is refused rather than ignored, because leaving it out changes \
        the result; a scenario without it is simulated as if the thing did not exist.
        """, bad: "table: {name: orders, rows: 10M, row_width: 200B, triggers: [audit]}",
      good: "table: {name: orders, rows: 10M, row_width: 200B}"),
    Page(
      code: "RH0108", title: "not one of the allowed words",
      text: "The message lists the words.", bad: "strategy: {order: asc}",
      good: "strategy: {order: ascending}"),
    Page(
      code: "RH0109", title: "a key without a value",
      text: """
        Nothing, `~` and `null` are values in YAML. In variants and --set, null removes a key; in \
        the file itself remove the line.
        """, bad: "strategy: {workers: }", good: "strategy: {workers: 2}"),
    Page(
      code: "RH0110", title: "the same name twice",
      text: "Names of tables, columns, indexes, classes, replicas and gates are unique.",
      bad: "database: {replicas: [{name: replica-a}, {name: replica-a}]}",
      good: "database: {replicas: [{name: replica-a}, {name: replica-b}]}"),
    Page(
      code: "RH0111", title: "a YAML boolean where a word is meant",
      text: """
        In YAML 1.1 bare on, off, yes and no are true and false, and tools differ in which they \
        read. Quote the word; true and false are written so.
        """, bad: "database: {settings: {synchronous_commit: off}}",
      good: "database: {settings: {synchronous_commit: \"off\"}}"),
    Page(
      code: "RH0112", title: "a text that has to be quoted",
      text: """
        Inside braces YAML ends an unquoted text at the next brace or comma, and a leading > \
        starts a folded text.
        """, bad: "gates: [{metric: app.latency.p99{class=checkout}, expect: \"<= 40ms\"}]",
      good: "gates: [{metric: \"app.latency.p99{class=checkout}\", expect: \"<= 40ms\"}]"),
    Page(
      code: "RH0113", title: "a number that YAML reads differently",
      text: """
        In YAML 1.1 a leading zero means octal and 12:30 is a number in base 60. Write numbers \
        without leading zeros and quote times of day.
        """, bad: "run: {start_at: 09:00}", good: "run: {start_at: \"09:00\"}"),
    Page(
      code: "RH0114", title: "a name that cannot be used",
      text: """
        Names appear in metric labels, reports and file names: letters, digits, _, - and . are \
        allowed, invisible characters are not.
        """, bad: "name: orders/status", good: "name: orders-status"),
    Page(
      code: "RH0115", title: "neither traffic nor a backfill",
      text:
        "Traffic alone and a backfill alone are baselines; without both there is nothing to run.",
      bad: "backfill: null\ntraffic: []", good: "traffic: [{preset: oltp-mixed, rate: 300/s}]"),
  ]
}
