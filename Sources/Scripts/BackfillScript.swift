import Gates
import LiveDriver
import Primitives
import Scenarios
import Strategies

/// A scenario's backfill as a program that somebody else runs: the strategy's numbers filled in, its gates
/// as comments.
package struct BackfillScript: Sendable {
  package enum Language: String, Sendable, CaseIterable {
    case psql, bash, rails, django
    case ptArchiver = "pt-archiver"
    case ghost = "gh-ost"
  }

  /// Why there is no such script.
  package struct Refusal: Error, Hashable, Sendable {
    package var reason: String
    package var help: String
  }

  /// The program.
  package var text: String
  /// What the strategy does and the program does not.
  package var notes: [String]

  package init(
    _ scenario: Scenario, in language: Language, source: String, version: String
  ) throws(Refusal) {
    guard let parts = ScriptParts(scenario, language, source: source, version: version) else {
      throw Refusal(
        reason: "the scenario has no backfill", help: "there is nothing that a script could do")
    }
    switch language {
    case .psql: text = PSQLScript(parts).text
    case .bash: text = BashScript(parts).text
    case .rails: text = RailsScript(parts).text
    case .django: text = DjangoScript(parts).text
    case .ptArchiver:
      throw Refusal(
        reason: "pt-archiver copies or deletes rows of MySQL; this backfill updates rows in place",
        help: "--as psql, bash, rails or django")
    case .ghost:
      throw Refusal(
        reason:
          "gh-ost changes a MySQL table's definition through a copy; this backfill updates rows",
        help: "--as psql, bash, rails or django")
    }
    notes = parts.notes
  }
}

/// What every language says in its own way.
struct ScriptParts: Sendable {
  let scenario: Scenario
  let backfill: Backfill
  let language: BackfillScript.Language
  let source: String
  let version: String

  init?(
    _ scenario: Scenario, _ language: BackfillScript.Language, source: String, version: String
  ) {
    guard let backfill = scenario.backfill else { return nil }
    self.language = language
    self.scenario = scenario
    self.backfill = backfill
    self.source = source
    self.version = version
  }

  var strategy: Configuration { scenario.strategy }
  var tableText: String { scenario.tables[0].name }
  var table: String { TableName(tableText).sql }
  var keyText: String { scenario.tables[0].primaryKey.column }
  var key: String { Quoting.identifier(keyText) }
  var type: String { scenario.tables[0].primaryKey.type == .bigint ? "bigint" : "uuid" }

  var assignments: String {
    backfill.set.map { "\(Quoting.identifier($0.column)) = \(Self.enclosed($0.expression))" }
      .joined(separator: ", ")
  }

  /// `true` where every row is wanted.
  var filter: String { backfill.filter.map(Self.enclosed) ?? "true" }

  /// A comment at its end must not swallow what follows.
  private static func enclosed(_ expression: String) -> String {
    expression.contains("--") ? "(\(expression)\n)" : "(\(expression))"
  }

  var isWhole: Bool { strategy.planner == .monolithic }

  /// Rows of a batch, and within what they are steered towards a time.
  var rows: (first: Int, least: Int, most: Int, target: Double?) {
    switch strategy.batch {
    case .rows(let rows): (rows, rows, rows, nil)
    case .targetTime(let time, let least, let most): (least, least, most, time.seconds)
    case .steered: (1_000, 100, 10_000, nil)
    }
  }

  /// Seconds; the second is a multiple of the last batch's time.
  var pause: (fixed: Double, ratio: Double) {
    switch strategy.pause {
    case .fixed(let span): (span.seconds, 0)
    case .ratio(let ratio): (0, ratio)
    }
  }

  /// As `lock_timeout` takes it; nil leaves the server's own.
  var lockTimeout: String? {
    switch strategy.lockTimeout {
    case .server, .skipLocked: nil
    case .nowait: "1ms"
    case .after(let span), .serverPlus(let span): "\(max(1, Int(span.seconds * 1e3)))ms"
    }
  }

  /// Lines of a comment: what this is, what to watch, what is left out.
  ///
  /// None has a line break in it.
  var remarks: [String] {
    var lines = [
      "\(scenario.name): fills \(backfill.set.map(\.column).joined(separator: ", ")) of \(tableText).",
      "Written by rehearse \(version) from \(source).",
    ]
    if !scenario.gates.isEmpty {
      lines.append("Gates of the scenario; watch them, and stop where one is crossed:")
      lines += scenario.gates.map { "  \($0.id): \($0.metric) \($0.expectation)" }
    }
    lines += notes.map { "Unlike the strategy: \($0)." }
    return lines.map(Self.oneLine)
  }

