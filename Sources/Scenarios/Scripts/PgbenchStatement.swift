import Foundation
import Traffic

/// One SQL statement of a script, as far as its cost and its locks go.
struct PgbenchStatement {
  struct Unfit: Error {
    var message: String
    var hint: String
  }

  let tokens: [SQLToken]
  let kind: Statement.Kind
  let table: String
  /// Of `WHERE column = :variable`; nil for an INSERT.
  private(set) var keyColumn: String?
  private(set) var keyVariable: String?
  /// Columns that it writes.
  private(set) var columns: [String] = []

  /// `begin` or `end` where that is all it does.
  static func frame(_ text: String) -> String? {
    switch SQLToken.tokens(of: text).compactMap(\.name) {
    case ["begin"], ["begin", "transaction"], ["begin", "work"], ["start", "transaction"]: "begin"
    case ["end"], ["commit"], ["end", "transaction"], ["commit", "work"]: "end"
    default: nil
    }
  }

  init(_ text: String) throws(Unfit) {
    tokens = SQLToken.tokens(of: text)
    let words = tokens.filter { $0.kind != .blank }
    let hint = "SELECT, UPDATE, DELETE … WHERE key = :variable, or INSERT INTO t (…) VALUES (…)"
    func name(after word: String) -> String? {
      guard let place = words.firstIndex(where: { $0.name == word }), place + 1 < words.count,
        let first = words[place + 1].name
      else { return nil }
      guard place + 3 < words.count, words[place + 2].kind == .symbol("."),
        let second = words[place + 3].name
      else { return first }
      return "\(first).\(second)"
    }
    let verb = words.first?.name ?? ""
    let found: String?
    switch verb {
    case "select":
      let end = words.suffix(2).compactMap(\.name)
      kind = end == ["for", "update"] ? .selectForUpdate : .select
      found = name(after: "from")
    case "update": (kind, found) = (.update, name(after: "update"))
    case "delete": (kind, found) = (.delete, name(after: "from"))
    case "insert": (kind, found) = (.insert, name(after: "into"))
    default: throw Unfit(message: "\(verb.uppercased()) cannot be mapped", hint: hint)
    }
    guard let found else { throw Unfit(message: "no table is named", hint: hint) }
    table = found
    if kind == .insert {
      columns = Self.inserted(words)
      guard !columns.isEmpty, words.contains(where: { $0.name == "values" }) else {
        throw Unfit(message: "an INSERT has to name its columns and VALUES", hint: hint)
      }
      return
    }
    if kind == .update { columns = Self.updated(words) }
    let end = kind == .selectForUpdate ? words.dropLast(2) : words[...]
    let condition = end.suffix(4)
    guard words.count(where: { $0.name == "where" }) == 1, condition.first?.name == "where",
      let column = condition.dropFirst().first?.name,
      condition.dropFirst(2).first?.kind == .symbol("="),
      case .variable(let variable)? = condition.last?.kind
    else {
      throw Unfit(
        message: "the rows of \(found) are not found by WHERE key = :variable", hint: hint)
    }
    (keyColumn, keyVariable) = (column, variable)
  }

  /// The names in the first parentheses.
  private static func inserted(_ words: [SQLToken]) -> [String] {
    guard let open = words.firstIndex(where: { $0.kind == .symbol("(") }),
      let close = words[open...].firstIndex(where: { $0.kind == .symbol(")") })
    else { return [] }
    return words[open..<close].compactMap(\.name)
  }

  /// The names before an equals sign that begin an assignment.
  private static func updated(_ words: [SQLToken]) -> [String] {
    var depth = 0
    var columns: [String] = []
    var isStart = false
    for word in words {
      switch word.kind {
      case .name("set") where depth == 0: isStart = true
      case .name("where") where depth == 0: return columns
      case .symbol("("): depth += 1
      case .symbol(")"): depth -= 1
      case .symbol(",") where depth == 0: isStart = true
      case .name(let name) where isStart:
        columns.append(name)
        isStart = false
      default: break
      }
    }
    return columns
  }

  /// An INSERT with one column more, in front.
  static func keyed(_ sql: String, key: String, parameter: Int) -> String? {
    guard let open = sql.firstIndex(of: "("),
      let values = sql.range(of: "VALUES", options: .caseInsensitive),
      let second = sql[values.upperBound...].firstIndex(of: "(")
    else { return nil }
    let quoted = "\"\(key.replacing("\"", with: "\"\""))\""
    let columns = sql[sql.index(after: open)...second]
    let rest = sql[sql.index(after: second)...]
    return "\(sql[...open])\(quoted), \(columns)$\(parameter), \(rest)"
  }
}

extension SQLToken {
  var name: String? {
    if case .name(let name) = kind { name } else { nil }
  }
}
