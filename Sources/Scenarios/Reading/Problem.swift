/// One thing that is wrong with a scenario, or worth a warning, and where.
package struct Problem: Sendable, Hashable {
  package enum Severity: String, Sendable, Hashable, CaseIterable { case error, warning, note }

  /// `RH` and four digits; `Codes.explain` has a page for each.
  package var code: String
  package var severity: Severity
  package var message: String
  /// What to write instead, beside the caret.
  package var hint: String
  /// Further lines below the frame.
  package var help: [String]
  package var place: Place
  /// The file as it was named, or `--set`.
  package var path = ""
  /// The text of the line at `place`.
  package var sourceLine = ""

  package var line: Int { place.line }
  package var column: Int { place.column }
  package var length: Int { place.length }

  init(
    _ code: String, _ severity: Severity = .error, at place: Place, _ message: String,
    hint: String = "", help: [String] = []
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.hint = hint
    self.help = help
    self.place = place
  }

  /// The head line, the source line, a caret and the help.
  package func render() -> String {
    var lines = ["\(path):\(line):\(column): \(severity.rawValue)[\(code)]: \(message)"]
    let number = String(line)
    let margin = String(repeating: " ", count: number.count)
    let (shown, start) = Problem.excerpt(of: sourceLine, around: column)
    let room = max(1, shown.unicodeScalars.count - start)
    let carets = String(repeating: "^", count: min(length, room))
    lines.append("\(margin) |")
    lines.append("\(number) | \(shown)")
    lines.append("\(margin) | \(Problem.padding(shown, start))\(carets) \(hint)".trimmingEnd())
    lines += help.map { "\(margin) = help: \($0)" }
    return lines.joined(separator: "\n")
  }

  /// At most 160 scalars of the line, and the caret's offset in them.
  private static func excerpt(of line: String, around column: Int) -> (String, Int) {
    let scalars = Array(line.unicodeScalars)
    let offset = min(max(0, column - 1), scalars.count)
    let start = scalars.count <= 160 ? 0 : max(0, offset - 80)
    var shown = String.UnicodeScalarView()
    for scalar in scalars[start..<min(scalars.count, start + 160)] {
      let printable = scalar == "\t" || !(scalar.value < 0x20 || (0x7F...0x9F ~= scalar.value))
      shown.append(printable ? scalar : "\u{FFFD}")
    }
    return (String(shown), offset - start)
  }

  /// Blanks as wide as the start of the line, tabs kept.
  private static func padding(_ line: String, _ count: Int) -> String {
    String(line.unicodeScalars.prefix(count).map { $0 == "\t" ? "\t" : " " })
  }
}

extension String {
  func trimmingEnd() -> String {
    var result = self[...]
    while result.last == " " { result.removeLast() }
    return String(result)
  }
}

/// The problems found so far; the same place is blamed once per code.
struct ProblemList {
  private(set) var all: [Problem] = []
  private var seen: Set<String> = []

  var hasErrors: Bool { all.contains { $0.severity == .error } }

  mutating func append(_ problem: Problem) {
    let place = problem.place
    let identity =
      "\(problem.code) \(place.source) \(place.line) \(place.column) \(problem.message)"
    if seen.insert(identity).inserted { all.append(problem) }
  }

  mutating func append(contentsOf problems: [Problem]) {
    for problem in problems { append(problem) }
  }

  mutating func error(
    _ code: String, at place: Place, _ message: String, hint: String = "", help: [String] = []
  ) {
    append(Problem(code, at: place, message, hint: hint, help: help))
  }

  mutating func warning(
    _ code: String, at place: Place, _ message: String, hint: String = "", help: [String] = []
  ) {
    append(Problem(code, .warning, at: place, message, hint: hint, help: help))
  }
}
