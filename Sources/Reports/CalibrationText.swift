import Scenarios

/// A calibration for an 80-column screen.
package struct CalibrationText {
  package var file: CalibrationFile

  package init(_ file: CalibrationFile) { self.file = file }

  package var text: String {
    var lines = [
      "\(file.engine) \(file.version) on \(RunText.plural(file.instance.cores, "core"))  "
        + "\(file.instance.cpu)", "",
      "PARAMETER              measured   90% interval            default",
    ]
    for known in CalibratedParameter.all {
      guard let parameter = file.parameters[known.name] else { continue }
      lines.append(line(known, parameter))
    }
    if !file.observations.isEmpty {
      lines += ["", "OBSERVED" + pad("OBSERVED", 36) + "server      the model"]
      for (name, seen) in file.observations.sorted(by: { $0.key < $1.key }) {
        let value = Self.number(seen.value, seen.unit)
        let model = seen.model.map { Self.number($0, seen.unit) } ?? "-"
        lines.append("  \(name)" + pad("  \(name)", 36) + value + pad(value, 12) + model)
      }
    }
    if !file.warnings.isEmpty {
      lines.append("")
      lines += file.warnings.flatMap { "warning: \($0)".wrapped(to: RunText.width, indent: "  ") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ known: CalibratedParameter, _ parameter: CalibrationFile.Parameter) -> String
  {
    let name = known.name.hasPrefix("costs.") ? String(known.name.dropFirst(6)) : known.name
    let value = Self.number(parameter.value, parameter.unit)
    let interval =
      "\(Self.number(parameter.low, parameter.unit)) .. \(Self.number(parameter.high, parameter.unit))"
    let usual = known.usual.map { Self.number($0, parameter.unit) } ?? "-"
    return "  \(name)" + pad("  \(name)", 23) + value + pad(value, 11) + interval
      + pad(interval, 24) + usual
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count))
  }

  /// Three digits, in a unit that suits.
  private static func number(_ value: Double, _ unit: String) -> String {
    unit == "1" ? Human.digits(value) : Human.text(value, unit: unit)
  }
}
