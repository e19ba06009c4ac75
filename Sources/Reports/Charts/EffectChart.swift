import Tuning

/// What each uncertain input does to the result, from a fifth less to a fifth more of it.
struct EffectChart: Sendable {
  private static let most = 10
  private let inputs: [Sensitivity]
  private let hasGates: Bool

  /// Nil where nothing was asked or nothing has an effect.
  init?(_ result: TuneResult) {
    guard
      result.sensitivity.contains(where: { abs($0.duration) >= 0.001 || abs($0.margin) >= 0.001 })
    else { return nil }
    inputs = result.sensitivity
    hasGates = !result.constraints.isEmpty
  }

  private var shown: ArraySlice<Sensitivity> { inputs.prefix(Self.most) }

  private var values: [Spec] {
    shown.flatMap { input -> [Spec] in
      var effects = [("duration", input.duration)]
      if hasGates { effects.append(("use of the tightest gate", input.margin)) }
      return effects.map { what, share -> Spec in
        [
          "input": .text(input.path), "what": .text(what),
          "share": .number(TimeChart.short(share * 100)),
        ]
      }
    }
  }

  var spec: Spec {
    let y: Spec = [
      "field": "input", "type": "nominal", "title": nil,
      "sort": .list(shown.map { .text($0.path) }), "axis": ["labelLimit": 230],
    ]
    let color: Spec = [
      "field": "what", "type": "nominal", "title": nil,
      "scale": [
        "domain": ["duration", "use of the tightest gate"], "range": ["#2a78b5", "#e08a1e"],
      ],
    ]
    let tooltip: Spec = [
      ["field": "input"], ["field": "what"],
      ["field": "share", "type": "quantitative", "title": "change, %", "format": "+.3~g"],
    ]
    return [
      "width": "container", "height": .number(Double(32 * shown.count)),
      "data": ["values": .list(values)],
      "mark": ["type": "bar"],
      "encoding": [
        "y": y, "yOffset": ["field": "what", "type": "nominal"],
        "x": ["field": "share", "type": "quantitative", "title": "change, %"], "color": color,
        "tooltip": tooltip,
      ],
    ]
  }

  var numbers: HTML {
    var table = HTMLTable(["from -20% to +20% of", "duration", "tightest gate", "known from", ""])
    for input in inputs {
      table.add([
        input.path, Human.signedPercent(input.duration),
        hasGates ? Human.signedPercent(input.margin) : "-",
        input.isWritten ? "the scenario" : "a default",
        input.breaks.map { "misses \($0)" } ?? "",
      ])
    }
    return table.html
  }
}
