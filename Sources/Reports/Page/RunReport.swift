import Gates
import Measurements

/// What is said about one scenario's runs: the first of them leads, the others are set beside it.
struct RunReport {
  var run: RunRecord
  var source: String?
  var others: [RunRecord]
  /// What repeats it, where that is not the run's own command.
  var repetition: String?

  init(_ inputs: [RunPage.Input]) {
    run = inputs[0].record
    source = inputs[0].source
    others = inputs.dropFirst().map(\.record)
  }

  /// In this order: the answer, the evidence, what to do with it.
  var sections: [PageSection] {
    [
      gates, worlds, finish, application, lag, locks, storage, batch, binding, trust, abort,
      reproduction,
    ].filter { !$0.isEmpty }
  }

  var head: HTML {
    """
    <header>
    <h1>\(run.header.name)</h1>
    <p class="strip">\(identity)</p>
    <p class="verdict \(HTML(trusted: run.verdict.rawValue))"><b>\(verdictWord)</b>
    \(VerdictWords(run: run).sentence)</p>
    <dl class="answers">\(answers.map { question, answer, note -> HTML in
      "<div><dt>\(question)</dt><dd><strong>\(answer)</strong>\(note)</dd></div>\n"
    })</dl>
    </header>

    """
  }

  var isLive: Bool { run.header.world == .live }

  private var verdictWord: String {
    run.verdict == .none ? "NO GATES" : run.verdict.rawValue.uppercased()
  }

  private var identity: String {
    var parts = [run.header.world.rawValue]
    parts.append(isLive ? serverVersion : RunText.plural(run.trials, "trial"))
    parts += ["seed \(run.header.seed)", "rehearse \(run.header.versions["rehearse"] ?? "?")"]
    if !isLive { parts.append("model version \(run.header.modelVersion)") }
    if let source { parts.append(source) }
    if !run.complete { parts.append("INCOMPLETE: the run was cut short") }
    if run.censored { parts.append("some trials reached the horizon") }
    return parts.joined(separator: " · ")
  }

  var serverVersion: String {
    run.header.versions["postgresql"].map { "PostgreSQL \($0)" } ?? "PostgreSQL"
  }

  /// The six questions that a reader comes with.
  private var answers: [(String, String, String)] {
    [howLong, howMuchWorse, whatBinds, whenToAbort, howSure, howToRepeat].compactMap { $0 }
  }

  private var howLong: (String, String, String)? {
    guard let duration = run.metric("backfill.duration"), let text = duration.text else {
      return nil
    }
    var note = run.setting("backfill.deadline").map { $0 == "none" ? "" : "deadline \($0)" } ?? ""
    if let low = duration.predictedLow, let high = duration.predictedHigh, high.isFinite {
      note =
        "nine of ten executions: \(Human.duration(low)) to \(Human.duration(high))"
        + (note.isEmpty ? "" : "; \(note)")
    }
    return ("How long does it take?", text, note)
  }

  private var howMuchWorse: (String, String, String)? {
    let classes = run.labels("class", of: "app.latency.p99").compactMap { name in
      let before = run.value("app.latency.p99", ["class": name, "phase": "before"])
      let during = run.value("app.latency.p99", ["class": name])
      return during.map { (name: name, before: before, during: $0) }
    }
    func factor(_ one: (name: String, before: Double?, during: Double)) -> Double {
      one.before.map { $0 > 0 ? one.during / $0 : 0 } ?? 0
    }
    guard run.hasBackfill, let worst = classes.max(by: { factor($0) < factor($1) }) else {
      return nil
    }
    let ratio = factor(worst)
    let change = worst.before.map { "\(Human.duration($0)) to " } ?? ""
    var note = "p99 of \(worst.name): \(change)\(Human.duration(worst.during))"
    if let unserved = run.value("app.unserved_ratio"), unserved > 0 {
      note += "; \(Human.percent(unserved)) of all transactions not served"
    }
    return (
      "How much worse for the application?",
      ratio > 0 ? "\(Human.text(ratio, unit: "x")) the p99" : Human.duration(worst.during), note
    )
  }

  private var whatBinds: (String, String, String)? {
    let judged = run.gates.filter { $0.level == .error && $0.limit != 0 }
    let nearest = judged.compactMap { gate in
      gate.margin.map { (gate: gate, share: $0 / abs(gate.limit)) }
    }.min { $0.share < $1.share }
    guard let nearest, nearest.share.isFinite else { return nil }
    let words =
      nearest.share < 0
      ? "\(Human.margin(-nearest.share)) beyond its limit"
      : "\(Human.margin(nearest.share)) to spare"
    let unit = GateWords(gate: nearest.gate, run: run).unit
    let value = nearest.gate.value.map { Human.text($0, unit: unit) } ?? "-"
    return (
      "Which limit binds?", nearest.gate.id,
      "\(nearest.gate.metric.name) \(value), limit \(nearest.gate.expectation): \(words)"
    )
  }

  private var whenToAbort: (String, String, String)? {
    guard run.hasBackfill else { return nil }
    let rules = abortRules
    let recovery = run.value("abort.recovery").map {
      $0.isFinite
        ? "stopped at its worst moment, it is over after \(Human.duration($0))"
        : "stopped at its worst moment, recovery was not seen"
    }
    return (
      "When to abort?", rules.first ?? "when a gate's limit is crossed", recovery ?? ""
    )
  }

  private var howSure: (String, String, String)? {
    if isLive {
      return ("How sure is this?", "one execution", "measured, not predicted: another one differs")
    }
    let assurance = Human.share(run.header.assurance)
    return (
      "How sure is this?", RunText.plural(run.trials, "simulated execution"),
      "a gate passes when at least \(assurance) of executions meet it, with 95% confidence; "
        + costBasis
    )
  }

  private var howToRepeat: (String, String, String)? {
    ("How to repeat it?", "seed \(run.header.seed)", command)
  }
}
