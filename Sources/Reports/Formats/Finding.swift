import Gates
import Measurements
import Scenarios

/// Something to tell about a line of a scenario file: for annotations and for code scanning.
package struct Finding: Hashable, Sendable {
  package enum Level: String, Hashable, Sendable, Comparable, CaseIterable {
    case error, warning, note
    package static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }
  /// What kind of finding it is: `gate-failed`, `RH0512`.
  package var rule: String
  package var level: Level
  package var title: String
  package var message: String
  /// As it was named; nil where the file is not known.
  package var path: String?
  /// 1-based; 0 where there is no place.
  package var line: Int
  package var column: Int

  package init(
    rule: String, level: Level, title: String, message: String, path: String?, line: Int = 0,
    column: Int = 0
  ) {
    self.rule = rule
    self.level = level
    self.title = title
    self.message = message
    self.path = path
    self.line = line
    self.column = column
  }

  package init(_ problem: Problem) {
    let isOfFile = problem.place.source == .file
    self.init(
      rule: problem.code, level: Level(rawValue: problem.severity.rawValue) ?? .warning,
      title: problem.code,
      message: problem.message + (problem.hint.isEmpty ? "" : "; \(problem.hint)"),
      path: problem.path, line: isOfFile ? problem.line : 0, column: isOfFile ? problem.column : 0)
  }

  /// What each rule that is not a scenario's own is about.
  package static let rules: [(id: String, about: String)] = [
    ("gate-failed", "A gate of the scenario failed."),
    ("gate-inconclusive", "A gate of the scenario could not be decided."),
    ("regression", "A metric is worse than in the baseline."),
    ("changed-since-baseline", "A value differs from the baseline that a gate now breaks."),
  ]
}

extension RunPage.Input {
  /// One for each gate that did not pass, at its line in the scenario.
  package var gateFindings: [Finding] {
    record.gates.compactMap { gate in
      guard gate.verdict == .fail || gate.verdict == .inconclusive else { return nil }
      let words = GateWords(gate: gate, run: record)
      let value = gate.value.map { Human.text($0, unit: words.unit) } ?? "nothing measured"
      let isFail = gate.verdict == .fail
      let place = record.place(of: "gates.\(gate.id).")
      return Finding(
        rule: isFail ? "gate-failed" : "gate-inconclusive",
        level: gate.level == .error ? .error : .warning,
        title: "\(record.header.name): gate \(gate.id) \(isFail ? "failed" : "is inconclusive")",
        message: "\(gate.metric.description) is \(value), the gate wants \(gate.expectation) "
          + "(\(words.text))",
        path: path, line: place?.line ?? 0, column: place?.column ?? 0)
    }
  }
}

extension RunRecord {
  /// Where in the scenario the first value under a path was written; nil where none was.
  package func place(of prefix: String) -> (line: Int, column: Int)? {
    header.scenario.lazy.filter { $0.path.hasPrefix(prefix) }.compactMap(\.place).first
  }
}

extension RunRecord.Setting {
  /// From `file:12:5`; nil for every other origin.
  package var place: (line: Int, column: Int)? {
    let parts = origin.split(separator: ":")
    guard parts.count == 3, parts[0] == "file", let line = Int(parts[1]), let column = Int(parts[2])
    else { return nil }
    return (line, column)
  }
}
