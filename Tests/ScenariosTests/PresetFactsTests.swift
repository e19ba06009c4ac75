import Primitives
import Strategies
import Testing

@testable import Scenarios

/// Goal: a preset has the numbers of its runner's source.
///
/// Method: what a preset resolves to, in a line, beside a line that was written from the runners' own defaults and
/// documentation (the sources that `presets NAME` gives), not from the preset. The laws that these numbers
/// feed are held against hand-worked sequences in StrategiesTests.
@Suite("Presets have their runners' numbers")
struct PresetFactsTests {
  @Test(
    "Batch, statement, pace, locks, retries and throttles",
    arguments: [
      ("keyset", "1000 rows, range"),
      ("monolithic", "1000 rows, range, monolithic, one try"),
      ("offset", "1000 rows, keys, offset"),
      ("ctid", "10000 rows, ctid"),
      (
        "skip-locked-queue",
        "1000 rows, lock_then_update, 2 workers, pause 0.2 s, skip locked, again 0.2 to 0.2 s for ever"
      ),
      (
        "gitlab-bbm",
        "100 rows, range, pause 0.1 s, rounds of 1000 (1000 to 2000000) every 120.0 s steered, "
          + "3 tries 120.0 to 120.0 s, shrinking by 0.75 to 0.35, split, "
          + "vacuum.running >= 1.0 after_round hold 600.0 s"
      ),
      ("pgroll", "1000 rows, lock_then_update, lock 0.5 s, again 1.0 to 60.0 s for ever"),
      ("job-iteration", "100 rows, keys, one try"),
      ("online-migrations", "1000 rows, range, pause 0.05 s, one try"),
      ("online-migrations-bg", "100 rows, range, 5 tries 60.0 to 60.0 s"),
      ("strong-migrations", "10000 rows, range, pause 0.01 s, one try"),
      ("safe-pg-migrations", "100000 rows, range, pause 0.5 s, one try"),
      ("rails-in-batches", "1000 rows, range, one try"),
      ("rails-find-each", "1 rows, keys, one try"),
      ("bulk-save-objects", "1000 rows, per_row, monolithic, one try"),
      ("django-atomic", "1000 rows, per_row, monolithic, one try"),
      (
        "gh-ost",
        "1000 rows, range, nowait, 60 tries 1.0 to 1.0 s, replica.lag > 1.5 every 0.1 s hold 0.25 s, "
          + "replica.lag 0.1 s late"
      ),
      (
        "pt-online-schema-change",
        "average_rate 0.5 s from 1000 (1 to 100000000), range, lock 1.0 s, 10 tries 0.25 to 0.25 s, "
          + "replica.lag > 1.0 after_batch every 1.0 s, app.active >= 25.0 after_batch every 1.0 s, "
          + "abort: app.active >= 50.0 after_batch"
      ),
      ("pt-archiver", "1 rows, range, 2 tries 0.0 to 0.0 s"),
      (
        "spirit-time",
        "p90 0.5 s from 1000 (10 to 100000), range, lock 3.0 s, 3 tries 0.01 to 0.03 s, "
          + "replica.lag >= 120.0 every 5.0 s patience 60.0 s"
      ),
      (
        "spirit-bytes",
        "p90 16777216 B from 1000 (10 to 100000), range, lock 3.0 s, 3 tries 0.01 to 0.03 s, "
          + "replica.lag >= 120.0 every 5.0 s patience 60.0 s"
      ),
      (
        "vitess",
        "welch 250000 B (1 to 100000000), range, again 5.0 to 5.0 s for ever, "
          + "replica.lag > 5.0 every 0.25 s hold 0.25 s"
      ),
      ("lhm", "2000 rows, range, pause 0.1 s, lock server's and 10.0 s, 20 tries 1.0 to 1.0 s"),
      (
        "lhm-lag",
        "2000 rows, range, lock server's and 10.0 s, 20 tries 1.0 to 1.0 s, "
          + "replica.lag > 10.0 after_batch sleeping 0.1 to 102.4 s"
      ),
    ])
  func numbers(name: String, expected: String) throws {
    let strategy = try loadOrPrint { () throws(ScenarioFailure) in
      try ScenarioFile.load(
        text: scenario(with: "strategy: {preset: \(name)}"), path: "s.yaml")
    }.scenario.strategy
    #expect(Self.line(strategy) == expected)
  }

