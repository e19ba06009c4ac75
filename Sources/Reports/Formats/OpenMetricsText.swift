import Gates
import Measurements
import Scenarios

/// A run's metrics in the OpenMetrics text format, for a textfile collector.
/// https://prometheus.io/docs/specs/om/open_metrics_spec/
///
/// Every value is a gauge, the mean over trials; percentiles are of one run, not to be averaged.
package struct OpenMetricsText {
  package var runs: [RunRecord]

  package init(_ runs: [RunRecord]) { self.runs = runs }

  private struct Family {
    var name: String
    var unit: String
    var help: String
    var samples: [String]
  }

  package var text: String {
    var lines = ["# TYPE rehearse_run info", "# HELP rehearse_run What was run."]
    lines += runs.map { run in
      sample(
        "rehearse_run_info", run,
        [
          ("seed", "\(run.header.seed)"), ("version", run.header.versions["rehearse"] ?? ""),
          ("model_version", "\(run.header.modelVersion)"), ("trials", "\(run.trials)"),
        ], 1)
    }
    lines += states("rehearse_verdict", "What all gates came to.") { run in
      [([], run.verdict)]
    }
    lines += states("rehearse_gate", "What each gate came to.") { run in
      run.gates.map { ([("gate", $0.id)], $0.verdict) }
    }
    for family in families {
      lines.append("# TYPE \(family.name) gauge")
      if !family.unit.isEmpty { lines.append("# UNIT \(family.name) \(family.unit)") }
      lines.append("# HELP \(family.name) \(escaped(family.help))")
      lines += family.samples
    }
    return lines.joined(separator: "\n") + "\n# EOF\n"
  }

  /// A family is named once, with the samples of all runs.
  private var families: [Family] {
    var families: [Family] = []
    for run in runs {
      for metric in run.metrics {
        guard let value = metric.value, value.isFinite else { continue }
        let unit = Self.unit(metric.unit)
        let stem = "rehearse_" + metric.metric.name.replacing(".", with: "_")
        let name = unit.isEmpty || stem.hasSuffix("_" + unit) ? stem : "\(stem)_\(unit)"
        let line = sample(
          name, run, metric.metric.labels.map { ($0.name, $0.value) }, value)
        if let known = families.firstIndex(where: { $0.name == name }) {
          families[known].samples.append(line)
        } else {
          families.append(
            Family(
              name: name, unit: unit,
              help: MetricCatalog.named(metric.metric.name)?.doc ?? metric.metric.name,
              samples: [line]))
        }
      }
    }
    return families
  }

  private func states(
    _ name: String, _ help: String,
    _ verdicts: (RunRecord) -> [(labels: [(String, String)], verdict: Verdict)]
  ) -> [String] {
    let samples = runs.flatMap { run in
      verdicts(run).flatMap { labels, verdict in
        Verdict.allCases.map { state in
          sample(name, run, labels + [(name, state.rawValue)], state == verdict ? 1 : 0)
        }
      }
    }
    return samples.isEmpty ? [] : ["# TYPE \(name) stateset", "# HELP \(name) \(help)"] + samples
  }

  private func sample(
    _ name: String, _ run: RunRecord, _ labels: [(String, String)], _ value: Double
  ) -> String {
    let all = [("scenario", run.header.name), ("world", run.header.world.rawValue)] + labels
    let text = all.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
    let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    return "\(name){\(text)} \(number)"
  }

  private func escaped(_ text: String) -> String {
    text.shown.replacing(["\\": "\\\\", "\"": "\\\"", "\n": "\\n"])
  }

  private static func unit(_ unit: String) -> String {
    switch unit {
    case "s": "seconds"
    case "bytes", "ratio": unit
    case "bytes/s": "bytes_per_second"
    case "1/s", "rows/s": "per_second"
    default: ""
    }
  }
}
