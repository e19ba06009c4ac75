import Gates
import Primitives
import Traffic

extension ScenarioBuilder {
  /// Whether a gate can ever be decided.
  mutating func check(
    _ rule: GateRule, _ metric: Metric, _ section: Checked, _ run: RunSettings
  ) {
    checkNeeds(rule, metric, section)
    let phase = rule.metric["phase"]
    if case .timesBefore = rule.limit {
      if !metric.labels.contains("phase") || phase == "before" {
        problems.error(
          "RH0308", at: section["expect"].place,
          "\(metric.name) has no before phase to compare with",
          hint: "give an absolute limit",
          help: ["app.* and locks.* are measured before, during and after"])
      } else if lacksBefore(run) {
        problems.error(
          "RH0308", at: section["expect"].place, "the run has no before phase to compare with",
          hint: "set run.before, such as 5min")
      }
    }
    if phase == "before", lacksBefore(run) {
      problems.error(
        "RH0308", at: section["metric"].place, "the run has no before phase",
        hint: "set run.before, such as 5min")
    }
    checkWindow(rule, metric, section, run, phase: phase ?? "during")
    checkSamples(rule, metric, section, run, phase: phase ?? "during")
  }

  private func lacksBefore(_ run: RunSettings) -> Bool {
    run.before == .zero && root["run"]["before"].isUsable
  }

  private mutating func checkNeeds(_ rule: GateRule, _ metric: Metric, _ section: Checked) {
    let missing: (String, String)? =
      switch metric.need {
      case .traffic where traffic.isEmpty, .pools where traffic.isEmpty:
        ("traffic class", "add traffic: [{preset: oltp-mixed, rate: 300/s}]")
      case .backfill where root["backfill"].isAbsent: ("backfill", "add backfill: {set: …}")
      case .replicas where replicas.isEmpty:
        ("replica", "add database: {replicas: [{name: replica-a}]}")
      default: nil
      }
    guard let (what, hint) = missing else { return }
    problems.error(
      "RH0308", at: section["metric"].place,
      "\(metric.name) needs a \(what), the scenario has none",
      hint: hint)
  }

  private mutating func checkWindow(
    _ rule: GateRule, _ metric: Metric, _ section: Checked, _ run: RunSettings, phase: String
  ) {
    guard let window = rule.window else { return }
    if !metric.labels.contains("phase") || metric.name == "app.over_limit" {
      problems.error(
        "RH0309", at: section["window"].place, "\(metric.name) is not measured in windows",
        hint: "remove window", help: ["windows apply to app.* and locks.* metrics"])
    } else if case .timesBefore = rule.limit, run.before > .zero, window.every > run.before {
      problems.error(
        "RH0309", at: section["window"]["every"].place,
        "a window of \(section["window"]["every"].text) does not fit into run.before",
        hint: "a shorter window or a longer before phase")
    } else if phase == "before", window.every > run.before {
      problems.error(
        "RH0309", at: section["window"]["every"].place, "no whole window fits into run.before",
        hint: "a shorter window or a longer before phase")
    }
  }

  /// A percentile needs 10 / (1 − q) samples in each window.
  private mutating func checkSamples(
    _ rule: GateRule, _ metric: Metric, _ section: Checked, _ run: RunSettings, phase: String
  ) {
    guard let quantile = metric.quantile, metric.name.hasPrefix("app.latency") else { return }
    let length = rule.window?.every ?? (phase == "before" ? run.before : nil)
    guard let length, length > .zero else { return }
    let name = rule.metric["class"]
    var rate = 0.0
    for (one, section) in zip(traffic, classes) where name == nil || one.name == name {
      guard case .open(let open, _) = one.arrivals, section["rate"].isUsable,
        section["curve"].isAbsent || section["curve"].isUsable
      else { return }
      rate += open * quietest(one.curve)
    }
    let samples = rate * length.seconds
    let needed = 10 / (1 - quantile)
    guard rate > 0, samples < needed * (1 - 1e-9) else { return }
    let minimum = Spelling.of((needed / rate).rounded(.up), .time)
    problems.error(
      "RH0302", at: section["metric"].place,
      "a window of \(Spelling.of(length.seconds, .time)) at \(Spelling.number(rate))/s cannot support \(metric.name)",
      hint: "use a lower percentile or a window of at least \(minimum)",
      help: [
        "the quietest window holds about \(Spelling.number(samples.rounded(.down))) samples; this percentile needs \(Spelling.number(needed.rounded()))"
      ])
  }

  private func quietest(_ curve: [TrafficClass.CurvePoint]) -> Double {
    curve.map(\.factor).min() ?? 1
  }
}