  @Test("No preset is left out")
  func all() {
    #expect(Presets.all.count { $0.family == .strategy } == 24)
  }

  private static func line(_ strategy: Configuration) -> String {
    var parts = [batch(strategy.batch), strategy.statement.rawValue]
    if strategy.planner != .keyset { parts.append(strategy.planner.rawValue) }
    if strategy.workers > 1 { parts.append("\(strategy.workers) workers") }
    if case .fixed(let pause) = strategy.pause, pause > .zero {
      parts.append("pause \(seconds(pause)) s")
    }
    if let rounds = strategy.rounds {
      parts.append(
        "rounds of \(rounds.rows) (\(rounds.minRows) to \(rounds.maxRows)) every "
          + "\(seconds(rounds.every)) s" + (rounds.isSteered ? " steered" : ""))
    }
    switch strategy.lockTimeout {
    case .server: break
    case .serverPlus(let more): parts.append("lock server's and \(seconds(more)) s")
    case .after(let wait): parts.append("lock \(seconds(wait)) s")
    case .nowait: parts.append("nowait")
    case .skipLocked: parts.append("skip locked")
    }
    parts += retries(strategy.retry)
    if strategy.giveUp == .split { parts.append("split") }
    parts += strategy.throttle.map(throttle)
    for (signal, sensor) in strategy.sensors where sensor.delay > .zero {
      parts.append("\(signal.rawValue) \(seconds(sensor.delay)) s late")
    }
    return parts.joined(separator: ", ")
  }

  /// To the microsecond: minutes are not whole in binary.
  private static func seconds(_ span: TimeSpan) -> Double { (span.seconds * 1e6).rounded() / 1e6 }

  private static func batch(_ size: BatchSize) -> String {
    switch size {
    case .rows(let rows): return "\(rows) rows"
    case .targetTime(let time, let least, let most):
      return "\(seconds(time)) s (\(least) to \(most))"
    case .steered(let steering):
      let bounds = "(\(steering.minRows) to \(steering.maxRows))"
      switch steering.goal {
      case .time(let time):
        return "\(steering.law.rawValue) \(seconds(time)) s from \(steering.firstRows) \(bounds)"
      // Packets of Vitess begin with their goal.
      case .bytes(let bytes, _):
        let first = steering.law == .welch ? "" : " from \(steering.firstRows)"
        return "\(steering.law.rawValue) \(bytes) B\(first) \(bounds)"
      }
    }
  }

  /// Nothing for what every strategy has by default.
  private static func retries(_ retry: Retry) -> [String] {
    if retry == Retry() { return [] }
    if retry.max == 0 { return ["one try"] }
    let delays = "\(seconds(retry.backoff)) to \(seconds(retry.maxBackoff)) s"
    let tries =
      retry.max >= 10_000 ? "again \(delays) for ever" : "\(retry.max + 1) tries \(delays)"
    return retry.shrink < 1
      ? [tries, "shrinking by \(retry.shrink) to \(retry.leastShare)"] : [tries]
  }

  private static func throttle(_ rule: ThrottleRule) -> String {
    let condition = rule.condition
    var text =
      "\(condition.signal.rawValue) \(condition.comparison.rawValue) \(condition.limit)"
    if rule.check != .sampled { text += " \(rule.check.rawValue)" }
    switch rule.effect {
    case .pause: if rule.check != .afterRound { text += " every \(seconds(rule.every)) s" }
    case .abort: text = "abort: " + text
    case .slow(let from, let to): text += " sleeping \(seconds(from)) to \(seconds(to)) s"
    }
    if rule.hold > .zero { text += " hold \(seconds(rule.hold)) s" }
    if let patience = rule.patience { text += " patience \(seconds(patience)) s" }
    return text
  }
}
