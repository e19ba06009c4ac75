/// Text as part of SQL: the only ways a name or a value may get there.
///
/// The rules are PQescapeIdentifier's and PQescapeLiteral's; client_encoding is always UTF-8, for
/// which doubling is enough. A NUL ends what libpq sends, so it is dropped.
package enum Quoting {
  /// A name, in double quotes whatever it is.
  package static func identifier(_ name: String) -> String { doubled(name, "\"") }

  /// A string constant; with a backslash as ` E'…'`, so that standard_conforming_strings does not
  /// matter.
  package static func literal(_ value: String) -> String {
    guard value.utf8.contains(UInt8(ascii: "\\")) else { return doubled(value, "'") }
    let escaped = value.unicodeScalars.flatMap { $0 == "\\" ? ["\\", $0] : [$0] }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: escaped)
    return " E\(doubled(String(text), "'"))"
  }

  private static func doubled(_ text: String, _ mark: Unicode.Scalar) -> String {
    var quoted = String.UnicodeScalarView([mark])
    for scalar in text.unicodeScalars where scalar != "\0" {
      if scalar == mark { quoted.append(mark) }
      quoted.append(scalar)
    }
    quoted.append(mark)
    return String(quoted)
  }
}

/// A table as a scenario names it: `orders` or `public.orders`.
package struct TableName: Hashable, Sendable {
  /// Nil: the first of the search path that has it.
  package var schema: String?
  package var name: String

  /// Everything before the first dot is the schema.
  package init(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    schema = parts.count == 2 ? String(parts[0]) : nil
    name = String(parts[parts.count - 1])
  }

  /// Quoted, for a statement; as a literal's content, what `::regclass` reads.
  package var sql: String {
    (schema.map { "\(Quoting.identifier($0))." } ?? "") + Quoting.identifier(name)
  }
}
