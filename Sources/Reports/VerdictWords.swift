import Gates
import Measurements
import Scenarios

/// The verdict's reason in a sentence.
struct VerdictWords {
  var run: RunRecord

  var sentence: String {
    ([reason] + cut + warnings + pacing).joined(separator: " ")
  }

  private var judged: [GateResult] { run.gates.filter { $0.level == .error } }

  private func named(_ verdict: Verdict) -> String {
    judged.filter { $0.verdict == verdict }.map(\.id).joined(separator: ", ")
  }

  private var reason: String {
    switch run.verdict {
    case .pass:
      return judged.count == 1 ? "the gate passed." : "all \(judged.count) gates passed."
    case .fail:
      let failed = judged.count { $0.verdict == .fail }
      let open = named(.inconclusive)
      return "\(failed) of \(RunText.plural(judged.count, "gate")) failed: \(named(.fail))."
        + (open.isEmpty ? "" : " Undecided: \(open).")
    case .inconclusive:
      let open = named(.inconclusive)
      if open.isEmpty, run.header.calibration?.isBeyondReach == true {
        return "the gates pass, but beyond what the calibration covers."
      }
      return open.isEmpty ? "too few trials were run." : "undecided: \(open)." + more
    case .none: return "there is no error-level gate."
    }
  }

  /// How many trials would decide, if they went on as they did.
  private var more: String {
    let open = judged.filter { $0.verdict == .inconclusive }
    if open.contains(where: { $0.n == 0 }) { return " Nothing was measured for it." }
    let needed = open.map { $0.trialsToDecide(assurance: run.header.assurance) }
    guard let most = needed.compactMap({ $0 }).max(), !needed.contains(nil) else {
      return " Too close to call: more than a thousand trials would be needed."
    }
    return " About \(Human.count(Double(most))) trials would decide."
  }

  /// The preset's program does other work: what was judged is its pacing alone.
  private var pacing: [String] {
    guard run.setting("strategy.pacing_only") != nil else { return [] }
    return [
      "Pacing only: \(run.setting("strategy.preset") ?? "the preset") is made for other work."
    ]
  }

  private var cut: [String] {
    run.complete ? [] : ["The run was cut short."]
  }

  private var warnings: [String] {
    let ids = run.gates.filter { $0.level == .warn && $0.verdict != .pass }.map(\.id)
    return ids.isEmpty ? [] : ["Warnings: \(ids.joined(separator: ", "))."]
  }
}
