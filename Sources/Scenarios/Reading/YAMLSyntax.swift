import Yams

/// What the YAML library's errors mean to the author of a scenario.
enum YAMLSyntax {
  static func problem(
    _ error: any Error, _ source: SourceText, _ origin: Place.Source
  ) -> Problem {
    guard let error = error as? YamlError else {
      return Problem("RH0003", at: .start, "this is not YAML: \(error)")
    }
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return located(problem, context, mark, source, origin)
    case .reader(let problem, _, _, _):
      return Problem(
        "RH0001", at: Place(origin, line: 1, column: 1), "this is not text: \(problem)",
        hint: "save the file as UTF-8")
    default:
      return Problem("RH0003", at: .start, "this is not YAML: \(error)")
    }
  }

  private static func located(
    _ text: String, _ context: YamlError.Context?, _ mark: Mark, _ source: SourceText,
    _ origin: Place.Source
  ) -> Problem {
    let line = min(mark.line, source.lines.count)
    let place = Place(origin, line: line, column: mark.column)
    if text.contains("esting level") {
      return Problem(
        "RH0004", at: place, "nested more than \(TextGuard.deepestNesting) levels deep",
        hint: "no scenario needs this")
    }
    if text.contains("expected a single document") || text.contains("found another document") {
      return Problem(
        "RH0009", at: place, "a second YAML document starts here",
        hint: "one scenario per file: remove the ---")
    }
    if text.contains("undefined alias") {
      return Problem(
        "RH0003", at: place, "this alias has no anchor",
        hint: "write the value out, or quote a text that starts with *")
    }
    if let tab = tab(source, line) { return tabProblem(Place(origin, line: line, column: tab)) }
    if let trap = unquoted(source, line, origin) { return trap }
    let start = context.map { " (\($0.text) that starts at \($0.mark.line):\($0.mark.column))" }
    return Problem(
      "RH0003", at: place, "this is not YAML: \(text)\(start ?? "")",
      hint: "look for a missing quote, comma or bracket, or for wrong indentation, here or above")
  }

  static func tabProblem(_ place: Place) -> Problem {
    Problem("RH0007", at: place, "a tab in the indentation", hint: "YAML indents with blanks only")
  }

  /// The column of a tab before the first other character of the line.
  private static func tab(_ source: SourceText, _ number: Int) -> Int? {
    let blanks = source.line(number).unicodeScalars.prefix { $0 == " " || $0 == "\t" || $0 == "-" }
    return blanks.enumerated().first { $0.element == "\t" }.map { $0.offset + 1 }
  }

  /// An unquoted `metric: name{label=value}` inside braces, or `expect: > 5`, which starts a
  /// folded text in YAML.
  private static func unquoted(
    _ source: SourceText, _ number: Int, _ origin: Place.Source
  ) -> Problem? {
    for candidate in [number, number - 1] where candidate > 0 {
      let line = source.line(candidate)
      for key in ["metric:", "expect:", "pause_when:", "resume_when:", "abort_when:", "slow_when:"]
      {
        guard let found = line.firstRange(of: key) else { continue }
        let rest = line[found.upperBound...].drop { $0 == " " }
        let value = rest.prefix { $0 != "," }
        let starts = value.first == ">" || value.first == "|"
        guard starts || (key == "metric:" && value.first != "\"" && value.contains("{")) else {
          continue
        }
        let column = line.unicodeScalars.distance(
          from: line.unicodeScalars.startIndex, to: rest.startIndex)
        return Problem(
          "RH0112",
          at: Place(
            origin, line: candidate, column: column + 1, length: value.unicodeScalars.count),
          "this text has to be quoted, YAML reads its \(starts ? "first character" : "braces") otherwise",
          hint: "write \"\(value.trimmingCharacter(" "))\"")
      }
    }
    return nil
  }

  /// The column where a scalar's token starts, after any anchor or tag, and its length on that line.
  static func extent(
    of text: String, _ style: Node.Style, in line: String, from column: Int
  ) -> (column: Int, length: Int) {
    let scalars = Array(line.unicodeScalars)
    var start = column - 1
    while start < scalars.count, scalars[start] == "&" || scalars[start] == "!" {
      while start < scalars.count, scalars[start] != " " { start += 1 }
      while start < scalars.count, scalars[start] == " " { start += 1 }
    }
    switch style {
    case .block: return (start + 1, 1)
    case .plain:
      let first = text.unicodeScalars.prefix { $0 != "\n" }.count
      return (start + 1, max(1, min(first, scalars.count - start)))
    case .quoted:
      guard start < scalars.count else { return (start + 1, 1) }
      let mark = scalars[start]
      var end = start + 1
      while end < scalars.count, scalars[end] != mark {
        end += scalars[end] == "\\" && mark == "\"" ? 2 : 1
      }
      return (start + 1, min(end, scalars.count - 1) - start + 1)
    }
  }
}

extension Substring {
  func trimmingCharacter(_ character: Character) -> Substring {
    var result = self
    while result.first == character { result.removeFirst() }
    while result.last == character { result.removeLast() }
    return result
  }
}
