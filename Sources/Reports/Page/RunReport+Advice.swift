import Gates
import Measurements

// What it means: what binds, how far to trust it, when to stop, how to repeat it.
extension RunReport {
  /// Simulated beside live, where both are there.
  var worlds: PageSection {
    let all = [run] + others
    guard let live = all.first(where: { $0.header.world == .live }),
      let simulated = all.first(where: { $0.header.world == .simulated })
    else { return PageSection(title: "Simulated and live") }
    var table = HTMLTable(["metric", "simulated", "nine of ten executions", "live", "live is"])
    for metric in simulated.metrics where Self.isCompared(metric.metric) {
      guard let mean = metric.mean, let measured = live.metric(metric.metric)?.mean,
        mean != 0 || measured != 0
      else { continue }
      func text(_ value: Double) -> String { Human.text(value, unit: metric.unit) }
      var range = "-"
      var place = mean == 0 ? "-" : "\(Human.text(measured / mean, unit: "x"))"
      if let low = metric.predictedLow, let high = metric.predictedHigh {
        range = "\(text(low)) .. \(text(high))"
        place += measured < low ? ", below" : measured > high ? ", above" : ", inside"
      }
      table.add([metric.metric.description, text(mean), range, text(measured), place])
    }
    return PageSection(
      title: "Simulated and live",
      lead: """
        <p>The same scenario in both worlds. Charts below show the simulated run as a band and the live
        one as a line.</p>

        """, body: table.html)
  }

  private static func isCompared(_ key: MetricKey) -> Bool {
    let names = [
      "backfill.duration", "backfill.batch.duration.mean", "app.latency.p50", "app.latency.p99",
      "app.unserved_ratio", "replica.lag.max", "locks.waits", "locks.wait.mean", "wal.bytes",
    ]
    return names.contains(key.name) && (key["phase"] ?? "during") == "during"
      && (key.name.hasPrefix("app.") == (key["class"] != nil)) && key["who"] != "backfill"
      && (!key.name.hasPrefix("locks.") || key["who"] == "app")
  }

  var binding: PageSection {
    guard let sentence = LimitLines(run: run).sentence else {
      return PageSection(title: "What holds it back")
    }
    return PageSection(
      title: "What holds it back",
      lead: "<p>The backfill is limited by \(sentence).</p>\n")
  }

  /// Where the model's costs come from, in a few words.
  var costBasis: String {
    let costs = run.header.scenario.filter { $0.path.hasPrefix("database.costs.") }
    let assumed = costs.count { $0.origin.hasPrefix("default") }
    if costs.isEmpty { return "costs unknown" }
    if assumed == costs.count { return "not calibrated on your server" }
    return assumed == 0
      ? "calibrated" : "\(costs.count - assumed) of \(costs.count) costs calibrated"
  }

  var trust: PageSection {
    var points: [HTML] = []
    if isLive {
      points.append(
        "<li>Measured on \(serverVersion): one execution, with the noise that one has.</li>")
      if let driver = run.driver {
        points.append(
          """
          <li>The driver sent its transactions \(Human.duration(driver.scheduleLagP99)) late at most in
          99% of cases; that is part of every latency here.</li>
          """)
      }
    } else {
      points.append(
        """
        <li>Server costs: \(costBasis). <code>rehearse calibrate</code> measures them;
        uncalibrated, durations and latencies are those of a usual current server, and what matters is
        how settings compare.</li>
        """)
      points.append(
        """
        <li>\(RunText.plural(run.trials, "trial")) of model version \(run.header.modelVersion). The range for one
        execution covers how executions differ, not errors of the model; docs/model.md says what the
        model leaves out, results/ how far it was off where it was checked.</li>
        """)
    }
    if !run.complete { points.append("<li>The run was cut short: nothing here is final.</li>") }
    if run.censored {
      points.append(
        "<li>Some trials reached the horizon: their duration is longer than shown.</li>")
    }
    points += run.header.warnings.map { "<li>Warning \($0.code): \($0.message)</li>" }
    return PageSection(title: "How far to trust this", lead: "<ul>\(points)</ul>\n")
  }

  /// The throttle's rules that end a run, as written.
  var abortRules: [String] {
    run.header.scenario.filter { $0.path.hasSuffix(".abort_when") && $0.value != "none" }.map {
      let base = String($0.path.dropLast("abort_when".count))
      let time = run.setting(base + "for").flatMap { $0 == "none" || $0 == "0s" ? nil : $0 }
      return $0.value + (time.map { " for \($0)" } ?? "")
    }
  }

  var abort: PageSection {
    guard run.hasBackfill else { return PageSection(title: "When to abort") }
    var points: [HTML] = abortRules.map {
      "<li>The strategy stops by itself at <code>\($0)</code>.</li>"
    }
    for gate in run.gates where gate.level == .error && gate.metric.name != "backfill.duration" {
      let breach =
        gate.firstBreach.map {
          $0 <= 0 ? ": expected from the start" : ": expected after \(Human.duration($0))"
        } ?? ""
      points.append(
        "<li>Stop when \(gate.metric.description) is not \(gate.expectation)\(breach).</li>")
    }
    let recovery: HTML
    if let value = run.value("abort.recovery") {
      recovery =
        value.isFinite
        ? """
        <p>Stopped at its worst moment, latency and lag are back to what they were before after
        <b>\(Human.duration(value))</b>.</p>
        """
        : "<p>Stopped at its worst moment, latency and lag were not seen to come back.</p>"
    } else {
      recovery = ""
    }
    let isWhole = run.setting("strategy.planner") == "monolithic"
    let rest: HTML =
      isWhole
      ? "<p>It is one transaction: stopping undoes everything, and starting again begins anew.</p>"
      : """
      <p>Each batch is a transaction of its own: what is committed stays, and the backfill goes on from
      the last committed key.</p>
      """
    return PageSection(
      title: "When to abort, and how long recovery takes",
      lead: "<ul>\(points)</ul>\n\(recovery)\n\(rest)\n")
  }

  /// What repeats the run.
  var command: String {
    if let repetition { return repetition }
    let verb = isLive ? "live" : "simulate"
    var words = ["rehearse", verb, source ?? "FILE"]
    for setting in run.header.scenario where setting.origin == "--set" {
      words += ["--set", Shell.quoted("\(setting.path)=\(setting.value)")]
    }
    return words.joined(separator: " ")
  }

  var reproduction: PageSection {
    var table = HTMLTable(["", ""])
    for (name, version) in run.header.versions.sorted(by: { $0.key < $1.key }) {
      table.add([name, version])
    }
    if !isLive { table.add(["model version", "\(run.header.modelVersion)"]) }
    table.add(["seed", "\(run.header.seed)"])
    if let hash = run.traceHash { table.add(["trace hash", hash]) }
    let host = run.header.host
    table.add([
      "host",
      "\(host.os), \(host.arch), \(host.cpus) CPUs, \(Human.bytes(Double(host.memoryBytes)))",
    ])
    var values = HTMLTable(["value", "is", "because"])
    for setting in run.header.scenario {
      values.add(pieces: [
        "<code>\(setting.path)</code>", "<code>\(setting.value)</code>", "\(setting.origin)",
      ])
    }
    return PageSection(
      title: "How to reproduce it",
      lead: """
        <pre>\(command)</pre>
        <p>The same scenario, seed and build give the same numbers, digit for digit.</p>

        """,
      body: """
        \(table.html)<details><summary>Every resolved value, and why</summary>
        \(values.html)</details>

        """)
  }
}
