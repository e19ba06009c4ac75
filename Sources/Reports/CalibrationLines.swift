import Measurements
import Scenarios

/// What a simulated run's costs rest on, and how far it goes beyond that.
struct CalibrationLines {
  var run: RunRecord

  var lines: [String] {
    guard run.header.world == .simulated else { return [] }
    guard let used = run.header.calibration else {
      return ["uncalibrated: the costs are defaults, not measured on this server"]
    }
    let day = used.created.prefix(10)
    let origin =
      "calibrated \(day) on \(used.engine) \(used.version), \(RunText.plural(used.cores, "core"))"
    let factors = used.extrapolation.map { distance in
      "\(name(distance.dimension)) \(Self.factor(distance.factor))"
        + (distance.beyondReach ? " (\(Self.factor(distance.reach)) at most)" : "")
    }
    let distance =
      factors.isEmpty
      ? "within what was calibrated" : "extrapolates " + factors.joined(separator: ", ")
    return "\(origin); \(distance)".wrapped(to: RunText.width)
  }

  private func name(_ dimension: String) -> String {
    switch dimension {
    case "row_width_bytes": "row width"
    case "batch_rows": "batch"
    case "traffic_rate": "traffic"
    default: dimension
    }
  }

  /// `×480`, or `÷20` for a twentieth.
  private static func factor(_ factor: Double) -> String {
    let size = max(factor, 1 / factor)
    let text = Human.count(size < 10 ? (size * 10).rounded() / 10 : size.rounded())
    return (factor >= 1 ? "×" : "÷") + text
  }
}
