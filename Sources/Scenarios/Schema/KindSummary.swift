extension Kind {
  /// What to write, in a few words.
  var summary: String {
    switch self {
    case .text(.free): "a text"
    case .text: "a name"
    case .count: "a count such as 5000 or 240M"
    case .number: "a plain number such as 1.07"
    case .quantity(let dimension, _): "\(dimension.noun) such as \(dimension.example)"
    case .word(let words): Suggestion.list(words, atMost: 8)
    case .prefixed(let start, let dimension): "\(start) and \(dimension.noun)"
    case .flag: "true or false"
    case .timeOfDay: "a quoted time of day such as \"09:00\""
    case .noValue(let word): word
    case .section(let section): "{\(section.outline)}"
    case .dictionary(let key, let kind, _): "{\(key): \(kind.summary)}"
    case .list(let kind, _): "[\(kind.summary), …]"
    case .either(let kinds): kinds.map(\.summary).joined(separator: ", or ")
    case .anything: "a map"
    }
  }

  var shape: String {
    switch self {
    case .section, .dictionary, .anything: "a map"
    case .list: "a list"
    case .either(let kinds):
      kinds.map(\.shape).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        .joined(separator: " or ")
    default: "a single value"
    }
  }

  var words: [String] {
    switch self {
    case .word(let words): words
    case .noValue(let word): [word]
    case .either(let kinds): kinds.flatMap(\.words)
    default: []
    }
  }

  var isQuantity: Bool {
    switch self {
    case .count, .number, .quantity: true
    default: false
    }
  }

  /// The node has the shape of this kind; says nothing about its content.
  func takes(_ node: Node) -> Bool {
    switch self {
    case .section, .dictionary: node.entries != nil
    case .list: node.items != nil
    case .either(let kinds): kinds.contains { $0.takes(node) }
    case .anything: true
    default: node.scalar != nil
    }
  }
}

extension Section {
  /// The required keys, or the forms.
  var outline: String {
    if !forms.isEmpty {
      return forms.map { $0.required.joined(separator: ", ") }.joined(separator: "} or {")
    }
    let required = fields.filter { if case .required = $0.absence { true } else { false } }
    return required.isEmpty
      ? fields.prefix(4).map(\.key).joined(separator: ", ") + (fields.count > 4 ? ", …" : "")
      : required.map(\.key).joined(separator: ", ")
  }
}
