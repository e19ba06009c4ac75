import Estimates
import Scenarios

/// What the bounds on the batch come to, and how they move with the device.
struct BatchLines {
  var scenario: Scenario

  init(_ scenario: Scenario) { self.scenario = scenario }

  var lines: [String] {
    guard let bounds = BatchBounds(scenario) else { return [] }
    return conclusion(bounds) + [""] + map
  }

  private func conclusion(_ bounds: BatchBounds) -> [String] {
    var sentence: String
    switch bounds.binding {
    case nil: sentence = "Nothing bounds the batch"
    case let binding? where binding.rows < 1:
      sentence = "No batch is small enough: \(binding.limit)"
    case let binding?:
      sentence = "At most \(Human.count(bounds.rows)) rows, bound by \(binding.reason.words)"
    }
    sentence += ", with these workers and this pause."
    return sentence.wrapped(to: PlanText.width - 4).map { "    " + $0 }
  }

  /// IOPS to batch size.
  private var map: [String] {
    guard let map = CapacityMap(scenario) else { return [] }
    var columns = Columns([.right, .right, .right, .left], gap: 3)
    columns.add(["device", "batch", "pace", "bound by"])
    for row in map.rows {
      let own = row.isOwn ? "  (this device)" : ""
      columns.add([
        Human.count(row.iops) + "/s",
        row.bounds.rows == .infinity ? "any" : Human.text(row.bounds.rows, unit: "rows"),
        Human.text(row.rate, unit: "rows/s"),
        (row.bounds.binding?.reason.words ?? "nothing") + own,
      ])
    }
    return columns.lines
  }
}

extension BatchBounds.Reason {
  package var words: String {
    switch self {
    case .hold: "lock hold"
    case .lag: "replica lag"
    case .iops: "the device"
    case .log: "log volume"
    case .efficiency: "efficiency"
    }
  }
}
