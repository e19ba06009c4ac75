/// Filters simple enough to fill a table so that a known share of its rows matches.
enum FilterShape: Hashable, Sendable {
  /// `column IS NULL` matches, or with false `column IS NOT NULL`.
  case null(column: String, matches: Bool)
  /// `column = value` matches, or with false `column <> value`.
  case equals(column: String, value: String, matches: Bool)

  /// Nil for any other filter.
  init?(_ filter: String) {
    let words = SQLWord.words(of: filter)
    guard case .name(let column, _)? = words.first else { return nil }
    func word(_ text: String) -> SQLWord { .name(text, isQuoted: false) }
    let rest = Array(words.dropFirst())
    switch rest {
    case [word("is"), word("null")]: self = .null(column: column, matches: true)
    case [word("is"), word("not"), word("null")]: self = .null(column: column, matches: false)
    default:
      guard let last = rest.last, let value = Self.value(last) else { return nil }
      switch rest.dropLast() {
      case [.symbol("=")]: self = .equals(column: column, value: value, matches: true)
      case [.symbol("<"), .symbol(">")], [.symbol("!"), .symbol("=")]:
        self = .equals(column: column, value: value, matches: false)
      default: return nil
      }
    }
  }

  private static func value(_ word: SQLWord) -> String? {
    switch word {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  var column: String {
    switch self {
    case .null(let column, _), .equals(let column, _, _): column
    }
  }
}
