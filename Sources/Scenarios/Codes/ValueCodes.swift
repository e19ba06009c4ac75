extension Codes {
  static let values: [Page] = [
    Page(
      code: "RH0201", title: "a number without its unit",
      text: """
        Other tools mean milliseconds here, seconds there and microseconds elsewhere. A unit is \
        mandatory wherever one exists, for 0 as well.
        """, bad: "run: {before: 300}", good: "run: {before: 5min}"),
    Page(
      code: "RH0202", title: "an ambiguous unit",
      text: "m is minutes, milliseconds, metres or mega. Write min, ms or M.",
      bad: "backfill: {set: {status_v2: upper(status)}, deadline: 300m}",
      good: "backfill: {set: {status_v2: upper(status)}, deadline: 300min}"),
    Page(
      code: "RH0203", title: "a unit of another dimension",
      text: "A duration was expected and a size was given, or the like.",
      bad: "strategy: {pause: 5MiB}", good: "strategy: {pause: 5ms}"),
    Page(
      code: "RH0204", title: "values that contradict each other",
      text: "Each value is allowed, both together are not. The message names the other one.",
      bad: "strategy: {batch: {target_time: 300ms, min_rows: 5000, max_rows: 200}}",
      good: "strategy: {batch: {target_time: 300ms, min_rows: 200, max_rows: 5000}}"),
    Page(
      code: "RH0205", title: "out of range",
      text: "The message says the range.", bad: "strategy: {workers: 0}",
      good: "strategy: {workers: 1}"),
    Page(
      code: "RH0206", title: "not a number, or not a time of day",
      text: "The text does not start with a number, or has a unit where none is due.",
      bad: "strategy: {workers: many}", good: "strategy: {workers: 4}"),
    Page(
      code: "RH0207", title: "an unknown unit",
      text: """
        Times: ns us ms s min h d. Sizes: B kB MB GB TB and KiB MiB GiB TiB, which differ. Rates: \
        /s /min /h. Throughput: a size per second. Case matters.
        """, bad: "run: {before: 5minutes}", good: "run: {before: 5min}"),
    Page(
      code: "RH0208", title: "a fraction of something that is counted",
      text: "Rows, workers and bytes are whole numbers; 1.5k is 1,500 and allowed.",
      bad: "strategy: {batch: {rows: 0.5}}", good: "strategy: {batch: {rows: 1.5k}}"),
  ]

  static let gates: [Page] = [
    Page(
      code: "RH0301", title: "no such metric",
      text: """
        A gate that names nothing would pass for ever. docs/metrics.md lists all metrics; a \
        percentile is part of the name.
        """, bad: "gates: [{metric: app.latency, expect: \"<= 40ms\"}]",
      good: "gates: [{metric: app.latency.p99, expect: \"<= 40ms\"}]"),
    Page(
      code: "RH0302", title: "too few samples for that percentile",
      text: """
        The q-th percentile of fewer than 10 / (1 − q) samples is an accident: 1,000 for p99, \
        10,000 for p999. The quietest window of the class holds fewer.
        """,
      bad: """
        gates: [{metric: app.latency.p99, expect: "<= 40ms", window: {every: 5s}}]
        """,
      good: """
        gates: [{metric: app.latency.p99, expect: "<= 40ms", window: {every: 1min}}]
        """),
    Page(
      code: "RH0303", title: "a gate on something that is not defined",
      text: "The label's value is no class, replica, pool, phase or waiter of this scenario.",
      bad: "gates: [{metric: \"replica.lag.max{replica=replica-c}\", expect: \"<= 10s\"}]",
      good: "gates: [{metric: \"replica.lag.max{replica=replica-a}\", expect: \"<= 10s\"}]"),
    Page(
      code: "RH0304", title: "an expectation that cannot be read",
      text: """
        An expectation is a comparison (<= < >= >) and a limit: a value with its unit, a multiple \
        of the before phase, or the deadline. `mean` in front judges the mean over trials.
        """, bad: "gates: [{metric: app.latency.p99, expect: \"= 40ms\"}]",
      good: "gates: [{metric: app.latency.p99, expect: \"<= 1.8x before\"}]"),
    Page(
      code: "RH0305", title: "a limit of another dimension",
      text: "The metric is a time and the limit a size, or the like.",
      bad: "gates: [{metric: app.latency.p99, expect: \"<= 40MiB\"}]",
      good: "gates: [{metric: app.latency.p99, expect: \"<= 40ms\"}]"),
    Page(
      code: "RH0306", title: "a deadline that is not set",
      text: "`<= deadline` refers to backfill.deadline.",
      bad: """
        backfill: {set: {status_v2: upper(status)}}
        gates: [{metric: backfill.duration, expect: "<= deadline"}]
        """,
      good: """
        backfill: {set: {status_v2: upper(status)}, deadline: 5h}
        gates: [{metric: backfill.duration, expect: "<= deadline"}]
        """),
    Page(
      code: "RH0307", title: "a label that the metric does not have",
      text: "docs/metrics.md says which labels each metric carries.",
      bad: "gates: [{metric: \"backfill.duration{class=checkout}\", expect: \"<= 5h\"}]",
      good: "gates: [{metric: backfill.duration, expect: \"<= 5h\"}]"),
    Page(
      code: "RH0308", title: "a gate that can never have data",
      text: """
        The scenario has no replica, traffic, backfill or before phase to measure. Such a gate \
        would be inconclusive in every run.
        """,
      bad: "database: {replicas: []}\ngates: [{metric: replica.lag.max, expect: \"<= 10s\"}]",
      good: """
        database: {replicas: [{name: replica-a}]}
        gates: [{metric: replica.lag.max, expect: "<= 10s"}]
        """),
    Page(
      code: "RH0309", title: "a window that does not apply",
      text: "Windows apply to app.* and locks.* metrics, and have to fit into the phase.",
      bad: "gates: [{metric: backfill.duration, expect: \"<= 5h\", window: {every: 1min}}]",
      good: "gates: [{metric: backfill.duration, expect: \"<= 5h\"}]"),
  ]
}
