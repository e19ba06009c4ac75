/// A scenario's text with a few values changed where they stand; everything else, comments included, stays
/// as it was written.
package struct ScenarioPatch: Sendable {
  package private(set) var text: String

  /// Nil where a value cannot be put in by editing the text, or where the edited text would say
  /// something else as well.
  package init?(_ loaded: LoadedScenario, _ values: [TunedValue]) {
    let written = loaded.tree.reading.text
    text = written
    for value in values {
      guard let steps = Merge.steps(value.path[...], .file)?.map(\.name), edit(steps, value.text)
      else { return nil }
    }
    guard let again = try? ScenarioFile.load(text: text, path: loaded.path),
      let wanted = try? loaded.tree.scenario(with: values),
      again.scenario.strategy == wanted.strategy,
      // The text alone: what a calibration or the command line says is not in it.
      let before = try? ScenarioFile.load(text: written, path: loaded.path)
    else { return nil }
    let outside = { (value: ResolvedValue) in !value.path.hasPrefix("strategy.") }
    guard
      again.resolved.filter(outside).map(\.text) == before.resolved.filter(outside).map(\.text)
    else { return nil }
  }

  private mutating func edit(_ path: [String], _ value: String) -> Bool {
    let source = SourceText(name: "", text: text)
    guard let root = YAMLReader.read(source).0 else { return false }
    var lines = source.lines
    var parent = root
    for (depth, step) in path.enumerated() {
      let rest = Array(path[(depth + 1)...])
      guard let entry = parent.entries?.first(where: { $0.key == step }) else {
        insert(path[depth], Self.flow(rest, value), into: parent, isRoot: depth == 0, &lines)
        text = lines.joined(separator: "\n")
        return true
      }
      // The whole of an alternative gives way to the one that is chosen.
      let isChosen = rest.count == 1 && Merge.chooses(rest[0], of: step)
      let isScalar = entry.value.entries == nil && entry.value.items == nil
      let holdsKey = rest.first.map { entry.value[$0] != nil } ?? false
      if rest.isEmpty || isScalar || (isChosen && !holdsKey) {
        guard replace(entry, with: Self.flow(rest, value), &lines) else { return false }
        text = lines.joined(separator: "\n")
        return true
      }
      parent = entry.value
    }
    return false
  }

  /// `a: {b: value}` without the first key.
  private static func flow(_ path: [String], _ value: String) -> String {
    path.reversed().reduce(value) { inner, key in "{\(key): \(inner)}" }
  }

  private func insert(
    _ key: String, _ value: String, into parent: Node, isRoot: Bool, _ lines: inout [String]
  ) {
    if isRoot {
      while lines.last == "" { lines.removeLast() }
      lines += ["", "\(key): \(value)", ""]
      return
    }
    let (row, column) = (parent.place.line - 1, parent.place.column - 1)
    guard lines.indices.contains(row) else { return }
    var line = Array(lines[row].unicodeScalars)
    if line.indices.contains(column), line[column] == "{" {
      let comma = parent.entries?.isEmpty == false ? ", " : ""
      line.insert(contentsOf: "\(key): \(value)\(comma)".unicodeScalars, at: column + 1)
      lines[row] = String(String.UnicodeScalarView(line))
    } else if let first = parent.entries?.first {
      let indent = String(repeating: " ", count: first.keyPlace.column - 1)
      lines.insert("\(indent)\(key): \(value)", at: first.keyPlace.line - 1)
    }
  }

  /// Puts a value in the place of the one that follows the key.
  private func replace(_ entry: Node.Entry, with value: String, _ lines: inout [String]) -> Bool {
    let place = entry.value.place
    let (row, column) = (place.line - 1, place.column - 1)
    guard place.source == .file, lines.indices.contains(row) else { return false }
    var line = Array(lines[row].unicodeScalars)
    guard line.indices.contains(column) else { return false }
    if entry.value.scalar != nil {
      line.replaceSubrange(
        column..<min(line.count, column + place.length), with: value.unicodeScalars)
      lines[row] = String(String.UnicodeScalarView(line))
      return true
    }
    if line[column] == "{" || line[column] == "[" {
      guard let end = Self.end(of: row, column, lines), end.row == row else { return false }
      line.replaceSubrange(column...end.column, with: value.unicodeScalars)
      lines[row] = String(String.UnicodeScalarView(line))
      return true
    }
    return replaceBlock(entry, with: value, &lines)
  }

  /// A map in lines of its own, below its key and indented more.
  private func replaceBlock(
    _ entry: Node.Entry, with value: String, _ lines: inout [String]
  ) -> Bool {
    let row = entry.keyPlace.line - 1
    guard entry.value.place.line > entry.keyPlace.line else { return false }
    let indent = entry.keyPlace.column - 1
    var end = row + 1
    while end < lines.count {
      let depth = lines[end].prefix { $0 == " " }.count
      if depth < lines[end].count, depth <= indent { break }
      end += 1
    }
    // Blank lines and comments before the next key belong to it.
    while end > row + 1, lines[end - 1].allSatisfy({ $0 == " " }) { end -= 1 }
    let head = lines[row].prefix(while: { $0 != "#" })
    guard let colon = head.lastIndex(of: ":") else { return false }
    let comment = lines[row][lines[row].index(after: colon)...]
    lines[row] =
      "\(lines[row][...colon]) \(value)\(comment.allSatisfy { $0 == " " } ? "" : comment)"
    lines.removeSubrange((row + 1)..<end)
    return true
  }

  /// Where the bracket that opens here closes, quoted texts passed over.
  private static func end(
    of row: Int, _ column: Int, _ lines: [String]
  ) -> (row: Int, column: Int)? {
    var depth = 0
    var quote: Unicode.Scalar?
    for current in row..<lines.count {
      for (index, scalar) in lines[current].unicodeScalars.enumerated()
      where current > row || index >= column {
        if let open = quote {
          if scalar == open { quote = nil }
        } else if scalar == "\"" || scalar == "'" {
          quote = scalar
        } else if "{[".unicodeScalars.contains(scalar) {
          depth += 1
        } else if "}]".unicodeScalars.contains(scalar) {
          depth -= 1
          if depth == 0 { return (current, index) }
        }
      }
    }
    return nil
  }
}
