import Measurements

/// One or more quantities over a run's time: the median over trials as a line in the band of nine in
/// ten, limits as dashed lines, the backfill's own time shaded.
struct TimeChart: Sendable {
  struct Line: Sendable {
    var label: String
    var course: RunCourse
    var column: RunCourse.Column
  }
  struct Limit: Hashable, Sendable {
    var label: String
    /// In the base unit.
    var value: Double
  }

  /// What the vertical axis shows.
  var title: String
  /// The base unit of the lines and limits.
  var unit: String
  var lines: [Line]
  var limits: [Limit] = []
  /// Instants on the time axis, seconds.
  var moments: [Limit] = []
  /// Seconds that the backfill took; nil where it did not end.
  var shaded: Double?
  var isLogarithmic = false
  /// Steps hold until the next one; what adds up grows within them.
  var isSum = false
  var height = 190.0

  /// Lines without a value are left out; nil where that leaves nothing to draw.
  init?(
    _ title: String, unit: String, lines: [Line], limits: [Limit] = [], shaded: Double? = nil,
    isLogarithmic: Bool = false
  ) {
    let drawn = lines.filter { line in
      line.column.middle.contains { value in value.map { !isLogarithmic || $0 > 0 } ?? false }
    }
    guard !drawn.isEmpty else { return nil }
    self.title = title
    self.unit = unit
    self.lines = drawn
    self.limits = limits
    self.shaded = shaded
    self.isLogarithmic = isLogarithmic
  }

  private var largest: Double {
    let values = lines.flatMap { ($0.column.high ?? $0.column.middle).compactMap { $0 } }
    return max(values.max() ?? 0, drawnLimits.map(\.value).max() ?? 0)
  }

  /// A limit far above everything measured would flatten the lines; it is left to the words.
  private var drawnLimits: [Limit] {
    let values = lines.flatMap { ($0.column.high ?? $0.column.middle).compactMap { $0 } }
    let highest = values.max() ?? 0
    return limits.filter { $0.value.isFinite && (isLogarithmic || $0.value <= 6 * highest) }
  }

  private var time: AxisUnit {
    AxisUnit(ofTime: lines.map { $0.course.step * Double($0.column.middle.count) }.max() ?? 0)
  }

  var spec: Spec {
    let axis = AxisUnit(for: unit, upTo: largest)
    var layers: [Spec] = []
    if let shaded, shaded.isFinite { layers.append(shading(until: shaded)) }
    if lines.contains(where: { $0.column.low != nil }) {
      layers.append(
        layer(
          ["type": "area", "opacity": 0.22, "interpolate": interpolation], axis, ["low", "high"]))
    }
    layers.append(
      layer(["type": "line", "interpolate": interpolation, "strokeWidth": 1.4], axis, ["middle"]))
    layers += drawnLimits.map { rule($0, axis) } + moments.map(moment)
    return [
      "width": "container", "height": .number(height), "data": ["values": .list(values(axis))],
      "layer": .list(layers),
      "resolve": ["scale": ["color": "shared"]],
    ]
  }

  private var interpolation: Spec { isSum ? "linear" : "step-after" }

  private func values(_ axis: AxisUnit) -> [Spec] {
    lines.flatMap { line in
      line.column.middle.indices.compactMap { index -> Spec? in
        guard let middle = line.column.middle[index], !isLogarithmic || middle > 0 else {
          return nil
        }
        let steps = Double(isSum ? index + 1 : index)
        let time = (line.course.start + steps * line.course.step) / self.time.size
        func bound(_ values: [Double?]?) -> Spec {
          let value = (values?[index]).flatMap { $0 } ?? middle
          return .number(Self.short(max(value, isLogarithmic ? 1e-9 : value) / axis.size))
        }
        return [
          "t": .number(Self.short(time)), "line": .text(line.label),
          "middle": .number(Self.short(middle / axis.size)), "low": bound(line.column.low),
          "high": bound(line.column.high),
        ]
      }
    }
  }

