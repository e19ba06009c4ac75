import Strategies

extension ScenarioSchema {
  static let strategy = Section(
    doc: "How the backfill proceeds.",
    fields: [
      Field(
        "preset", .text(.free), .value("keyset", because: "batches of consecutive keys"),
        "Fills the knobs below: \(Suggestion.list(Presets.names(of: .strategy)))."),
      Field(
        "planner", .word(Planner.allCases.map(\.rawValue)),
        .value("keyset", because: "each batch starts where the one before ended"),
        "How the table is cut into batches; monolithic is one batch, the whole table."),
      Field(
        "find", .word(["key", "filter"]),
        .value("key", because: "the next batch begins behind the last key"),
        "Whether the next rows are found behind the last key or by backfill.where, from the start."),
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
        "rounds", .section(rounds), .nothing("each batch starts as soon as it may"),
        "Batches in groups that begin at most once in so long."),
      Field(
        "order", .word(Order.allCases.map(\.rawValue)),
        .value("ascending", because: "the order of the key"), "Order of the ranges."),
      Field(
        "lock_timeout",
        .either([
          .positiveTime(to: 86_400), .word(["nowait", "server", "skip_locked"]),
          .prefixed("server+", .time),
        ]),
        .value("server", because: "the server's own lock_timeout"),
        "How long a batch waits for one row lock: a time, nowait, server, or server+10s; skip_locked "
          + "leaves rows that others hold and comes back to them after retry.backoff."),
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
    doc: "A fixed number of rows, or a time or a size to steer for.",
    fields: [
      Field("rows", .count(1...100_000_000), .required, "Rows of every batch."),
      Field(
        "target_time", .positiveTime(to: 86_400), .required,
        "The size is steered to take this long."),
      Field(
        "target_bytes", .bytes(1...1e12), .required,
        "The size is steered to hold so many bytes of rows, by row_width."),
      Field(
        "law", .word(["damped"] + Steering.Law.allCases.map(\.rawValue)),
        .computed("damped for a time, p90 for bytes"),
        "How the size follows: damped (ours), average_rate (pt-online-schema-change), p90 (spirit), "
          + "welch (vitess)."),
      Field(
        "first_rows", .count(1...100_000_000),
        .computed("1000; with law welch what target_bytes holds"), "Rows of the first batch."),
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
      .init(
        required: ["target_time"], optional: ["law", "first_rows", "min_rows", "max_rows"]),
      .init(
        required: ["target_bytes"], optional: ["law", "first_rows", "min_rows", "max_rows"]),
    ])

  private static let rounds = Section(
    doc: "Batches in groups, as GitLab's background migrations run them; they need one worker.",
    fields: [
      Field("rows", .count(1...1_000_000_000), .required, "Rows of the first round."),
      Field(
        "every", .positiveTime(to: 86_400), .required,
        "From the start of a round to the start of the next, at least."),
      Field(
        "steered", .flag, .value("false", because: "the size stays as it is"),
        "The size follows the share of the interval that the rounds take, towards 90 to 95%."),
      Field(
        "min_rows", .count(1...1_000_000_000), .value("1000", because: "GitLab's MIN_BATCH_SIZE"),
        "Least rows of a steered round."),
      Field(
        "max_rows", .count(1...1_000_000_000), .value("2M", because: "GitLab's MAX_BATCH_SIZE"),
        "Most rows of a steered round."),
    ])

  private static let retry = Section(
    doc:
      "The delay before try k: backoff · 2^(k−1) or backoff · k, at most max_backoff, times a jitter.",
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
      Field(
        "growth", .word(Retry.Growth.allCases.map(\.rawValue)),
        .value("exponential", because: "doubling soon clears what is crowded"),
        "How the delay grows; with max_backoff equal to backoff it does not."),
      Field(
        "jitter", .word(Retry.Jitter.allCases.map(\.rawValue)),
        .value("half", because: "workers that failed together do not meet again"),
        "none, half (0.5 to 1.5 times) or full (0 to 1 times)."),
      Field(
        "on", .list(.word(FailureCode.retryable.map(\.key)), notEmpty: true),
        .value(
          "[lock_timeout, deadlock, serialization, connection]",
          because: "what another try can mend"),
        "The failures that are tried again; after others give_up decides."),
      Field(
        "shrink", .quantity(.ratio, Bounds(0...1, lowOpen: true)),
        .value("100%", because: "a failure says nothing about the size"),
        "After a failure later batches of a fixed size ask for this share of it."),
      Field(
        "least", .quantity(.ratio, Bounds(0...1, lowOpen: true)),
        .value("35%", because: "GitLab's MAX_SUB_BATCH_REDUCTION is 65%"),
        "Shrinking leaves at least this share of the first size."),
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
        "slow_when", .text(.free), .required,
        "`SIGNAL > LIMIT`: after each batch the sleep doubles while this holds, and halves while not."
      ),
      Field(
        "sleep", .positiveTime(to: 3_600), .value("100ms", because: "LHM's INITIAL_TIMEOUT"),
        "Shortest sleep of slow_when."),
      Field(
        "max_sleep", .positiveTime(to: 86_400),
        .value("102400ms", because: "LHM's MAX_TIMEOUT: ten doublings"),
        "Longest sleep of slow_when."),
      Field(
        "every", .positiveTime(to: 3_600),
        .value("1s", because: "the sampling period of gh-ost's and pt-osc's kin"),
        "Sampling period; of a checked rule, how long until it is checked again."),
      Field(
        "check", .word(ThrottleRule.Check.allCases.map(\.rawValue)),
        .value("sampled", because: "a rule that is always looked at reacts soonest"),
        "When the signal is read: sampled, before_batch, after_batch or after_round."),
      Field(
        "hold", .time(0...86_400), .value("0s", because: "goes on as soon as it may"),
        "Once tripped, nothing starts for so long; a checked rule then goes on without another look."
      ),
      Field(
        "patience", .positiveTime(to: 86_400), .nothing("waits as long as it takes"),
        "After holding back for so long a sampled rule lets one batch of each worker through."),
      Field(
        "fresh_for", .time(0...3_600), .value("0s", because: "each batch is checked"),
        "How long a good answer of a checked rule counts."),
    ],
    forms: [
      .init(required: ["pause_when"], optional: ["resume_when", "hold", "patience"]),
      .init(required: ["abort_when"], optional: ["for"]),
      .init(required: ["slow_when"], optional: ["sleep", "max_sleep"]),
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

extension FailureCode {
  /// As `retry.on` names them, in the order of the cases.
  static let retryable: [(key: String, code: FailureCode)] = [
    ("lock_timeout", .lockTimeout), ("deadlock", .deadlock), ("serialization", .serialization),
    ("connection", .connectionLost), ("other", .other),
  ]
}
