import Gates
import Scenarios
import Tuning

/// The points that a search has played: the batch along one axis, every other combination of settings as
/// a line of its own, from the smallest to the largest batch that met the gates.
struct SearchChart: Sendable {
  /// One combination of everything but the batch.
  struct Line: Hashable, Sendable {
    var label: String
    var points: [Point]
    /// The largest that met every gate; nil where none did.
    var largestMet: Point? { points.last(where: \.isMet) }
    var smallestMissed: Point? { points.first { !$0.isMet && !$0.wantsLarger } }
  }
  struct Point: Hashable, Sendable {
    /// In the unit of the axis.
    var size: Double
    /// Seconds.
    var duration: Double
    /// The gate that is missed most; nil where all are met.
    var misses: String?
    /// Only a larger batch could meet it.
    var wantsLarger: Bool
    var isRecommended: Bool
    var isMet: Bool { misses == nil }
  }

  private let title: String
  private let lines: [Line]

  /// Nil where the batch was not searched along an axis.
  init?(_ result: TuneResult) {
    guard let axis = result.settings.axes.first(where: { $0.range != nil }) else { return nil }
    let isTime = axis.range?.dimension == .time
    title = isTime ? "seconds aimed at for a batch" : "rows in a batch"
    var lines: [Line] = []
    for evaluation in result.evaluations {
      guard let size = evaluation.candidate.size else { continue }
      let others = evaluation.candidate.values.filter { $0.path != axis.path }
      let label =
        others.isEmpty
        ? "all" : others.map { "\($0.path.lastStep) \($0.text)" }.joined(separator: ", ")
      let feasibility = Feasibility(evaluation, result.constraints)
      let missed = feasibility.worst?.constraint ?? feasibility.unmeasured.first
      let point = Point(
        size: size, duration: evaluation.duration, misses: missed?.rule.id,
        wantsLarger: missed?.wantsLarge ?? false,
        isRecommended: evaluation.candidate == result.recommended?.candidate)
      if let known = lines.firstIndex(where: { $0.label == label }) {
        lines[known].points.append(point)
      } else {
        lines.append(Line(label: label, points: [point]))
      }
    }
    for index in lines.indices { lines[index].points.sort { $0.size < $1.size } }
    guard lines.contains(where: { $0.points.count > 1 }) else { return nil }
    self.lines = lines
  }

  var spec: Spec {
    let x: Spec = [
      "field": "size", "type": "quantitative", "title": .text(title),
      "scale": ["type": "log", "nice": false, "padding": 12],
      "axis": ["tickCount": 5, "format": "~s"],
    ]
    let y: Spec = [
      "field": "line", "type": "nominal", "title": nil,
      "sort": .list(lines.map { .text($0.label) }),
      "axis": ["labelLimit": 260, "grid": true],
    ]
    let verdicts: Spec = [
      "field": "verdict", "type": "nominal", "title": nil,
      "scale": [
        "domain": Self.verdicts, "range": ["#3a9a5c", "#d1495b", "#2a78b5"],
      ],
    ]
    let tooltip: Spec = [
      ["field": "line", "title": "with"],
      ["field": "size", "type": "quantitative", "title": .text(title), "format": ".4~s"],
      ["field": "duration", "title": "duration"], ["field": "what", "title": "gates"],
    ]
    let stretches: Spec = [
      "data": ["values": .list(safe)],
      "mark": ["type": "rule", "strokeWidth": 9, "opacity": 0.28, "color": "#3a9a5c"],
      "encoding": ["x": x, "x2": ["field": "high"], "y": y],
    ]
    let size: Spec = [
      "field": "verdict", "type": "nominal", "legend": nil,
      "scale": ["domain": Self.verdicts, "range": [45, 45, 150]],
    ]
    let points: Spec = [
      "data": ["values": .list(values)],
      "mark": ["type": "point", "filled": true, "opacity": 1],
      "encoding": [
        "x": x, "y": y, "color": verdicts, "shape": shapes, "size": size, "tooltip": tooltip,
      ],
    ]
    // A step would make the library say that the width alone is fitted.
    let height = Double(26 * lines.count)
    return ["width": "container", "height": .number(height), "layer": [stretches, points]]
  }

  /// So that colour is not all that tells them apart.
  private var shapes: Spec {
    [
      "field": "verdict", "type": "nominal", "title": nil,
      "scale": ["domain": Self.verdicts, "range": ["circle", "cross", "diamond"]],
    ]
  }

  private static let verdicts: Spec = ["meets every gate", "misses a gate", "recommended"]

  private var safe: [Spec] {
    lines.compactMap { line in
      guard let low = line.points.first(where: \.isMet), let high = line.largestMet else {
        return nil
      }
      return [
        "line": .text(line.label), "size": .number(low.size), "high": .number(high.size),
      ]
    }
  }

  private var values: [Spec] {
    lines.flatMap { line in
      line.points.map { point -> Spec in
        let verdict =
          point.isRecommended
          ? "recommended" : point.isMet ? "meets every gate" : "misses a gate"
        return [
          "line": .text(line.label), "size": .number(point.size), "verdict": .text(verdict),
          "duration": .text(Human.duration(point.duration)),
          "what": .text(point.misses.map { "misses \($0)" } ?? "all met"),
        ]
      }
    }
  }

  var numbers: HTML {
    var table = HTMLTable([
      "with", "largest that met", "finishes in", "smallest that missed", "which",
    ])
    for line in lines {
      let (met, missed) = (line.largestMet, line.smallestMissed)
      table.add([
        line.label, met.map { Human.count($0.size) } ?? "none",
        met.map { Human.duration($0.duration) } ?? "-",
        missed.map { Human.count($0.size) } ?? "none",
        missed?.misses ?? line.points.last?.misses ?? "-",
      ])
    }
    return table.html
  }
}
