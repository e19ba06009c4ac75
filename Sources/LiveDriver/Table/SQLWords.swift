/// The words of an SQL expression, as far as one must tell names from everything else.
enum SQLWord: Hashable, Sendable {
  /// A name or a keyword, folded to lower case unless it was quoted.
  case name(String, isQuoted: Bool)
  case string(String)
  case number(String)
  case symbol(Character)

  static func words(of text: String) -> [SQLWord] {
    var scanner = SQLScanner(rest: Substring(text))
    return scanner.words()
  }

  /// Columns that an expression may refer to, in order of appearance.
  ///
  /// Left out are functions, types, keywords and qualified names. A name too many does no harm: the
  /// server says which are right.
  static func columns(in text: String) -> [String] {
    let words = words(of: text)
    var columns: [String] = []
    for (index, word) in words.enumerated() {
      guard case .name(let name, let isQuoted) = word else { continue }
      let before = index > 0 ? words[index - 1] : .symbol(" ")
      let after = index + 1 < words.count ? words[index + 1] : .symbol(" ")
      if after == .symbol("(") || after == .symbol(".") || before == .symbol(".") { continue }
      if before == .symbol(":") || before == .name("as", isQuoted: false) { continue }
      if case .string = after { continue }
      if after == .name("from", isQuoted: false) { continue }
      if !isQuoted && keywords.contains(name) { continue }
      if !columns.contains(name) { columns.append(name) }
    }
    return columns
  }

  private static let keywords: Set<String> = [
    "all", "and", "any", "array", "as", "asc", "at", "between", "both", "by", "case", "cast",
    "collate", "current_date", "current_time", "current_timestamp", "current_user", "default",
    "desc", "distinct", "else", "end", "escape", "exists", "false", "for", "from", "group",
    "having",
    "ilike", "in", "is", "isnull", "leading", "like", "limit", "localtime", "localtimestamp", "not",
    "notnull", "null", "nulls", "on", "or", "order", "row", "select", "session_user", "similar",
    "some", "symmetric", "then", "time", "to", "trailing", "true", "unknown", "user", "using",
    "when", "where", "with", "without", "zone",
  ]
}

private struct SQLScanner {
  var rest: Substring

  mutating func words() -> [SQLWord] {
    var words: [SQLWord] = []
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if rest.hasPrefix("--") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        skipComment()
      } else if first == "'" {
        words.append(.string(quoted("'")))
      } else if first == "\"" {
        words.append(.name(quoted("\""), isQuoted: true))
      } else if first.isNumber {
        words.append(.number(take { $0.isNumber || $0 == "." || $0 == "e" }))
      } else if first.isLetter || first == "_" {
        let name = take { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }.lowercased()
        // E'…', B'…' and their like are one string.
        if rest.first != "'" || name.count > 1 { words.append(.name(name, isQuoted: false)) }
      } else {
        words.append(.symbol(rest.removeFirst()))
      }
    }
    return words
  }

  private mutating func take(while belongs: (Character) -> Bool) -> String {
    let taken = rest.prefix(while: belongs)
    rest = rest.dropFirst(taken.count)
    return String(taken)
  }

  /// A doubled mark stands for one.
  private mutating func quoted(_ mark: Character) -> String {
    rest.removeFirst()
    var text = ""
    while let next = rest.popFirst() {
      if next == mark {
        guard rest.first == mark else { break }
        rest.removeFirst()
      }
      text.append(next)
    }
    return text
  }

  private mutating func skipComment() {
    while !rest.isEmpty && !rest.hasPrefix("*/") { rest.removeFirst() }
    rest = rest.dropFirst(2)
  }
}
