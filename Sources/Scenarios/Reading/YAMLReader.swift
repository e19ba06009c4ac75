import Yams

/// Reads a YAML text into a located tree.
///
/// Yams composes, we keep only raw scalar texts: under YAML 1.1 `on` would be true, `12:30` the
/// number 750 and `017` fifteen.
struct YAMLReader {
  private let source: SourceText
  private let origin: Place.Source
  private var problems: [Problem] = []
  private var values = 0
  /// Keys that were written twice, by the mark of the first: what the place in the text was renamed
  /// to so that the YAML library composes the rest.
  private var renamed: [String: String] = [:]

  /// The tree, unless the text is no YAML at all, and every problem found on the way.
  static func read(_ source: SourceText, _ origin: Place.Source = .file) -> (Node?, [Problem]) {
    if let problem = TextGuard.check(source, origin) { return (nil, [problem]) }
    var reader = YAMLReader(source: source, origin: origin)
    let root = reader.compose()
    return (root, reader.problems)
  }

  private init(source: SourceText, origin: Place.Source) {
    self.source = source
    self.origin = origin
  }

  private mutating func compose() -> Node? {
    var text = source
    for _ in 0..<20 {
      do {
        guard let root = try Yams.compose(yaml: text.text, .basic) else { return nil }
        return convert(root, depth: 0)
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        let place = place(context.mark)
        guard let key = keys.first, let next = rename(key, at: context.mark, in: text) else {
          problems.append(
            Problem("RH0103", at: place, "the key \"\(keys.first ?? "")\" is written twice"))
          return nil
        }
        text = next
      } catch {
        problems.append(YAMLSyntax.problem(error, source, origin))
        return nil
      }
    }
    problems.append(
      Problem(
        "RH0103", at: .start, "more than 20 keys are written twice", hint: "remove the copies"))
    return nil
  }

  private func place(_ mark: Mark?) -> Place {
    Place(origin, line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  /// The same text with the key at the mark replaced by private-use characters of the same number,
  /// so that every other mark stays what it was.
  private mutating func rename(_ key: String, at mark: Mark, in text: SourceText) -> SourceText? {
    var line = Array(text.line(mark.line).unicodeScalars)
    let start = mark.column - 1
    guard line.indices.contains(start) else { return nil }
    let quoted = line[start] == "\"" || line[start] == "'"
    let first = quoted ? start + 1 : start
    let wanted = Array(key.unicodeScalars)
    guard !wanted.isEmpty, first + wanted.count <= line.count,
      Array(line[first..<first + wanted.count]) == wanted,
      let marker = Unicode.Scalar(0xE000 + UInt32(renamed.count))
    else { return nil }
    let stand = [Unicode.Scalar](repeating: marker, count: wanted.count)
    line.replaceSubrange(first..<first + wanted.count, with: stand)
    renamed[String(String.UnicodeScalarView(stand))] = key
    var lines = text.lines
    lines[mark.line - 1] = String(String.UnicodeScalarView(line))
    return SourceText(name: text.name, text: lines.joined(separator: "\n"))
  }

  private mutating func convert(_ node: Yams.Node, depth: Int) -> Node? {
    values += 1
    let place = place(node.mark)
    guard values <= TextGuard.mostValues else {
      if values == TextGuard.mostValues + 1 {
        problems.append(
          Problem(
            "RH0005", at: place, "the file expands to more than \(TextGuard.mostValues) values",
            hint: "an alias repeats this part too often",
            help: ["write the values out instead of nesting aliases"]))
      }
      return nil
    }
    guard depth <= TextGuard.deepestNesting else {
      problems.append(
        Problem(
          "RH0004", at: place, "nested more than \(TextGuard.deepestNesting) levels deep",
          hint: "no scenario needs this"))
      return nil
    }
    return convertContent(node, place, depth: depth)
  }

  private mutating func convertContent(_ node: Yams.Node, _ place: Place, depth: Int) -> Node? {
    switch node {
    case .scalar(let scalar):
      return self.scalar(scalar, place)
    case .sequence(let sequence):
      refuseTag(sequence.tag, place)
      var items: [Node] = []
      for item in sequence {
        guard let item = convert(item, depth: depth + 1) else { return nil }
        items.append(item)
      }
      return Node(content: .list(items), place: place)
    case .mapping(let mapping):
      refuseTag(mapping.tag, place)
      return map(mapping, place, depth: depth)
    case .alias:
      return nil
    }
  }

  private mutating func scalar(_ scalar: Yams.Node.Scalar, _ mark: Place) -> Node {
    refuseTag(scalar.tag, mark)
    let style: Node.Style =
      switch scalar.style {
      case .plain, .any: .plain
      case .singleQuoted, .doubleQuoted: .quoted
      case .literal, .folded: .block
      }
    let (column, length) = YAMLSyntax.extent(
      of: scalar.string, style, in: source.line(mark.line), from: mark.column)
    return Node(
      content: .scalar(scalar.string, style),
      place: Place(origin, line: mark.line, column: column, length: length))
  }

  private mutating func map(_ mapping: Yams.Node.Mapping, _ place: Place, depth: Int) -> Node? {
    var entries: [Node.Entry] = []
    for (key, value) in mapping {
      let keyMark = key.mark.map(self.place) ?? place
      guard let name = key.scalar?.string else {
        problems.append(
          Problem(
            "RH0003", at: keyMark, "a key has to be a plain word, this is a list or a map",
            hint: "is a quote missing around a text with braces?"))
        continue
      }
      let (column, length) = YAMLSyntax.extent(
        of: name, key.scalar?.style == .plain ? .plain : .quoted, in: source.line(keyMark.line),
        from: keyMark.column)
      let keyPlace = Place(origin, line: keyMark.line, column: column, length: length)
      if name == "<<" {
        problems.append(
          Problem(
            "RH0006", at: keyPlace, "merge keys (<<) are not supported",
            hint: "write the keys out, or use variants",
            help: ["a merge hides which of two values wins"]))
        continue
      }
      guard let converted = convert(value, depth: depth + 1) else { return nil }
      entries.append(Node.Entry(key: name, keyPlace: keyPlace, value: converted))
    }
    return Node(content: .map(resolveDuplicates(entries)), place: place)
  }

  /// Reports the keys that were renamed and leaves their first value out.
  private mutating func resolveDuplicates(_ entries: [Node.Entry]) -> [Node.Entry] {
    var kept: [Node.Entry] = []
    for (index, entry) in entries.enumerated() {
      guard let key = renamed[entry.key] else {
        kept.append(entry)
        continue
      }
      let later = entries[(index + 1)...]
      let again = later.first { $0.key == key || renamed[$0.key] == key }?.keyPlace
      problems.append(
        Problem(
          "RH0103", at: again ?? entry.keyPlace, "the key \"\(key)\" is written twice",
          hint: "first written at \(entry.keyPlace.line):\(entry.keyPlace.column)",
          help: ["keep one of the two; which one would win is not defined in YAML"]))
    }
    return kept
  }

  private mutating func refuseTag(_ tag: Tag, _ place: Place) {
    let name = tag.description
    guard !["", "?", "!"].contains(name), !name.hasPrefix("tag:yaml.org,2002:str") else { return }
    problems.append(
      Problem(
        "RH0010", at: place,
        "YAML tags (\(name.replacing("tag:yaml.org,2002:", with: "!!"))) are not supported",
        hint: "remove the tag; write the value as it is"))
  }
}
