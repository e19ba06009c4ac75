import Measurements

/// The largest batch along an axis: each bound as a line, what lies within all of them shaded, the
/// setting that was run as a point.
struct MapChart: Sendable {
  var title: String
  var places: [BatchMap.Place]
  /// Where the run stands; nil where its batches vary.
  var own: (at: Double, rows: Double)?

  /// Nil where there is no line to draw.
  init?(_ title: String, _ places: [BatchMap.Place], own: (at: Double, rows: Double)?) {
    guard places.count > 1, places.contains(where: { $0.binding != nil }) else { return nil }
    self.title = title
    self.places = places
    self.own = own
  }

  /// The axis is logarithmic: a bound below one row is drawn at one.
  private static func shown(_ rows: Double) -> Spec { .number(max(1, rows)) }

  private var ceiling: Double {
    let all = places.flatMap { $0.bounds.compactMap(\.rows) } + [own?.rows ?? 1]
    return max(10, all.max() ?? 10)
  }

  var spec: Spec {
    let x: Spec = [
      "field": "at", "type": "quantitative", "title": .text(title),
      "scale": ["type": "log", "base": 2, "nice": false],
      "axis": ["values": .list(places.map { .number($0.at) }), "format": "~s"],
    ]
    func y(_ field: String) -> Spec {
      [
        "field": .text(field), "type": "quantitative", "title": "rows in a batch",
        "scale": ["type": "log", "domainMin": 1], "axis": ["tickCount": 4, "format": "~s"],
      ]
    }
    let lines = places.flatMap { place in
      place.bounds.compactMap { bound -> Spec? in
        bound.rows.map { rows -> Spec in
          [
            "at": .number(place.at), "bound": .text(bound.words), "rows": Self.shown(rows),
            "limit": .text(bound.limit),
          ]
        }
      }
    }
    let safe = places.map { place -> Spec in
      [
        "at": .number(place.at), "low": 1,
        "high": Self.shown(place.binding?.rows ?? ceiling),
      ]
    }
    let region: Spec = [
      "data": ["values": .list(safe)],
      "mark": ["type": "area", "color": "#3a9a5c", "opacity": 0.2],
      "encoding": ["x": x, "y": y("low"), "y2": ["field": "high"]],
    ]
    let legend: Spec = ["symbolType": "stroke", "symbolOpacity": 1]
    let tooltip: Spec = [
      ["field": "bound"], ["field": "limit"],
      ["field": "at", "type": "quantitative", "title": .text(title), "format": "~s"],
      ["field": "rows", "type": "quantitative", "title": "at most, rows", "format": ",d"],
    ]
    let bounds: Spec = [
      "data": ["values": .list(lines)],
      "mark": ["type": "line", "point": true, "strokeWidth": 1.5],
      "encoding": [
        "x": x, "y": y("rows"), "tooltip": tooltip,
        "color": ["field": "bound", "type": "nominal", "title": nil, "legend": legend],
      ],
    ]
    var layers = [region, bounds]
    if let own {
      let place: Spec = ["x": x, "y": y("rows")]
      let point: Spec = [
        "type": "point", "shape": "diamond", "size": 140, "filled": true, "color": "#d1495b",
      ]
      let label: Spec = ["type": "text", "text": "this run", "color": "#d1495b", "dy": -12]
      let at: Spec = ["at": .number(own.at), "rows": Self.shown(own.rows)]
      layers.append([
        "data": ["values": [at]],
        "layer": [["mark": point, "encoding": place], ["mark": label, "encoding": place]],
      ])
    }
    return ["width": "container", "height": 210, "layer": .list(layers)]
  }

  var numbers: HTML {
    var table = HTMLTable([title, "largest batch", "bound by"])
    for place in places {
      table.add([
        Human.count(place.at),
        place.binding.map { Human.text($0.rows ?? 0, unit: "rows") } ?? "any",
        place.binding.map { "\($0.words): \($0.limit)" } ?? "nothing",
      ])
    }
    return table.html
  }
}
