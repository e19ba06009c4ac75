/// Text in columns for an 80-column screen.
package struct Columns {
  package enum Alignment: Sendable { case left, right }
  var alignments: [Alignment]
  var indent: Int
  var gap = 2
  private(set) var rows: [[String]] = []

  package init(_ alignments: [Alignment], indent: Int = 4, gap: Int = 2) {
    self.alignments = alignments
    self.indent = indent
    self.gap = gap
  }

  package mutating func add(_ cells: [String]) { rows.append(cells) }

  package var lines: [String] {
    let widths = alignments.indices.map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let blanks = String(repeating: " ", count: widths[column] - text.count)
        return alignments[column] == .left ? text + blanks : blanks + text
      }
      let line =
        String(repeating: " ", count: indent)
        + cells.joined(separator: String(repeating: " ", count: gap))
      return line.trimmingTrailingBlanks
    }
  }
}

extension String {
  var trimmingTrailingBlanks: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// Lines of at most `width` columns, broken at blanks, each after the first indented.
  func wrapped(to width: Int, indent: String = "") -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(whereSeparator: \.isWhitespace) {
      let prefix = lines.isEmpty ? "" : indent
      if !line.isEmpty && prefix.count + line.count + 1 + word.count > width {
        lines.append(prefix + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append((lines.isEmpty ? "" : indent) + line)
    return lines
  }

  /// The same with a head of fixed width, under which further lines begin.
  func wrappedAfterHead(to width: Int, head: Int) -> [String] {
    let blanks = String(repeating: " ", count: head)
    let body = String(dropFirst(head)).wrapped(to: width - head)
    return [prefix(head) + body[0]] + body.dropFirst().map { blanks + $0 }
  }
}
