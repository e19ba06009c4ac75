import Gates
import Measurements
import Scenarios
import Tuning

/// Points of the search in columns: one column a path that is varied, then what each came to.
struct TunePointLines {
  var result: TuneResult

  private static let most = 6

  private var paths: [String] { result.settings.axes.map(\.path) }

  private func values(_ candidate: Candidate) -> [String] {
    paths.map { path in candidate.values.first { $0.path == path }?.text ?? "" }
  }

  private func columns(_ further: [Columns.Alignment]) -> Columns {
    Columns(paths.map { _ in .right } + further, indent: 2)
  }

  private var head: [String] { paths.map(\.lastStep) }

  /// The points between which duration is traded for what the application feels.
  var front: [String] {
    guard result.front.count > 1 else { return [] }
    let shown = thinned(result.front)
    var columns = columns([.right, .right, .left])
    columns.add(head + ["duration", "app p99", ""])
    for point in shown {
      let own = point.candidate == result.recommended?.candidate ? "recommended" : ""
      columns.add(
        values(point.candidate) + [
          Human.duration(point.duration), point.latency.map(Human.duration) ?? "-", own,
        ])
    }
    return ["TRADE-OFF  (every one meets the gates; none is beaten in both)"] + columns.lines
  }

  /// Both ends, what lies evenly between, and the recommended one.
  private func thinned(_ points: [Evaluation]) -> [Evaluation] {
    guard points.count > Self.most else { return points }
    let even = (0..<Self.most).map { $0 * (points.count - 1) / (Self.most - 1) }
    return points.indices.filter {
      even.contains($0) || points[$0].candidate == result.recommended?.candidate
    }.map { points[$0] }
  }

  /// Faster, but.
  var outside: [String] {
    guard !result.outside.isEmpty else { return [] }
    var columns = columns([.right, .left, .right, .left])
    columns.add(head + ["duration", "misses", "worst", "limit"])
    for point in result.outside.prefix(4) {
      let rule = point.reading.constraint.rule
      columns.add(
        values(point.evaluation.candidate) + [
          Human.duration(point.evaluation.duration), rule.id,
          TuneExclusionLines.text(point.reading.value, rule), rule.expectation,
        ])
    }
    return ["JUST OUTSIDE  (faster, but)"] + columns.lines
  }
}

/// Where nothing is feasible: which gate keeps out how much, and by how much at the least.
struct TuneExclusionLines {
  var result: TuneResult

  var lines: [String] {
    guard !result.exclusions.isEmpty else { return [] }
    var lines = ["EXCLUDED BY"]
    for exclusion in result.exclusions {
      let rule = exclusion.constraint.rule
      let reading = exclusion.reading
      let nearest = TuneWords.short(exclusion.nearest.candidate)
      let text =
        "gate \(rule.id) (\(rule.metric.description) \(rule.expectation)): "
        + "\(exclusion.points) of \(RunText.plural(result.counts.points, "point")). Nearest: "
        + "\(Self.text(reading.value, rule)), \(Human.margin(reading.excess)) beyond, with \(nearest)."
      lines += text.wrapped(to: TuneText.width - 2, indent: "  ").map { "  " + $0 }
    }
    return lines
  }

  static func text(_ value: Double, _ rule: GateRule) -> String {
    if case .timesBefore = rule.limit { return Human.text(value, unit: "x") }
    return Human.text(value, unit: MetricCatalog.named(rule.metric.name)?.unit ?? "1")
  }
}

/// What was asked for beside the recommendation.
struct TuneExtraLines {
  var result: TuneResult

  var lines: [String] {
    [headroom, startTimes, sensitivity].filter { !$0.isEmpty }
      .joined(separator: [""]).map { $0 }
  }

  private var headroom: [String] {
    guard let text = TuneWords.headroom(result) else { return [] }
    return "HEADROOM  \(text)".wrappedAfterHead(to: TuneText.width, head: 10)
  }

  private var startTimes: [String] {
    guard !result.startTimes.isEmpty else { return [] }
    var columns = Columns([.left, .right, .right, .left], indent: 2)
    columns.add(["start", "duration", "app p99", "gates"])
    let best = result.startTimes.filter(\.isMet).min { $0.duration < $1.duration }
    for start in result.startTimes {
      var gates =
        start.isMet ? "met" : "\(start.gate ?? "") missed by \(Human.margin(start.excess))"
      if start == best { gates += ", the quickest of these" }
      columns.add([
        TuneWords.clock(start.at), Human.duration(start.duration),
        start.latency.map(Human.duration) ?? "-", gates,
      ])
    }
    return ["START TIMES  (the same setting begun at another hour)"] + columns.lines
  }

  private var sensitivity: [String] {
    guard !result.sensitivity.isEmpty else { return [] }
    var columns = Columns([.left, .right, .right, .left], indent: 2)
    columns.add(["from -20% to +20% of", "duration", "gate margin", ""])
    for one in result.sensitivity.prefix(8) {
      let notes = [one.isWritten ? nil : "a default", one.breaks.map { "misses \($0)" }]
      columns.add([
        one.path, Human.signedPercent(one.duration), Human.signedPercent(-one.margin),
        notes.compactMap { $0 }.joined(separator: ", "),
      ])
    }
    return ["WORTH MEASURING FIRST  (what the setting depends on most)"] + columns.lines
  }
}
