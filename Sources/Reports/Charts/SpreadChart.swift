/// How a number is spread over the trials: how many fall into each of some equal ranges.
struct SpreadChart: Sendable {
  var title: String
  /// The base unit.
  var unit: String
  var values: [Double]
  /// Another run's value, to set against the spread.
  var marks: [TimeChart.Limit] = []

  /// Nil where there are too few trials to speak of a spread.
  init?(_ title: String, unit: String, values: [Double?], marks: [TimeChart.Limit] = []) {
    let known = values.compactMap { $0 }.filter(\.isFinite)
    guard known.count >= 5, known.min() != known.max() else { return nil }
    self.title = title
    self.unit = unit
    self.values = known
    self.marks = marks
  }

  var spec: Spec {
    let axis = AxisUnit(for: unit, upTo: values.max() ?? 0)
    let bars: Spec = [
      "mark": ["type": "bar", "color": "#2a78b5", "opacity": 0.8],
      "encoding": [
        "x": [
          "field": "value", "type": "quantitative", "bin": ["maxbins": 20],
          "title": .text("\(title), \(axis.name)"),
          "scale": ["zero": false],
        ],
        "y": ["aggregate": "count", "type": "quantitative", "title": "trials"],
        "tooltip": [
          ["field": "value", "bin": ["maxbins": 20], "title": .text(axis.name)],
          ["aggregate": "count", "title": "trials"],
        ],
      ],
    ]
    let marks: [Spec] = marks.map { mark in
      [
        "data": [
          "values": [
            ["at": .number(TimeChart.short(mark.value / axis.size)), "what": .text(mark.label)]
          ]
        ],
        "mark": ["type": "rule", "color": "#d1495b", "strokeWidth": 2],
        "encoding": ["x": ["field": "at", "type": "quantitative"], "tooltip": ["field": "what"]],
      ]
    }
    return [
      "width": "container", "height": 110,
      "data": ["values": .list(values.map { ["value": .number(TimeChart.short($0 / axis.size))] })],
      "layer": .list([bars] + marks),
    ]
  }
}
