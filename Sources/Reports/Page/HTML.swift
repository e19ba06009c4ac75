/// A piece of a page.
///
/// What is interpolated into one is escaped, unless it is a piece itself: a name
/// from a scenario can become nothing but text.
package struct HTML: ExpressibleByStringInterpolation, Sendable {
  package var text: String

  package init(stringLiteral value: String) { text = value }
  package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }
  init(trusted text: String) { self.text = text }

  package struct StringInterpolation: StringInterpolationProtocol {
    var text = ""
    package init(literalCapacity: Int, interpolationCount: Int) {}
    package mutating func appendLiteral(_ literal: String) { text += literal }
    package mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }
    package mutating func appendInterpolation(_ piece: HTML) { text += piece.text }
    package mutating func appendInterpolation(_ pieces: [HTML]) {
      for piece in pieces { text += piece.text }
    }
    /// A number goes by itself: it needs no escaping.
    package mutating func appendInterpolation(_ number: Int) { text += String(number) }
  }

  static func escaped(_ text: String) -> String {
    text.shown.replacing([
      "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;",
    ])
  }
}

extension String {
  /// Scalar by scalar: as a character, a quotation mark with an accent on it is no quotation mark, and
  /// a line break after a carriage return no line break.
  func replacing(_ escapes: [Unicode.Scalar: String]) -> String {
    var replaced = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if let escape = escapes[scalar] {
        replaced.append(contentsOf: escape.unicodeScalars)
      } else {
        replaced.append(scalar)
      }
    }
    return String(replaced)
  }

  /// Without what moves a cursor, changes the direction of writing or has no place in XML: each such
  /// scalar becomes U+FFFD.
  var shown: String {
    var shown = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A: shown.append(scalar)
      case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069,
        0xFFFE...0xFFFF:
        shown.append("\u{FFFD}")
      default: shown.append(scalar)
      }
    }
    return String(shown)
  }
}

/// A table with a head; the first column names the row.
struct HTMLTable {
  var head: [String]
  var rows: [[HTML]] = []

  init(_ head: [String]) { self.head = head }

  mutating func add(_ texts: [String]) { rows.append(texts.map { "\($0)" }) }
  /// By another name: a literal is taken for text wherever it can be.
  mutating func add(pieces: [HTML]) { rows.append(pieces) }

  /// Nothing where there is no row.
  var html: HTML {
    guard !rows.isEmpty else { return "" }
    let heads = head.map { name -> HTML in "<th scope=\"col\">\(name)</th>" }
    let lines = rows.map { row -> HTML in
      let cells = row.enumerated().map { column, cell -> HTML in
        column == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td>\(cell)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <div class="scroll"><table><thead><tr>\(heads)</tr></thead>
      <tbody>\(lines)</tbody></table></div>

      """
  }
}