  private var timeAxis: Spec {
    [
      "field": "t", "type": "quantitative", "title": "\(time.name) since the backfill began",
      "scale": ["nice": false],
    ]
  }

  private func valueAxis(_ axis: AxisUnit, field: String) -> Spec {
    [
      "field": .text(field), "type": "quantitative",
      "title": .text(axis.name.isEmpty ? title : "\(title), \(axis.name)"),
      "scale": isLogarithmic ? ["type": "log", "nice": true] : ["zero": true],
      "axis": ["tickCount": isLogarithmic ? 3 : 5, "format": isLogarithmic ? "~g" : "~s"],
    ]
  }

  private func layer(_ mark: Spec, _ axis: AxisUnit, _ fields: [String]) -> Spec {
    var encoding: Spec = [
      "x": timeAxis, "y": valueAxis(axis, field: fields[0]),
      "color": [
        "field": "line", "type": "nominal", "title": nil,
        "scale": ["domain": .list(lines.map { .text($0.label) })],
        "legend": lines.count > 1 ? ["symbolType": "stroke", "symbolOpacity": 1] : nil,
      ],
    ]
    if fields.count > 1 {
      encoding = encoding.with(["y2": ["field": .text(fields[1])]])
    } else {
      let name = axis.name.isEmpty ? "" : ", \(axis.name)"
      encoding = encoding.with([
        "tooltip": [
          ["field": "line", "title": "what"],
          ["field": "t", "type": "quantitative", "title": .text(time.name), "format": ".4~g"],
          ["field": "middle", "type": "quantitative", "title": "median\(name)", "format": ".4~g"],
          [
            "field": "low", "type": "quantitative", "title": "5% of trials below", "format": ".4~g",
          ],
          [
            "field": "high", "type": "quantitative", "title": "5% of trials above",
            "format": ".4~g",
          ],
        ]
      ])
    }
    return ["mark": mark, "encoding": encoding]
  }

  private func shading(until end: Double) -> Spec {
    [
      "data": ["values": [["from": 0, "to": .number(Self.short(end / time.size))]]],
      "mark": ["type": "rect", "color": "currentColor", "opacity": 0.06],
      "encoding": ["x": ["field": "from", "type": "quantitative"], "x2": ["field": "to"]],
    ]
  }

  private func rule(_ limit: Limit, _ axis: AxisUnit) -> Spec {
    let datum: Spec = ["datum": .number(Self.short(limit.value / axis.size))]
    return Self.labelled(limit.label, along: "y", datum)
  }

  private func moment(_ moment: Limit) -> Spec {
    Self.labelled(
      moment.label, along: "x", ["datum": .number(Self.short(moment.value / time.size))])
  }

  /// A dashed line across the chart with its name at the end.
  private static func labelled(_ label: String, along channel: String, _ datum: Spec) -> Spec {
    let mark: Spec = [
      "type": "rule", "strokeDash": [5, 4], "color": "#d1495b", "strokeWidth": 1.3,
    ]
    let isAcross = channel == "y"
    let text: Spec = [
      "type": "text", "text": .text(label), "color": "#d1495b", "fontSize": 11,
      "align": isAcross ? "left" : "right", "baseline": "bottom",
      "dx": isAcross ? 4 : -4, "dy": isAcross ? -2 : 0,
    ]
    let place: Spec = isAcross ? ["x": ["value": 0]] : ["y": ["value": 14]]
    let encoding: Spec = .object([.init(key: channel, value: datum)])
    var textEncoding = encoding
    if case .object(let members) = place, let member = members.first {
      textEncoding = .object([.init(key: channel, value: datum), member])
    }
    // One row of its own: it would be drawn once for each row of the chart's data.
    return [
      "data": ["values": [["one": 1]]],
      "layer": [["mark": mark, "encoding": encoding], ["mark": text, "encoding": textEncoding]],
    ]
  }

  /// Five digits: more than a screen shows.
  static func short(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    var scale = 1.0
    while abs(value) * scale < 1e4 && scale < 1e12 { scale *= 10 }
    return (value * scale).rounded() / scale
  }
}
