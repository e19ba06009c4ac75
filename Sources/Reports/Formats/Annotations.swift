/// GitHub's workflow commands: one line for each finding, which GitHub shows beside the line that it
/// is about. https://docs.github.com/actions/reference/workflow-commands-for-github-actions
package struct Annotations {
  package var findings: [Finding]
  /// GitHub keeps ten of a kind for each step; the last one says how many more there are.
  private static let most = 9

  package init(_ findings: [Finding]) { self.findings = findings }

  package var text: String {
    Finding.Level.allCases.flatMap { level -> [String] in
      let found = findings.filter { $0.level == level }
      let word = level == .note ? "notice" : level.rawValue
      let lines = found.prefix(Self.most).map { Self.line($0, word) }
      let left = found.count - lines.count
      return left == 0 ? lines : lines + ["::\(word)::and \(left) more, see the summary"]
    }.map { $0 + "\n" }.joined()
  }

  private static func line(_ finding: Finding, _ word: String) -> String {
    var properties: [String] = []
    if let path = finding.path { properties.append("file=\(property(path))") }
    if finding.line > 0 {
      properties += ["line=\(finding.line)", "col=\(max(1, finding.column))"]
    }
    properties.append("title=\(property(finding.title))")
    return "::\(word) \(properties.joined(separator: ","))::\(escaped(finding.message))"
  }

  private static func escaped(_ text: String) -> String {
    text.shown.replacing(["%": "%25", "\n": "%0A"])
  }

  private static func property(_ text: String) -> String {
    escaped(text).replacing([":": "%3A", ",": "%2C"])
  }
}
