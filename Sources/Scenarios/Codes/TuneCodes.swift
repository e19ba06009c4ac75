extension Codes {
  static let tuning: [Page] = [
    Page(
      code: "RH0801", title: "a path that tune cannot vary",
      text: """
        tune varies single values of the strategy: batch, workers, pause, order, timeouts, retries, \
        throttle limits. The table, the traffic and the server are what they are; presets are \
        compared by `rehearse compare`.
        """, bad: "tune: {space: {table.rows: [1M, 2M]}}",
      good: "tune: {space: {strategy.workers: [1, 2, 4]}}"),
    Page(
      code: "RH0802", title: "a range of something that is not a number",
      text: "A range needs numbers, with their unit where one exists. List the words to try.",
      bad: "tune: {space: {strategy.order: {from: ascending, to: descending}}}",
      good: "tune: {space: {strategy.order: [ascending, descending]}}"),
    Page(
      code: "RH0803", title: "a range that holds nothing",
      text: """
        `from` has to lie below `to`, and above 0 where the scale is logarithmic. A single value is \
        a list of one.
        """, bad: "tune: {space: {strategy.batch.rows: {from: 5000, to: 200}}}",
      good: "tune: {space: {strategy.batch.rows: {from: 200, to: 5000}}}"),
    Page(
      code: "RH0804", title: "too many combinations, or nothing to tune",
      text: """
        Everything but the batch is tried in every combination. Beyond a thousand no search ends in \
        useful time. And a backfill of a single statement has neither batch nor workers to choose.
        """,
      bad: """
        tune:
          space:
            strategy.workers: {from: 1, to: 64, steps: 64}
            strategy.pause: {from: 0ms, to: 1s, steps: 50}
        """,
      good: """
        tune:
          space:
            strategy.workers: [1, 2, 4, 8]
            strategy.pause: [0ms, 50ms, 200ms]
        """),
  ]
}
