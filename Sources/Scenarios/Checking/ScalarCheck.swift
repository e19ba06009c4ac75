extension SchemaCheck {
  mutating func scalar(_ node: Node, _ text: String, _ kind: Kind, _ path: String) -> Checked {
    switch kind {
    case .text(let rule):
      return checkText(node, text, rule, path)
    case .count(let range):
      let bounds = Bounds(Double(range.lowerBound)...Double(range.upperBound))
      return quantity(node, text, .count, bounds, path)
    case .number(let bounds):
      return quantity(node, text, .number, bounds, path)
    case .quantity(let dimension, let bounds):
      return quantity(node, text, dimension, bounds, path)
    case .word(let words):
      return word(node, text, words, path)
    case .prefixed(let start, let dimension):
      guard text.hasPrefix(start) else {
        return invalid(node, "RH0108", "\"\(path)\" cannot be \"\(text)\"", hint: kind.summary)
      }
      switch Quantity.parse(String(text.dropFirst(start.count)), as: dimension) {
      case .success: return valid(.text(text), node)
      case .failure(let fault):
        let (code, message, hint) = Self.explain(fault, text, dimension, "\"\(path)\"")
        return invalid(node, code, message, hint: hint)
      }
    case .noValue(let word):
      guard text == word else {
        return invalid(
          node, "RH0108", "\"\(path)\" cannot be \"\(text)\"", hint: "expected \(word)")
      }
      return valid(.absent, node)
    case .flag:
      return flag(node, text, path)
    case .timeOfDay:
      return timeOfDay(node, text, path)
    default:
      return wrongShape(node, kind, path)
    }
  }

  /// Words that YAML 1.1 reads as booleans where they are not quoted.
  static let booleans = ["on", "off", "yes", "no", "y", "n", "true", "false"]

  private func isBareBoolean(_ node: Node) -> Bool {
    guard case .scalar(let text, .plain) = node.content else { return false }
    return Self.booleans.contains(text.lowercased())
  }

  private mutating func checkText(
    _ node: Node, _ text: String, _ rule: TextRule, _ path: String
  ) -> Checked {
    if rule != .free {
      if isBareBoolean(node) {
        return invalid(
          node, "RH0111", "\"\(path)\" is a name, but bare \(text) is a YAML boolean",
          hint: "quote it: \"\(text)\"")
      }
      if let fault = NameRule.fault(text, rule) {
        return invalid(node, "RH0114", "\"\(path)\" \(fault)", hint: "choose another name")
      }
    } else if text.isEmpty {
      return invalid(node, "RH0109", "\"\(path)\" is empty", hint: "write a text or remove the key")
    } else if text.unicodeScalars.contains(where: { $0 == "\0" || $0.properties.isBidiControl }) {
      return invalid(node, "RH0114", "\"\(path)\" contains an invisible control character")
    }
    return valid(.text(text), node)
  }

  private mutating func word(
    _ node: Node, _ text: String, _ words: [String], _ path: String
  ) -> Checked {
    if isBareBoolean(node) {
      return invalid(
        node, "RH0111", "\"\(path)\" is a word, but bare \(text) is a YAML boolean",
        hint: words.contains(text) ? "quote it: \"\(text)\"" : "expected \(Suggestion.list(words))")
    }
    guard words.contains(text) else {
      return invalid(
        node, "RH0108", "\"\(path)\" cannot be \"\(text)\"",
        hint: Suggestion.nearest(to: text, among: words).map { "did you mean \"\($0)\"?" }
          ?? "expected one of the words below",
        help: ["allowed: \(Suggestion.list(words))"])
    }
    return valid(.text(text), node)
  }

  private mutating func flag(_ node: Node, _ text: String, _ path: String) -> Checked {
    switch (text, node.content) {
    case ("true", _): return valid(.flag(true), node)
    case ("false", _): return valid(.flag(false), node)
    case ("on", .scalar(_, .quoted)): return valid(.flag(true), node)
    case ("off", .scalar(_, .quoted)): return valid(.flag(false), node)
    default:
      let yes = ["on", "yes", "y", "true", "t", "1"].contains(text.lowercased())
      return invalid(
        node, isBareBoolean(node) ? "RH0111" : "RH0108",
        "\"\(path)\" is true or false, not \"\(text)\"", hint: "write \(yes ? "true" : "false")")
    }
  }

  /// Seconds since midnight of "HH:MM".
  static func seconds(ofDay text: String) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isASCII) }),
      let hours = Int(parts[0]), let minutes = Int(parts[1]), 0..<24 ~= hours, 0..<60 ~= minutes
    else { return nil }
    return Double(hours * 3600 + minutes * 60)
  }

  private mutating func timeOfDay(_ node: Node, _ text: String, _ path: String) -> Checked {
    guard let seconds = Self.seconds(ofDay: text) else {
      return invalid(
        node, "RH0206", "\"\(path)\" is a time of day, not \"\(text)\"", hint: "write \"09:00\"")
    }
    if case .scalar(_, .plain) = node.content {
      return invalid(
        node, "RH0113", "bare \(text) is a number in base 60 to YAML",
        hint: "quote it: \"\(text)\"")
    }
    return valid(.number(seconds), node)
  }

  private mutating func quantity(
    _ node: Node, _ text: String, _ dimension: Dimension, _ bounds: Bounds, _ path: String
  ) -> Checked {
    // A seed may have more digits than a Double holds.
    let exact = dimension == .count && text.first != "0" ? Int(text) : nil
    let parsed = exact.map { .success(Double($0)) } ?? Quantity.parse(text, as: dimension)
    switch parsed {
    case .success(let value):
      guard bounds.contains(value) else {
        return invalid(
          node, "RH0205", "\"\(path)\" cannot be \(text)",
          hint: bounds.description(in: dimension))
      }
      guard dimension == .count || dimension == .size else { return valid(.number(value), node) }
      return valid(.integer(exact ?? Int(value)), node)
    case .failure(let fault):
      let (code, message, hint) = Self.explain(fault, text, dimension, "\"\(path)\"")
      return invalid(node, code, message, hint: hint)
    }
  }

  /// The code, the message and the hint for a text that is not the quantity wanted.
  static func explain(
    _ fault: Quantity.Fault, _ text: String, _ dimension: Dimension, _ what: String
  ) -> (code: String, message: String, hint: String) {
    let example = "write \(dimension.noun) such as \(dimension.example)"
    switch fault {
    case .notANumber: return ("RH0206", "\(what) is \(dimension.noun), not \"\(text)\"", example)
    case .leadingZero:
      return (
        "RH0113", "\"\(text)\" starts with a zero: octal to YAML", "write it without the zero"
      )
    case .needsUnit(let number):
      return ("RH0201", "\(what) needs a unit", "write \(dimension.spelled(number))")
    case .ambiguous(let number):
      let units = dimension == .time ? "\(number)min or \(number)ms" : dimension.spelled(number)
      return ("RH0202", "\"\(text)\" is ambiguous", "write \(units)")
    case .unknownUnit(let unit):
      if unit.first == ":" {
        return ("RH0113", "\"\(text)\" is a number in base 60 to YAML", example)
      }
      let units = Quantity.units(of: dimension)
      let near = Suggestion.nearest(to: unit, among: units).map { "did you mean \"\($0)\"?" }
      let code = units.isEmpty || dimension == .count ? "RH0206" : "RH0207"
      return (code, "\(what): unknown unit \"\(unit)\" in \"\(text)\"", near ?? example)
    case .other(let found):
      return ("RH0203", "\(what) is \(dimension.noun), \"\(text)\" is \(found.noun)", example)
    case .notWhole:
      return ("RH0208", "\(what) has to be a whole number, \"\(text)\" is not", example)
    case .tooLarge: return ("RH0205", "\(what) cannot be that large", example)
    }
  }
}
