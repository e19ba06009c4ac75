/// A pgbench script as its commands, in order.
struct PgbenchScript {
  enum Command {
    /// `\set variable expression`
    case set(variable: String, expression: String)
    case sql(String)
    /// Another backslash command, by its name.
    case other(String)
  }

  /// Why a script cannot be a class of traffic, and on which line.
  struct Unfit: Error {
    var line: Int
    var message: String
    var hint: String
  }

  private(set) var commands: [(line: Int, command: Command)] = []

  /// Comments are left out; SQL ends with a semicolon, a backslash command with its line.
  init(_ text: String) {
    var sql = ""
    var start = 0
    func flush(_ commands: inout [(line: Int, command: Command)]) {
      let trimmed = sql.trimmingBlanks
      if !trimmed.isEmpty { commands.append((start, .sql(trimmed))) }
      sql = ""
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated().map { (number: $0.offset + 1, text: String($0.element)) }[...]
    while var line = lines.popFirst() {
      let bare = line.text.trimmingBlanks
      if sql.isEmpty, bare.hasPrefix("\\") {
        while line.text.trimmingBlanks.hasSuffix("\\"), let next = lines.popFirst() {
          line.text = line.text.trimmingBlanks.dropLast() + " " + next.text
        }
        commands.append((line.number, Self.backslash(line.text.trimmingBlanks.dropFirst())))
        continue
      }
      for token in SQLToken.tokens(of: line.text) {
        if case .symbol(";") = token.kind {
          flush(&commands)
        } else {
          if sql.isEmpty { start = line.number }
          sql += token.text
        }
      }
      if !sql.isEmpty { sql += " " }
    }
    flush(&commands)
  }

  private static func backslash(_ text: Substring) -> Command {
    let words = text.split(maxSplits: 2, whereSeparator: \.isWhitespace).map(String.init)
    guard words.first == "set", words.count == 3 else { return .other(words.first ?? "") }
    return .set(variable: words[1], expression: words[2])
  }
}

/// A piece of SQL on one line; comments and line ends are none.
struct SQLToken: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// Folded to lower case unless it was quoted.
    case name(String)
    /// `:name`
    case variable(String)
    case literal
    case symbol(Character)
    case blank
  }
  var kind: Kind
  var text: String

  static func tokens(of line: String) -> [SQLToken] {
    var tokens: [SQLToken] = []
    var rest = Substring(line)
    func take(_ count: Int) -> String {
      defer { rest = rest.dropFirst(count) }
      return String(rest.prefix(count))
    }
    while let first = rest.first {
      if rest.hasPrefix("--") { break }
      let isName = first.isLetter || first == "_"
      if isName {
        let text = take(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }.count)
        tokens.append(.init(kind: .name(text.lowercased()), text: text))
      } else if first == ":", let next = rest.dropFirst().first, next.isLetter || next == "_" {
        let name = rest.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        tokens.append(.init(kind: .variable(String(name)), text: take(1 + name.count)))
      } else if rest.hasPrefix("::") {
        tokens.append(.init(kind: .literal, text: take(2)))
      } else if first == "'" || first == "\"" {
        let inner = rest.dropFirst().prefix { $0 != first }
        let text = take(min(rest.count, inner.count + 2))
        tokens.append(.init(kind: first == "'" ? .literal : .name(String(inner)), text: text))
      } else if first.isNumber {
        tokens.append(
          .init(kind: .literal, text: take(rest.prefix { $0.isNumber || $0 == "." }.count)))
      } else if first.isWhitespace {
        tokens.append(.init(kind: .blank, text: take(rest.prefix { $0.isWhitespace }.count)))
      } else {
        tokens.append(.init(kind: .symbol(first), text: take(1)))
      }
    }
    return tokens
  }
}

extension StringProtocol {
  var trimmingBlanks: String {
    let start = drop { $0.isWhitespace }
    return String(start.prefix(start.count - start.reversed().prefix { $0.isWhitespace }.count))
  }
}
