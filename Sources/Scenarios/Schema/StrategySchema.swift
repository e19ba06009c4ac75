import Strategies

extension ScenarioSchema {
  static let strategy = Section(
    doc: "How the backfill proceeds.",
    fields: [
      Field(
        "preset", .text(.free), .value("keyset", because: "batches of consecutive keys"),
        "Fills the knobs below: \(Suggestion.list(Presets.names(of: .strategy)))."),
      Field(
        "batch", .section(batch),
        .value("{rows: 1000}", because: "short transactions: the guide says 1,000 to 5,000 rows"),
        "Rows of a batch, fixed or steered."),
      Field(
        "statement", .word(StatementKind.allCases.map(\.rawValue)),
        .value("range", because: "one UPDATE over a key range"),
        "The order and time in which a batch locks its rows."),
      Field(
        "workers", .count(1...64), .value("1", because: "one connection, the least interference"),
        "Connections that run batches at the same time."),
      Field(
        "pause",
        .either([
          .time(0...86_400),
          .section(
            Section(
              doc: "A pause in proportion to the work.",
              fields: [
                Field(
                  "ratio", .number(Bounds(0...1_000)), .required,
                  "That multiple of the last batch's time.")
              ])),
        ]), .value("0ms", because: "throttles hold the backfill back, not a fixed pause"),
        "What a worker waits between its batches."),
      Field(
        "order", .word(Order.allCases.map(\.rawValue)),
        .value("ascending", because: "the order of the key"), "Order of the ranges."),
      Field(
        "lock_timeout",
        .either([
          .positiveTime(to: 86_400), .word(["nowait", "server"]), .prefixed("server+", .time),
        ]),
        .value("server", because: "the server's own lock_timeout"),
        "How long a batch waits for one row lock: a time, nowait, server, or server+10s."),
      Field(
        "retry", .section(retry), .value("{}", because: "five tries"),
        "What follows a failed batch."),
      Field(
        "give_up", .word(GiveUp.allCases.map(\.rawValue)),
        .value("stop", because: "a row that cannot be changed needs a decision"),
        "What happens to a batch after retry.max failures."),
      Field(
        "throttle", .list(.section(throttle), notEmpty: false),
        .value("[]", because: "nothing holds the backfill back"),
        "Rules that pause or end the backfill by a signal."),
      Field(
        "sensors", .dictionary(key: "SIGNAL", .section(sensor), notEmpty: false),
        .value("{}", because: "every signal is seen at once"), "How well a signal is seen."),
    ],
    misplaced: [
      "max_lag": "it is a throttle: throttle: [{pause_when: replica.lag > 10s, every: 1s}]",
      "guards": "write throttle", "type": "write preset", "sleep": "write pause",
      "batch_size": "write batch: {rows: …}", "chunk_size": "write batch: {rows: …}",
      "deadline": "it belongs to backfill: {deadline: …}",
    ],
    presets: .strategy)

  private static let batch = Section(
    doc: "A fixed number of rows, or a time to steer for.",
    fields: [
      Field("rows", .count(1...100_000_000), .required, "Rows of every batch."),
      Field(
        "target_time", .positiveTime(to: 86_400), .required,
        "The size is steered to take this long."),
      Field(
        "min_rows", .count(1...100_000_000),
        .value("200", because: "smaller ones pay for commits only"),
        "Least rows of a steered batch."),
      Field(
        "max_rows", .count(1...100_000_000),
        .value("20000", because: "a bound on the locks that one transaction holds"),
        "Most rows of a steered batch."),
    ],
    forms: [
      .init(required: ["rows"]),
      .init(required: ["target_time"], optional: ["min_rows", "max_rows"]),
    ])

  private static let retry = Section(
    doc:
      "Exponential backoff with jitter: backoff · 2^(k−1), at most max_backoff, times 0.5 to 1.5.",
    fields: [
      Field(
        "max", .count(0...10_000), .value("5", because: "about 3 s of backing off in all"),
        "Further tries after the first."),
      Field(
        "backoff", .time(0...86_400),
        .value("100ms", because: "longer than most row locks are held"),
        "Delay before the first further try."),
      Field(
        "max_backoff", .time(0...86_400), .value("5s", because: "a bound on the doubling"),
        "Longest delay."),
    ])

  private static let throttle = Section(
    doc: "Holds the backfill back, or ends it, while a signal is beyond a limit.",
    fields: [
      Field(
        "pause_when", .text(.free), .required,
        "`SIGNAL > LIMIT`: no new batch starts while this holds."),
      Field(
        "resume_when", .text(.free), .nothing("resumes as soon as pause_when no longer holds"),
        "`SIGNAL < LIMIT`: batches start again when this holds."),
      Field("abort_when", .text(.free), .required, "`SIGNAL > LIMIT`: ends the run."),
      Field(
        "for", .time(0...86_400), .value("0s", because: "the first reading decides"),
        "How long abort_when has to hold."),
      Field(
        "every", .positiveTime(to: 3_600),
        .value("1s", because: "the sampling period of gh-ost's and pt-osc's kin"),
        "Sampling period."),
    ],
    forms: [
      .init(required: ["pause_when"], optional: ["resume_when"]),
      .init(required: ["abort_when"], optional: ["for"]),
    ])

  private static let sensor = Section(
    doc: "A sensor's shortcomings.",
    fields: [
      Field(
        "delay", .time(0...86_400), .value("0s", because: "read when measured"),
        "How old a reading is when it arrives."),
      Field(
        "blind_at", .time(), .nothing("never"),
        "From this moment of the run on nothing is reported."),
      Field(
        "on_unknown", .word(Sensor.OnUnknown.allCases.map(\.rawValue)),
        .value("pause", because: "without a reading the safe side is to wait"),
        "What the strategy does without a reading."),
    ])
}
