import Estimates
import Gates
import Measurements
import Scenarios
import Tuning

/// What tuning came to as a page: the setting, how it was chosen, what it depends on, then the confirming
/// trials as any other run.
package struct TunePage {
  private let result: TuneResult
  /// How the scenario was named on the command line.
  private let source: String

  package init(_ result: TuneResult, source: String) {
    self.result = result
    self.source = source
  }

  package var text: String {
    var shell = PageShell(title: "\(result.name): tuned for \(result.settings.objective.words)")
    let report = TuneReport(result: result, command: command)
    shell.add(report.head, report.sections)
    if let choice = result.recommended, let record = choice.record {
      var confirming = RunReport([RunPage.Input(record, source: source)])
      confirming.repetition = command
      shell.add(confirming.head, confirming.sections)
    }
    return shell.text
  }

  private var command: String {
    var words = "rehearse tune \(source)"
    if result.headroom != nil { words += " --headroom" }
    if !result.startTimes.isEmpty { words += " --start-times" }
    if !result.sensitivity.isEmpty { words += " --sensitivity" }
    return words
  }
}

/// The parts of that page that are about the search.
struct TuneReport {
  let result: TuneResult
  let command: String

  private var verdict: (Verdict, word: String, sentence: String) { TuneWords.verdict(result) }

  var head: HTML {
    let (verdict, word, sentence) = verdict
    let strip = [
      "tuned for \(result.settings.objective.words)", "seed \(result.seed)",
      RunText.plural(result.counts.points, "point"),
      RunText.plural(result.counts.trials, "simulated trial"),
    ].joined(separator: " · ")
    return """
      <header>
      <h1>\(result.name)</h1>
      <p class="strip">\(strip)\(result.complete ? "" : " · INCOMPLETE: the search was cut short")</p>
      <p class="verdict \(HTML(trusted: verdict.rawValue))"><b>\(word)</b> \(sentence)</p>
      <dl class="answers">\(answers.map { question, answer, note -> HTML in
        "<div><dt>\(question)</dt><dd><strong>\(answer)</strong>\(note)</dd></div>\n"
      })</dl>
      </header>

      """
  }

  private var answers: [(String, String, String)] {
    guard let choice = result.recommended else { return [] }
    var answers = choice.candidate.values.map { ($0.path.lastStep, $0.text, $0.path) }
    let duration = choice.record?.metric(MetricKey("backfill.duration"))?.value
    answers.append(
      (
        "How long does it take?", Human.duration(duration ?? choice.evaluation.duration),
        result.front.first.map {
          "the fastest that met the gates in the search: \(Human.duration($0.duration))"
        } ?? ""
      ))
    if let confirmation = choice.confirmation {
      answers.append(
        (
          "How sure is this?", "\(confirmation.passed) of \(confirmation.results.count)",
          "trials on fresh seeds met every gate"
        ))
    }
    return answers
  }

  var sections: [PageSection] { [search, exclusions, tradeOff, extras, sensitivity] }

  private var search: PageSection {
    var points: [HTML] = []
    if let choice = result.recommended {
      points.append("<p>\(TuneWords.confidence(choice))</p>\n")
    }
    if let binding = result.binding {
      points.append(
        "<p>Bound by \(TuneWords.binding(binding, result))\(TuneWords.price(result))</p>\n")
    }
    if let bounds = result.bounds, let tightest = bounds.binding {
      points.append(
        """
        <p>By arithmetic alone the first bound on the batch here is \(tightest.reason.words), at \
        \(Human.count(bounds.rows)) rows.</p>

        """)
    }
    let caption: HTML = """
      Every setting that was played. The green stretch is where the gates are met; the recommended one keeps \
      a margin to its end.
      """
    return PageSection(
      title: "What is safe, and what binds", lead: "\(points)",
      figures: SearchChart(result).map { [Figure(caption, $0)] } ?? [],
      body: """
        <pre>\(command)</pre>

        """)
  }

  private var exclusions: PageSection {
    var table = HTMLTable(["gate", "keeps out", "nearest", "beyond its limit", "with"])
    if result.recommended == nil {
      for exclusion in result.exclusions {
        let rule = exclusion.constraint.rule
        table.add([
          "\(rule.id): \(rule.metric.description) \(rule.expectation)",
          "\(exclusion.points) of \(result.counts.points)",
          TuneExclusionLines.text(exclusion.reading.value, rule),
          Human.margin(exclusion.reading.excess), TuneWords.short(exclusion.nearest.candidate),
        ])
      }
    }
    return PageSection(title: "What keeps every setting out", body: table.html)
  }

  private var tradeOff: PageSection {
    var front = HTMLTable(["setting", "duration", "app p99", ""])
    if result.front.count > 1 {
      for point in result.front {
        let isOwn = point.candidate == result.recommended?.candidate
        front.add([
          TuneWords.short(point.candidate), Human.duration(point.duration),
          point.latency.map(Human.duration) ?? "-", isOwn ? "recommended" : "",
        ])
      }
    }
    var outside = HTMLTable(["faster, but", "duration", "misses", "worst", "limit"])
    for point in result.outside {
      let rule = point.reading.constraint.rule
      outside.add([
        TuneWords.short(point.evaluation.candidate), Human.duration(point.evaluation.duration),
        rule.id, TuneExclusionLines.text(point.reading.value, rule), rule.expectation,
      ])
    }
    let lead: HTML =
      front.rows.isEmpty
      ? "" : "<p>Each of these meets the gates; none is beaten in both columns.</p>\n"
    return PageSection(
      title: "What else there is", lead: lead, body: "\(front.html)\(outside.html)")
  }

  private var extras: PageSection {
    let headroom = TuneWords.headroom(result).map { words -> HTML in "<p>\(words)</p>\n" } ?? ""
    var table = HTMLTable(["begun at", "duration", "app p99", "gates"])
    for start in result.startTimes {
      table.add([
        TuneWords.clock(start.at), Human.duration(start.duration),
        start.latency.map(Human.duration) ?? "-",
        start.isMet ? "met" : "\(start.gate ?? "") missed by \(Human.margin(start.excess))",
      ])
    }
    return PageSection(title: "Headroom and start time", lead: headroom, body: table.html)
  }

  private var sensitivity: PageSection {
    let caption: HTML = """
      The recommended setting with a fifth less and a fifth more of each input. What is a default, nobody \
      has measured on your server: the longest bar among those is worth measuring first.
      """
    return PageSection(
      title: "What the result depends on",
      figures: EffectChart(result).map { [Figure(caption, $0)] } ?? [])
  }
}
