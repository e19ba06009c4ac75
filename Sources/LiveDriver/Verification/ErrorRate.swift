import Gates
import Measurements

/// The traffic's error rate in a run, against the guide's 0.1 %.
enum ErrorRate {
  static let limit = 0.001

  /// Few transactions say little: 3,000 without one error only just exclude 0.1 % (the rule of three,
  /// Hanley & Lippman-Hand, JAMA 249, 1983), so the exact interval decides.
  static func check(_ run: (record: RunRecord, name: String)?) -> VerifyRecord.Check {
    let expected = "<= 0.1%"
    guard let run else {
      return VerifyRecord.Check(
        .errorRate, .none, unit: "ratio", detail: "No run was named.",
        help: "--run latest reads it from a kept live run.")
    }
    guard run.record.header.world == .live else {
      return VerifyRecord.Check(
        .errorRate, .inconclusive, unit: "ratio", expected: expected,
        detail: "Run \(run.name) is simulated: it predicts and does not show.",
        help: "Name a live run: rehearse runs list.")
    }
    var (arrived, unserved) = (0.0, 0.0)
    for phase in ["during", "after"] {
      let labels = ["phase": phase]
      guard let count = run.record.metric(MetricKey("app.arrived", labels))?.value,
        let ratio = run.record.metric(MetricKey("app.unserved_ratio", labels))?.value
      else { continue }
      arrived += count
      unserved += (count * ratio).rounded()
    }
    return judge(unserved: Int(unserved), of: Int(arrived), run.name)
  }

  static func judge(unserved: Int, of arrived: Int, _ run: String) -> VerifyRecord.Check {
    let expected = "<= 0.1%"
    guard arrived > 0 else {
      return VerifyRecord.Check(
        .errorRate, .none, unit: "ratio", expected: expected,
        detail: "Run \(run) had no traffic.")
    }
    let share = BinomialShare.interval(successes: unserved, of: arrived)
    let verdict: Verdict =
      share.upperBound <= limit ? .pass : share.lowerBound > limit ? .fail : .inconclusive
    let high = (share.upperBound * 1e5).rounded() / 1e3
    let help =
      switch verdict {
      case .fail: "rehearse report \(run) says when and why."
      case .inconclusive: "Too few transactions to tell: let the phase after be longer (run.after)."
      case .pass, .none: ""
      }
    return VerifyRecord.Check(
      .errorRate, verdict, measured: Double(unserved) / Double(arrived), unit: "ratio",
      expected: expected,
      detail:
        "\(unserved) of \(arrived) transactions of run \(run) failed, timed out or were rejected, "
        + "during it or after; with 95%, at most \(high)%.", help: help)
  }
}
