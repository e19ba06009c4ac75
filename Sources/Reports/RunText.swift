import Gates
import Measurements

/// One run for an 80-column screen: gates first, then the work, what the application felt, what
/// limited it, and the verdict last, with the next command to type.
package struct RunText {
  package var run: RunRecord
  /// How the scenario was named on the command line; nil where the run comes from the history.
  package var source: String?
  /// How the verdict words are set off.
  package var emphasis: @Sendable (Verdict, String) -> String

  static let width = 80

  package init(
    _ run: RunRecord, source: String? = nil,
    emphasis: @escaping @Sendable (Verdict, String) -> String = { $1 }
  ) {
    self.run = run
    self.source = source
    self.emphasis = emphasis
  }

  package var text: String {
    let parts = [
      heading + CalibrationLines(run: run).lines, GateLines(run: run, emphasis: emphasis).lines,
      WorkLines(run: run).lines,
      ApplicationLines(run: run).lines, LimitLines(run: run).lines, verdict,
    ]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  private var heading: [String] {
    var parts = [run.header.name, run.header.world.rawValue, "seed \(run.header.seed)"]
    parts.append(
      isLive
        ? run.header.versions["postgresql"].map { "PostgreSQL \($0)" } ?? "PostgreSQL"
        : Self.plural(run.trials, "trial"))
    if !run.complete { parts.append("INCOMPLETE") }
    return [parts.joined(separator: "  ")]
  }

  private var verdict: [String] {
    let word =
      switch run.verdict {
      case .pass: "PASS"
      case .fail: "FAIL"
      case .inconclusive: "INCONCLUSIVE"
      case .none: "NONE"
      }
    let sentence = VerdictWords(run: run).sentence
    var lines = "VERDICT  \(word): \(sentence)".wrappedAfterHead(
      to: Self.width, head: 9)
    lines[0] = "VERDICT  " + emphasis(run.verdict, word) + lines[0].dropFirst(9 + word.count)
    let command = "         Next: \(next.command)"
    let why = next.why.isEmpty ? "" : "   (\(next.why))"
    return lines + [command + (command.count + why.count <= Self.width ? why : "")]
  }

  private var isLive: Bool { run.header.world == .live }

  /// What to type next, and why if there is room for it.
  private var next: (command: String, why: String) {
    let file = source ?? "FILE"
    switch run.verdict {
    case .fail: return ("rehearse plan \(file)", "which resource binds")
    case .inconclusive:
      let again = isLive ? "live \(file) --throwaway" : "simulate \(file)"
      if !run.complete { return ("rehearse \(again)", "to its end") }
      if let gate = run.gates.first(where: { $0.level == .error && $0.n == 0 }) {
        return ("rehearse explain \(gate.metric.name)", "")
      }
      return ("rehearse simulate \(file) --trials \(max(400, 2 * run.trials))", "")
    case .pass where isLive: return ("rehearse simulate \(file)", "what was predicted?")
    case .pass:
      let more = "--set strategy.workers=\(2 * run.workers)"
      return ("rehearse simulate \(file) \(more)", "is there room for more?")
    case .none: return ("rehearse explain app.latency.p99", "a metric to put a gate on")
    }
  }

  static func plural(_ count: Int, _ noun: String) -> String {
    "\(Human.count(Double(count))) \(noun)\(count == 1 ? "" : "s")"
  }
}
