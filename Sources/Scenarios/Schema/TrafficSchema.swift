import Traffic

extension ScenarioSchema {
  static let trafficClass = Section(
    doc: "One kind of application transaction.",
    fields: [
      Field(
        "preset", .text(.free), .nothing("everything is written here"),
        "Fills statements and keys, maybe as several classes: \(Suggestion.list(Presets.names(of: .traffic)))."
      ),
      Field("name", .text(.name), .required, "Name; the `class` label of metrics."),
      Field(
        "rate", .quantity(.rate, Bounds(0...10_000_000, lowOpen: true)), .required,
        "Open arrivals, where the curve is 1: they do not wait for answers."),
      Field(
        "arrivals",
        .either([
          .word(["poisson", "constant"]),
          .section(
            Section(
              doc: "Burstier or more regular than Poisson.",
              fields: [Field("gamma", .section(gamma), .required, "Gamma-distributed gaps.")])),
        ]), .value("poisson", because: "many independent users"), "How open arrivals are spread."),
      Field(
        "curve", .dictionary(key: "\"HH:MM\"", .number(Bounds(0...1_000)), notEmpty: true),
        .nothing("the same rate all day"),
        "Factors of the rate by time of day, linear between the points."),
      Field(
        "clients", .count(1...1_000_000), .required,
        "Closed traffic: so many clients, each waiting for its answer."),
      Field(
        "think_between", .time(0...86_400), .value("0ms", because: "clients that never rest"),
        "Mean time between an answer and the client's next transaction."),
      Field(
        "on", .text(.name), .value("primary", because: "where writes have to go"),
        "primary, or a replica's name."),
      Field(
        "statements", .list(.section(statement), notEmpty: true), .nothing("the script's"),
        "The statements of one transaction, in order."),
      Field(
        "script", .text(.free), .nothing("the statements"),
        "In their place a pgbench script beside the scenario, or \(builtinScripts): its UPDATE, SELECT, "
          + "DELETE and INSERT by key, and random, random_zipfian, permute."),
      Field(
        "define", .dictionary(key: "variable", .count(0...1_000_000_000_000), notEmpty: true),
        .nothing("the script's own; scale is counted as pgbench does"),
        "Variables of the script, as pgbench -D."),
      Field(
        "keys", .section(keys), .value("{}", because: "no key is hotter than another"),
        "Which rows are touched: one draw per transaction and table."),
      Field(
        "think", .time(0...3_600), .value("0ms", because: "statements follow each other"),
        "Application time inside the transaction, between statements."),
      Field(
        "timeout", .positiveTime(to: 86_400), .nothing("the client waits for ever"),
        "The client cancels after this long since the intended arrival."),
      Field(
        "retry", .section(retryOfTraffic), .value("{}", because: "no further tries"),
        "What the application does after a failure."),
      Field(
        "pool", .text(.name), .value("app", because: "the pool that exists by itself"),
        "Connection pool."),
    ],
    forms: [
      .init(required: ["rate"], optional: ["arrivals", "curve"]),
      .init(required: ["clients"], optional: ["think_between"]),
    ],
    misplaced: [
      "pgbench_script": "script: takes it", "model": "rate is open, clients is closed",
      "weight": "give each class its own rate",
    ],
    presets: .traffic)

  private static let builtinScripts = BuiltinScripts.names.map { "builtin:\($0)" }
    .joined(separator: ", ")

  private static let gamma = Section(
    doc: "Independent gamma-distributed gaps.",
    fields: [
      Field(
        "cv", .number(Bounds(0...20, lowOpen: true)), .required,
        "Coefficient of variation of the gaps; 1 is Poisson.")
    ])

  private static let retryOfTraffic = Section(
    doc: "The application's own retries.",
    fields: [
      Field(
        "max", .count(0...1_000), .value("0", because: "a failure is shown to the user"),
        "Further tries."),
      Field(
        "backoff", .time(0...3_600), .value("100ms", because: "a usual client default"),
        "Delay before each."),
    ])

  private static let statement = Section(
    doc: "One statement of a transaction.",
    fields: [
      Field("kind", .word(Statement.Kind.allCases.map(\.rawValue)), .required, "What it does."),
      Field(
        "table", .text(.identifier), .computed("the first table"), "Table, where there are several."
      ),
      Field(
        "rows", .count(1...1_000_000), .value("1", because: "the usual point access"),
        "Rows touched."),
      Field(
        "by", .text(.identifier), .value("primary_key", because: "the usual point access"),
        "primary_key, scan, or the name of an index."),
      Field(
        "pick", .word(Statement.Pick.allCases.map(\.rawValue)),
        .value("same", because: "one draw per transaction and table"),
        "The transaction's own key, or another draw."),
      Field(
        "set", .list(.text(.identifier), notEmpty: true), .nothing("no indexed column"),
        "Columns that an update writes: one in an index makes HOT impossible."),
    ])

  private static let keys = Section(
    doc: "How draws are spread over the rows.",
    fields: [
      Field(
        "distribution", .word(["uniform", "zipf", "hotspot", "latest"]),
        .value("uniform", because: "no key is hotter than another"), "Shape of the distribution."),
      Field(
        "s", .number(Bounds(0...20, lowOpen: true)),
        .value("0.99", because: "YCSB's zipfian constant"),
        "Exponent of zipf and latest; larger is more skewed."),
      Field(
        "fraction", .quantity(.ratio, Bounds(0...1, lowOpen: true)),
        .value("20%", because: "the 80/20 rule"), "hotspot: the share of the rows that is hot."),
      Field(
        "share", .share(), .value("80%", because: "the 80/20 rule"),
        "hotspot: the share of the draws that goes there."),
      Field(
        "scatter", .flag, .value("true", because: "hot rows seldom lie side by side"),
        "Hot keys are spread over the table instead of lying at its start."),
    ])

  static let pool = Section(
    doc: "A connection pool.",
    fields: [
      Field(
        "size", .count(1...100_000),
        .value("40", because: "a few connections per core and replica set"),
        "Connections."),
      Field(
        "wait_timeout", .time(0...86_400),
        .value("1s", because: "between HikariCP's 30 s and fast failure"),
        "A transaction that waits longer for a connection is rejected."),
    ])

  static let event = Section(
    doc: "Something that happens at a moment, counted from the backfill's start.",
    fields: [
      Field("at", .time(), .required, "When, from the backfill's start."),
      Field(
        "do",
        .word([
          "cancel", "set", "long_transaction", "replica_stop", "replica_query", "traffic_surge",
        ]), .required, "What."),
      Field(
        "path", .text(.free), .nothing("not applicable"),
        "set: strategy.workers, strategy.batch.rows, strategy.pause, strategy.lock_timeout, "
          + "database.settings.lock_timeout, traffic.timeout, traffic.NAME.timeout or traffic.NAME.on."
      ),
      Field(
        "value", .anything, .nothing("not applicable"),
        "set: the new value, written as at the path."),
      Field(
        "for", .positiveTime(), .nothing("not applicable"),
        "How long: long_transaction, replica_stop, replica_query, traffic_surge."),
      Field(
        "replica", .text(.name), .computed("the first replica"),
        "replica_stop, replica_query: which."),
      Field(
        "class", .text(.name), .nothing("every open class"), "traffic_surge: which class."),
      Field(
        "factor", .number(Bounds(0...1_000, lowOpen: true)), .nothing("not applicable"),
        "traffic_surge: arrivals are that many times as frequent; surges that overlap multiply."),
    ])
}
