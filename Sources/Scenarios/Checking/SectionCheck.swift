extension SchemaCheck {
  mutating func checkSection(_ node: Node, _ section: Section, _ path: String) -> Checked {
    guard let entries = node.entries else { return wrongShape(node, .section(section), path) }
    var known: [Node.Entry] = []
    for entry in entries {
      if section[entry.key] != nil {
        known.append(entry)
      } else {
        unknown(entry, in: section, path)
      }
    }
    let excluded = checkForms(known, node, section, path)
    var members: [Checked.Member] = []
    for field in section.fields where !excluded.contains(field.key) {
      let fieldPath = Self.join(path, field.key)
      if let entry = known.first(where: { $0.key == field.key }) {
        let value = checkPresent(entry, field, fieldPath)
        members.append(.init(key: field.key, keyPlace: entry.keyPlace, value: value))
      } else {
        let value = fill(field, at: node.place, fieldPath, missingFrom: path)
        members.append(.init(key: field.key, keyPlace: node.place, value: value))
      }
    }
    return valid(.map(members), node)
  }

  /// `key: null` says that an optional value is absent.
  private mutating func checkPresent(_ entry: Node.Entry, _ field: Field, _ path: String) -> Checked
  {
    if entry.value.isNull, case .nothing(let meaning) = field.absence {
      var checked = Checked.absent(at: entry.value.place, meaning)
      checked.origin = Origin(entry.value.place)
      return checked
    }
    return check(entry.value, field.kind, path)
  }

  private mutating func fill(
    _ field: Field, at place: Place, _ path: String, missingFrom parent: String
  ) -> Checked {
    switch field.absence {
    case .required:
      let home = parent.isEmpty ? "the scenario" : "\"\(parent)\""
      problems.error(
        "RH0104", at: place, "\(home) needs \"\(field.key)\"",
        hint: "add \(field.key): \(field.kind.summary)", help: [field.doc])
      return Checked(value: .invalid, text: "", place: place, origin: .byDefault(reason: "missing"))
    case .nothing(let meaning), .computed(let meaning):
      return .absent(at: place, meaning)
    case .value(let text, let reason):
      return byDefault(text, reason, field, at: place, path)
    case .byVersion(let text, let reason):
      return byDefault(text(version), reason, field, at: place, path)
    }
  }

  private mutating func byDefault(
    _ text: String, _ reason: String, _ field: Field, at place: Place, _ path: String
  ) -> Checked {
    guard let node = Self.defaultNode(text, path, at: place) else {
      return .absent(at: place, reason)
    }
    var checked = check(node, field.kind, path)
    checked.mark(.byDefault(reason: reason))
    return checked
  }

  /// The tree of a default's text; nil for null.
  private static func defaultNode(_ text: String, _ path: String, at place: Place) -> Node? {
    if text == "null" { return nil }
    guard let first = text.first, "{[\"".contains(first) else {
      return Node(content: .scalar(text, .plain), place: place)
    }
    let (node, faults) = YAMLReader.read(SourceText(name: path, text: text), .preset("default"))
    precondition(faults.isEmpty, "the default of \(path) is no YAML: \(text)")
    return node?.moved(to: place)
  }

  private mutating func unknown(_ entry: Node.Entry, in section: Section, _ path: String) {
    let home = path.isEmpty ? "the scenario" : "\"\(path)\""
    if section.reserved.contains(entry.key) {
      problems.error(
        "RH0107", at: entry.keyPlace,
        "\"\(Self.join(path, entry.key))\" is known, but not built yet", hint: "remove it for now",
        help: ["it is refused rather than ignored, because it would change the result"])
    } else if let advice = section.misplaced[entry.key] {
      problems.error(
        "RH0102", at: entry.keyPlace, "\"\(entry.key)\" is not a key of \(home)", hint: advice)
    } else {
      let keys = section.fields.map(\.key)
      let near = Suggestion.nearest(to: entry.key, among: keys)
      problems.error(
        "RH0101", at: entry.keyPlace, "unknown key \"\(entry.key)\" in \(home)",
        hint: near.map { "did you mean \"\($0)\"?" } ?? "not a key of \(home)",
        help: ["allowed here: \(Suggestion.list(keys.sorted()))"])
    }
  }

  /// The keys of the forms that do not apply; says so where the written keys fit no form.
  private mutating func checkForms(
    _ entries: [Node.Entry], _ node: Node, _ section: Section, _ path: String
  ) -> Set<String> {
    guard !section.forms.isEmpty else { return [] }
    let written = entries.map(\.key)
    let ways = section.forms.map { $0.required.joined(separator: " and ") }
    let chosen = section.forms.filter { form in form.required.contains { written.contains($0) } }
    let inForms = Set(section.forms.flatMap { $0.required + $0.optional })
    guard let form = chosen.first else {
      problems.error(
        "RH0106", at: node.place, "\"\(path)\" needs one of: \(ways.joined(separator: "; "))",
        hint: "expected \(Kind.section(section).summary)")
      return inForms
    }
    if chosen.count > 1 {
      let second = chosen[1].required.first { written.contains($0) }
      let place = entries.first { $0.key == second }?.keyPlace ?? node.place
      problems.error(
        "RH0106", at: place,
        "\"\(path)\" cannot have both \(form.required[0]) and \(second ?? "")",
        hint: "keep one of them")
      return inForms
    }
    let own = Set(form.required + form.optional)
    for entry in entries where inForms.contains(entry.key) && !own.contains(entry.key) {
      problems.error(
        "RH0106", at: entry.keyPlace,
        "\"\(entry.key)\" does not go with \"\(form.required[0])\" in \"\(path)\"",
        hint: "with \(form.required[0]): \(Suggestion.list((form.required + form.optional)))")
    }
    return inForms.subtracting(own)
  }
}

extension Checked {
  mutating func mark(_ origin: Origin) {
    self.origin = origin
    switch value {
    case .list(var items):
      for i in items.indices { items[i].mark(origin) }
      value = .list(items)
    case .map(var members):
      for i in members.indices where members[i].value.isWritten { members[i].value.mark(origin) }
      value = .map(members)
    default: break
    }
  }
}

extension Node {
  /// The same tree with one place throughout.
  func moved(to place: Place) -> Node {
    switch content {
    case .scalar(let text, let style):
      return Node(content: .scalar(text, style), place: place)
    case .list(let items):
      return Node(content: .list(items.map { $0.moved(to: place) }), place: place)
    case .map(let entries):
      let moved = entries.map {
        Entry(key: $0.key, keyPlace: place, value: $0.value.moved(to: place))
      }
      return Node(content: .map(moved), place: place)
    }
  }
}
