import Estimates
import Gates
import Measurements
import Scenarios
import Tuning

/// What tuning came to, for an 80-column screen: the setting, how sure it is, why it is not faster, what
/// else there is, and the verdict last.
package struct TuneText {
  package var result: TuneResult
  /// How the scenario was named on the command line.
  package var source: String
  package var emphasis: @Sendable (Verdict, String) -> String

  static let width = RunText.width

  package init(
    _ result: TuneResult, source: String,
    emphasis: @escaping @Sendable (Verdict, String) -> String = { $1 }
  ) {
    self.result = result
    self.source = source
    self.emphasis = emphasis
  }

  package var text: String {
    let parts =
      result.recommended == nil
      ? [heading, TuneExclusionLines(result: result).lines, evaluated, verdict]
      : [
        heading, recommended, gates, bound, TunePointLines(result: result).front,
        TunePointLines(result: result).outside, TuneExtraLines(result: result).lines, evaluated,
        verdict,
      ]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  private var heading: [String] {
    var parts = [
      result.name, "tuned for \(result.settings.objective.words)", "seed \(result.seed)",
    ]
    if !result.complete { parts.append("INCOMPLETE") }
    return [parts.joined(separator: "  ")]
  }

  private var recommended: [String] {
    guard let choice = result.recommended else { return [] }
    let length = choice.candidate.values.map(\.path.count).max() ?? 0
    var lines = ["RECOMMENDED"]
    for value in choice.candidate.values {
      lines.append("  " + value.path.padded(to: length) + " = " + value.text)
    }
    for sentence in sentences(choice) {
      lines += sentence.wrapped(to: Self.width - 2).map { "  " + $0 }
    }
    return lines
  }

  private func sentences(_ choice: TuneResult.Recommendation) -> [String] {
    var sentences: [String] = []
    if let duration = choice.record?.metric(MetricKey("backfill.duration")),
      let mean = duration.value
    {
      var text = "Finishes in \(Human.duration(mean))"
      if let low = duration.predictedLow, let high = duration.predictedHigh {
        text +=
          "; nine of ten executions between \(Human.duration(low)) and \(Human.duration(high))"
      }
      sentences.append(text + ".")
    } else {
      sentences.append(
        "Finishes in \(Human.duration(choice.evaluation.duration)), mean of "
          + "\(RunText.plural(choice.evaluation.samples.count, "trial")) of the search.")
    }
    sentences.append(TuneWords.confidence(choice))
    if choice.share < 0.995 {
      let slower = choice.evaluation.duration / choice.boundary.duration - 1
      sentences.append(
        "The batch is \(Human.wholePercent(choice.share)) of the largest that met the gates in the "
          + "search, for safety; that costs \(Human.percent(max(0, slower))) of the time.")
    }
    if !choice.equals.isEmpty {
      sentences.append(
        "As fast, as far as can be told: \(choice.equals.map(TuneWords.short).joined(separator: "; "))."
      )
    }
    return sentences
  }

  private var gates: [String] {
    guard let record = result.recommended?.record else { return [] }
    return GateLines(run: record, emphasis: emphasis).lines
  }

  private var bound: [String] {
    guard let binding = result.binding else { return [] }
    var text = TuneWords.binding(binding, result) + TuneWords.price(result)
    if let bounds = result.bounds, let tightest = bounds.binding {
      text +=
        " By arithmetic the first bound on the batch here is \(tightest.reason.words), at "
        + "\(Human.count(bounds.rows)) rows (rehearse plan)."
    }
    return "BOUND BY  \(text)".wrappedAfterHead(to: Self.width, head: 10)
  }

  private var evaluated: [String] {
    let counts = result.counts
    var text =
      "\(RunText.plural(counts.points, "point")) of \(RunText.plural(counts.combinations, "combination")), "
      + "\(RunText.plural(counts.trials, "trial"))"
    if counts.confirmingTrials > 0 { text += " (\(counts.confirmingTrials) to confirm)" }
    text += ", \(Human.count(Double(counts.events))) events."
    if counts.pruned > 0 { text += " Left out by arithmetic: \(counts.pruned)." }
    if counts.screened > 0 { text += " By screening: \(counts.screened)." }
    if counts.gridded > 0 {
      text += " Not monotone in the batch, so walked on a grid: \(counts.gridded)."
    }
    if counts.unfinished > 0 {
      text += " \(RunText.plural(counts.unfinished, "point")) never finished in some trial."
    }
    return "EVALUATED  \(text)".wrappedAfterHead(to: Self.width, head: 11)
  }

  private var verdict: [String] {
    let (verdict, word, sentence) = TuneWords.verdict(result)
    var lines = "VERDICT  \(word): \(sentence)".wrappedAfterHead(to: Self.width, head: 9)
    lines[0] = "VERDICT  " + emphasis(verdict, word) + lines[0].dropFirst(9 + word.count)
    return lines + next
  }

  /// What to type next.
  private var next: [String] {
    guard result.recommended != nil else { return ["         Next: rehearse plan \(source)"] }
    return ["         Next: rehearse tune \(source) --write tuned.yaml"]
  }
}

extension TuneSettings.Objective {
  var words: String {
    switch self {
    case .minDuration: "the shortest duration"
    case .minImpact: "the least impact"
    case .maxHeadroom: "the most headroom"
    }
  }
}

extension String {
  func padded(to length: Int) -> String {
    self + String(repeating: " ", count: max(0, length - count))
  }

  /// The last two steps of a path of the strategy, or the last one.
  var lastStep: String { hasPrefix("strategy.") ? String(dropFirst("strategy.".count)) : self }
}
