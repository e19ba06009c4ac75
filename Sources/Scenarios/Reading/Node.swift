/// A YAML value with its places and without YAML's own typing: every scalar is its raw text.
struct Node: Sendable {
  enum Style: Sendable { case plain, quoted, block }
  struct Entry: Sendable {
    var key: String
    var keyPlace: Place
    var value: Node
  }
  indirect enum Content: Sendable {
    case scalar(String, Style)
    case list([Node])
    case map([Entry])
  }

  var content: Content
  var place: Place

  /// Nothing, `~` or `null`.
  var isNull: Bool {
    guard case .scalar(let text, .plain) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// A written null, which removes a key in a variant or `--set`; nothing at all is a slip.
  var removes: Bool { isNull && scalar != "" }

  var entries: [Entry]? {
    guard case .map(let entries) = content else { return nil }
    return entries
  }

  var items: [Node]? {
    guard case .list(let items) = content else { return nil }
    return items
  }

  var scalar: String? {
    guard case .scalar(let text, _) = content else { return nil }
    return text
  }

  subscript(key: String) -> Node? { entries?.first { $0.key == key }?.value }

  /// What it is, for messages.
  var shape: String {
    switch content {
    case .scalar: isNull ? "nothing" : "a single value"
    case .list: "a list"
    case .map: "a map"
    }
  }

  /// The place of a part of a scalar's text, `offset` scalars into it.
  func place(at offset: Int, length: Int) -> Place {
    guard case .scalar(_, let style) = content else { return place }
    return style == .block
      ? place : place.moved(by: offset + (style == .quoted ? 1 : 0), length: length)
  }
}
