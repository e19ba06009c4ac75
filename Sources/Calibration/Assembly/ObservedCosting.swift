import Primitives
import Scenarios

// The machine half that a running server's counters tell, laid over another calibration.
extension CalibrationAssembly {
  /// Replaces what was observed in `file`: values, and their columns of the joint draws.
  ///
  /// What the two have in common beyond that is not known, so the observed columns are drawn
  /// independently of the rest.
  package static func lay(_ observed: [Measured.Reading], over file: inout CalibrationFile) {
    func median(_ name: String, _ readings: [Measured.Reading]) -> Double? {
      SampleQuantiles(readings.compactMap { $0[name] })?.median
    }
    let sources = [
      ("storage.write_latency", "flush", "time a flush took, from the server's own counters"),
      ("storage.read_latency", "read", "time a read took, from the server's own counters"),
      ("rtt", "trip", "elapsed time of an answer to nothing, less its share of statement"),
    ]
    for (name, source, method) in sources {
      func value(_ readings: [Measured.Reading]) -> Double? {
        guard let seen = median(source, readings) else { return nil }
        switch name {
        case "storage.write_latency":
          return max(1e-6, seen - (file.parameters["costs.flush"]?.value ?? 0))
        case "rtt": return max(0, seen - (file.parameters["costs.statement"]?.value ?? 0))
        default: return seen
        }
      }
      guard let centre = value(observed), let known = CalibratedParameter.named(name) else {
        continue
      }
      let count = file.joint?.draws.count ?? 200
      let drawn = (0..<count).compactMap { draw -> Double? in
        let key = RandomKey(
          seed: 0x0B5E, trial: draw, entity: stableHash(of: name), purpose: 0xB007)
        return value(
          observed.indices.map { observed[Int(key.bits(UInt64($0)) % UInt64(observed.count))] })
      }
      let spread = SampleQuantiles(drawn)
      // Counters tell means: how single answers scatter is the base's, in proportion.
      let before = file.parameters[name]
      let quantiles = before?.quantiles?.mapValues { $0 * centre / (before?.value ?? centre) }
      file.parameters[name] = CalibrationFile.Parameter(
        value: centre, unit: known.unit, low: min(centre, spread?.quantile(0.05) ?? centre),
        high: max(centre, spread?.quantile(0.95) ?? centre), half: .machine, method: method,
        quantiles: (before?.value ?? 0) > 0 ? quantiles : nil)
      if drawn.count == count { setColumn(name, drawn, in: &file) }
    }
  }

  private static func setColumn(_ name: String, _ drawn: [Double], in file: inout CalibrationFile) {
    var joint = file.joint ?? .init(parameters: [], draws: drawn.map { _ in [] })
    if let column = joint.parameters.firstIndex(of: name) {
      for row in joint.draws.indices { joint.draws[row][column] = drawn[row] }
    } else {
      joint.parameters.append(name)
      for row in joint.draws.indices { joint.draws[row].append(drawn[row]) }
    }
    file.joint = joint
  }
}