  /// What the strategy has and a script has not.
  var notes: [String] {
    var notes: [String] = []
    if strategy.planner == .offset { notes.append("batches are found by key, not by OFFSET") }
    if strategy.statement == .ctid { notes.append("batches are ranges of the key, not of blocks") }
    if strategy.order != .ascending { notes.append("keys are worked on in ascending order") }
    if strategy.workers > 1 {
      notes.append("one worker instead of \(strategy.workers)")
    }
    if strategy.rounds != nil { notes.append("batches do not come in rounds") }
    if case .steered = strategy.batch {
      notes.append("batches have \(rows.first) rows; the sizer is a runner's own")
    }
    if case .serverPlus = strategy.lockTimeout {
      notes.append("the lock timeout does not add to the server's own")
    }
    if strategy.lockTimeout == .skipLocked {
      notes.append("it waits for rows that others hold instead of coming back to them")
    }
    notes += strategy.throttle.filter { SignalQuery($0) == nil }.map {
      "nothing pauses on \($0.condition.signal.rawValue)"
    }
    return notes + notesOfLanguage
  }

  /// What a program in another language would have.
  private var notesOfLanguage: [String] {
    var notes: [String] = []
    if rows.target != nil, language != .psql {
      notes.append("batches have \(rows.first) rows and are not steered towards a time")
    }
    if strategy.statement == .perRow, isWhole || language != .psql {
      notes.append("rows are changed by one statement a batch, not one by one")
    }
    if pause.ratio > 0, language == .bash {
      notes.append(
        "it rests 0.1 s after a batch, not \(pause.ratio) times as long as the batch took")
    }
    if strategy.giveUp == .split, language != .psql {
      notes.append("a batch that keeps failing is left out whole, not halved")
    }
    let aborting = checks.filter { $0.resume == nil }.map(\.condition.signal.rawValue)
    if language == .rails, !aborting.isEmpty {
      notes.append("nothing ends it on \(aborting.joined(separator: ", "))")
    }
    if language == .rails,
      checks.contains(where: { ($0.resume ?? $0.condition).limit != $0.condition.limit })
    {
      notes.append("a pause ends where it began, not at resume_when")
    }
    let failures: Set<FailureCode> = [.lockTimeout, .deadlock, .serialization]
    if strategy.retry.max > 0, !failures.isSubset(of: strategy.retry.on) {
      notes.append("lock timeouts, deadlocks and serialization failures are all tried again")
    }
    return notes
  }

  var checks: [SignalQuery] { strategy.throttle.compactMap(SignalQuery.init) }

  /// Without line breaks and other controls: it has to stay in its comment.
  static func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069:
        line.append(" ")
      default: line.append(scalar)
      }
    }
    return String(line)
  }
}

/// A throttle's rule whose signal one query on the primary can read.
struct SignalQuery: Sendable {
  /// Gives one number.
  var sql: String
  var condition: Condition
  /// When a pause ends; nil for a rule that aborts.
  var resume: Condition?
  /// Seconds that an aborting condition has to hold.
  var holds = 0.0
  /// Seconds between two looks.
  var every: Double

  /// Nil where no query tells, or the rule does something else.
  init?(_ rule: ThrottleRule) {
    switch rule.condition.signal {
    case .replicaLag:
      sql =
        "SELECT coalesce(max(extract(epoch FROM replay_lag)), 0)::float8 FROM pg_stat_replication"
    case .replicaLagBytes:
      sql = """
        SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0)::float8 \
        FROM pg_stat_replication
        """
    case .appActive:
      sql = """
        SELECT count(*)::float8 FROM pg_stat_activity WHERE state = 'active' \
        AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        """
    case .locksWaiting:
      sql = "SELECT count(*)::float8 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    default: return nil
    }
    condition = rule.condition
    every = max(0.01, rule.every.seconds)
    switch rule.effect {
    case .pause(let resumeWhen): resume = resumeWhen
    case .abort(let after): holds = after.seconds
    case .slow: return nil
    }
  }

  var words: String {
    "\(condition.signal.rawValue) \(condition.comparison.rawValue) \(condition.limit)"
  }
}
