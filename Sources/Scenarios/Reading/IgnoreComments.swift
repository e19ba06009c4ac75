/// Comments that silence a warning: `# rehearse-ignore RH0512: the reader needs the index`.
///
/// At the end of a line a comment covers that line; on a line of its own it covers the next one that
/// is no comment, with everything indented more deeply below it.
struct IgnoreComments {
  private struct Cover {
    var code: String
    var lines: ClosedRange<Int>
  }
  private static let marker = "rehearse-ignore"

  private var covers: [Cover] = []
  /// Comments that do not say what is ignored, or why.
  private(set) var problems: [Problem] = []

  init(_ source: SourceText) {
    for (index, line) in source.lines.enumerated() where line.contains(Self.marker) {
      guard let comment = Self.comment(in: line) else { continue }
      let place = Place(
        .file, line: index + 1, column: comment.column, length: comment.text.unicodeScalars.count)
      switch Self.code(of: comment.text) {
      case .failure(let fault):
        problems.append(
          Problem(
            "RH0011", at: place, fault.message,
            hint: "such as # rehearse-ignore RH0512: the reader needs the index"))
      case .success(let code):
        let lines = comment.isAlone ? Self.block(after: index, in: source.lines) : index...index
        covers.append(Cover(code: code, lines: lines.lowerBound + 1...lines.upperBound + 1))
      }
    }
  }

  /// Errors are never ignored: they say that there is nothing to run.
  func silences(_ problem: Problem) -> Bool {
    problem.severity != .error && problem.place.source == .file
      && covers.contains { $0.code == problem.code && $0.lines.contains(problem.line) }
  }

  private struct Fault: Error { var message: String }

  /// What follows `#` and the marker, and where the comment starts.
  private static func comment(in line: String) -> (text: String, column: Int, isAlone: Bool)? {
    let scalars = Array(line.unicodeScalars)
    for i in scalars.indices where scalars[i] == "#" {
      guard i == 0 || scalars[i - 1] == " " || scalars[i - 1] == "\t" else { continue }
      let text = String(String.UnicodeScalarView(scalars[i...]))
      guard text.dropFirst().drop(while: { $0 == " " }).hasPrefix(marker) else { continue }
      let isAlone = scalars[..<i].allSatisfy { $0 == " " || $0 == "\t" }
      return (text, i + 1, isAlone)
    }
    return nil
  }

  private static func code(of comment: String) -> Result<String, Fault> {
    let rest = comment.dropFirst().drop { $0 == " " }.dropFirst(marker.count).drop { $0 == " " }
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let code = String(parts.first ?? "").trimmingEnd()
    guard Codes.lints.contains(where: { $0.code == code }) else {
      return .failure(
        Fault(
          message: code.isEmpty ? "nothing says what is ignored" : "\"\(code)\" is no warning"))
    }
    guard parts.count == 2, parts[1].contains(where: { $0 != " " }) else {
      return .failure(Fault(message: "ignoring \(code) needs a reason"))
    }
    return .success(code)
  }

  /// The next line that is no comment, with the more deeply indented ones below it.
  private static func block(after index: Int, in lines: [String]) -> ClosedRange<Int> {
    func indent(_ line: String) -> Int? {
      let text = line.drop { $0 == " " }
      return text.isEmpty || text.first == "#" ? nil : line.count - text.count
    }
    var first = index + 1
    while first < lines.count, indent(lines[first]) == nil { first += 1 }
    guard first < lines.count, let own = indent(lines[first]) else { return index...index }
    var last = first
    for next in lines.indices[(first + 1)...] {
      guard let depth = indent(lines[next]) else { continue }
      if depth <= own { break }
      last = next
    }
    return first...last
  }
}
