/// Holds a tree against the schema: every wrong place becomes a problem, every missing key its
/// default.
struct SchemaCheck {
  var problems = ProblemList()
  /// Major version of the server, for the defaults that depend on it.
  let version: Int

  init(version: Int) { self.version = version }

  mutating func check(_ node: Node, _ kind: Kind, _ path: String) -> Checked {
    switch kind {
    case .section(let section):
      return checkSection(node, section, path)
    case .list(let item, let notEmpty):
      return checkList(node, item, notEmpty: notEmpty, path)
    case .dictionary(let key, let value, let notEmpty):
      return checkDictionary(node, key, value, notEmpty: notEmpty, path)
    case .either(let kinds):
      return checkEither(node, kinds, path)
    case .anything:
      return valid(.absent, node)
    default:
      guard let text = node.scalar else { return wrongShape(node, kind, path) }
      if node.isNull {
        return invalid(
          node, "RH0109", "\"\(path)\" has no value",
          hint: "write a value (\(kind.summary)) or remove the key")
      }
      return scalar(node, text, kind, path)
    }
  }

  func valid(_ value: Checked.Value, _ node: Node) -> Checked {
    Checked(
      value: value, text: node.scalar ?? "", place: node.place, origin: Origin(node.place),
      node: node)
  }

  mutating func invalid(
    _ node: Node, _ code: String, _ message: String, hint: String = "", help: [String] = []
  ) -> Checked {
    problems.error(code, at: node.place, message, hint: hint, help: help)
    return valid(.invalid, node)
  }

  mutating func wrongShape(_ node: Node, _ kind: Kind, _ path: String) -> Checked {
    invalid(
      node, "RH0105", "\"\(path)\" is \(kind.shape), this is \(node.shape)",
      hint: "expected \(kind.summary)")
  }

  private mutating func checkList(
    _ node: Node, _ item: Kind, notEmpty: Bool, _ path: String
  ) -> Checked {
    guard let items = node.items else {
      return wrongShape(node, .list(item, notEmpty: notEmpty), path)
    }
    if items.isEmpty, notEmpty {
      return invalid(
        node, "RH0109", "\"\(path)\" is empty", hint: "give at least one: \(item.summary)")
    }
    var checked: [Checked] = []
    for (index, node) in items.enumerated() {
      checked.append(check(node, item, "\(path)[\(index)]"))
    }
    return valid(.list(checked), node)
  }

  private mutating func checkDictionary(
    _ node: Node, _ key: String, _ value: Kind, notEmpty: Bool, _ path: String
  ) -> Checked {
    guard let entries = node.entries else {
      return wrongShape(node, .dictionary(key: key, value, notEmpty: notEmpty), path)
    }
    if entries.isEmpty, notEmpty {
      return invalid(
        node, "RH0109", "\"\(path)\" is empty", hint: "expected \(key): \(value.summary)")
    }
    var members: [Checked.Member] = []
    for entry in entries {
      if let fault = NameRule.fault(entry.key, .identifier) {
        problems.error("RH0114", at: entry.keyPlace, "this key \(fault)", hint: "rename it")
      }
      let checked = check(entry.value, value, Self.join(path, entry.key))
      members.append(.init(key: entry.key, keyPlace: entry.keyPlace, value: checked))
    }
    return valid(.map(members), node)
  }

  /// The alternative that fits the node's shape; among several scalar kinds the first that takes it.
  private mutating func checkEither(_ node: Node, _ kinds: [Kind], _ path: String) -> Checked {
    let fitting = kinds.filter { $0.takes(node) }
    if let only = fitting.first, fitting.count == 1, !node.isNull { return check(node, only, path) }
    if fitting.isEmpty { return wrongShape(node, .either(kinds), path) }
    var firstFault: ProblemList?
    for kind in fitting {
      let before = problems
      let checked = check(node, kind, path)
      if checked.isUsable || (checked.isAbsent && !problems.hasErrors(beyond: before)) {
        return checked
      }
      // A quantity says more about what is wrong than "not one of these words".
      if firstFault == nil || kind.isQuantity { firstFault = problems }
      problems = before
    }
    let startsWithDigit = node.scalar?.first.map { $0.isNumber || $0 == "-" } ?? false
    if startsWithDigit || fitting.allSatisfy(\.isQuantity), let firstFault {
      problems = firstFault
      return valid(.invalid, node)
    }
    let words = fitting.flatMap(\.words)
    return invalid(
      node, "RH0108", "\"\(path)\" cannot be \"\(node.scalar ?? "")\"",
      hint: Suggestion.nearest(to: node.scalar ?? "", among: words).map {
        "did you mean \"\($0)\"?"
      }
        ?? "expected \(Kind.either(kinds).summary)")
  }

  static func join(_ path: String, _ key: String) -> String {
    path.isEmpty ? key : "\(path).\(key)"
  }
}

extension ProblemList {
  func hasErrors(beyond earlier: ProblemList) -> Bool { all.count > earlier.all.count }
}

/// What a name may contain.
enum NameRule {
  /// What is wrong with it, as a predicate.
  static func fault(_ name: String, _ rule: TextRule) -> String? {
    if name.isEmpty { return "is empty" }
    if name.unicodeScalars.count > 200 { return "is longer than 200 characters" }
    for scalar in name.unicodeScalars {
      if scalar.value < 0x20 || scalar.value == 0x7F || scalar.properties.isBidiControl
        || scalar.properties.generalCategory == .control
        || scalar.properties.generalCategory == .format
      {
        return "contains a control or invisible character"
      }
      if rule == .name, !allowed(scalar) {
        return "contains \"\(scalar)\"; letters, digits and _ - . are allowed"
      }
    }
    return nil
  }

  private static func allowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      || "_-.".unicodeScalars.contains(scalar)
  }
}
