/// The one description of the scenario file: checks, defaults, JSON Schema and the reference page
/// all come from it.
enum ScenarioSchema {
  static let root = Section(
    doc: """
      A scenario describes the table, the backfill, the traffic and the server. Traffic alone and \
      a backfill alone are both valid: they are the baselines.
      """,
    fields: [
      Field(
        "version", .count(1...1), .value("1", because: "the only version of this format"),
        "Version of this format."),
      Field(
        "name", .text(.name), .computed("the file's name without its extension"),
        "Names runs, reports and files."),
      Field("description", .text(.free), .nothing("no description"), "What is rehearsed and why."),
      Field(
        "table", .section(table), .nothing("see tables"),
        "The backfilled table. Write `table` or `tables`."),
      Field(
        "tables", .list(.section(table), notEmpty: true), .nothing("see table"),
        "Several tables; the first is the backfilled one."),
      Field(
        "backfill", .section(backfill), .nothing("no backfill: the traffic alone"),
        "The job that is rehearsed."),
      Field(
        "strategy", .section(strategy), .value("{}", because: "every knob has a default"),
        "How the backfill proceeds: planning, sizing, pacing, throttling, retrying."),
      Field(
        "variants", .dictionary(key: "NAME", .anything, notEmpty: true), .nothing("no variants"),
        "Named changes to this scenario: maps merge, lists and alternatives replace, null removes."),
      Field("tune", .section(tune), .nothing("not tuned"), "What `tune` may vary."),
      Field(
        "traffic", .list(.section(trafficClass), notEmpty: false),
        .value("[]", because: "no traffic: the backfill alone"),
        "The application's transactions, one item per kind."),
      Field(
        "pools", .dictionary(key: "NAME", .section(pool), notEmpty: false),
        .value("{}", because: "one pool \"app\" of 40 connections where traffic names no other"),
        "Connection pools of the application."),
      Field(
        "events", .list(.section(event), notEmpty: false),
        .value("[]", because: "nothing happens by itself"),
        "What happens during the run: mitigations and accidents."),
      Field(
        "database", .section(database), .value("{}", because: "every part has a default"),
        "The server, its storage and its replicas."),
      Field(
        "gates", .list(.section(gate), notEmpty: false),
        .value("[]", because: "no gates: the verdict is none"),
        "The pass, fail or inconclusive rules."),
      Field(
        "run", .section(run), .value("{}", because: "every part has a default"),
        "Trials, phases and confidence."),
    ],
    reserved: ["fleet"],
    misplaced: [
      "engine": "it belongs to database: {engine: …}",
      "throttle": "it belongs to strategy: {throttle: […]}",
      "batch": "it belongs to strategy: {batch: {rows: …}}",
      "workers": "it belongs to strategy: {workers: …}",
      "deadline": "it belongs to backfill: {deadline: …}",
      "seed": "it belongs to run: {seed: …}",
      "trials": "it belongs to run: {trials: …}",
      "replicas": "it belongs to database: {replicas: […]}",
      "storage": "it belongs to database: {storage: …}",
      "settings": "it belongs to database: {settings: …}",
    ])

  static let tune = Section(
    doc: "The search space of `tune`.",
    fields: [
      Field(
        "objective", .word(["min_duration", "min_impact", "max_headroom"]),
        .value("min_duration", because: "the fastest setting that passes the gates"),
        "What is best among the points that pass."),
      Field(
        "space",
        .dictionary(
          key: "PATH", .either([.section(tuneRange), .list(.text(.free), notEmpty: true)]),
          notEmpty: true), .nothing("batch, workers and pause over the usual values"),
        "Paths of `strategy` and the values to try."),
    ])

  private static let tuneRange = Section(
    doc: "A range of values.",
    fields: [
      Field("from", .text(.free), .required, "Smallest value, written as at that path."),
      Field("to", .text(.free), .required, "Largest value."),
      Field(
        "scale", .word(["log", "linear"]),
        .value("linear", because: "the plain reading of a range"),
        "How points are spread."),
      Field(
        "steps", .count(2...1_000), .value("5", because: "a first look"),
        "Values tried; the batch is searched instead."),
    ])

  static let run = Section(
    doc: "How often and how long it is simulated.",
    fields: [
      Field(
        "seed", .count(0...Int.max), .value("1", because: "any fixed number repeats the run"),
        "Seed of every draw."),
      Field(
        "trials", .either([.noValue("auto"), .count(1...100_000)]),
        .value("auto", because: "30 to 200, until every gate is decided"),
        "Simulated executions, each with its own seed."),
      Field(
        "assurance", .quantity(.ratio, Bounds(0...1, lowOpen: true, highOpen: true)),
        .value("90%", because: "nine in ten executions have to meet a gate"),
        "Share of the trials that have to meet a gate."),
      Field(
        "warmup", .time(0...86_400),
        .value("30s", because: "queues and caches settle; not measured"),
        "Traffic before anything is measured."),
      Field(
        "before", .time(0...86_400),
        .value("5min", because: "five one-minute windows to compare with"),
        "Measured traffic before the backfill starts."),
      Field(
        "after", .time(0...604_800),
        .value("10min", because: "lag and latency peak after the last batch"),
        "Measured traffic after the backfill; at least this long, and until drained."),
      Field(
        "horizon", .either([.noValue("auto"), .positiveTime()]),
        .value("auto", because: "3 × deadline, else 10 × the plan's estimate"),
        "Ends a trial that would not end, counted from the backfill's start."),
      Field(
        "start_at", .timeOfDay, .value("\"09:00\"", because: "the start of a working day"),
        "Time of day at which the backfill starts on the traffic curves."),
    ],
    misplaced: ["replications": "write trials", "confidence": "write assurance"])
}
