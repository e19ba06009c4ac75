/// A text cut into lines exactly as the YAML scanner counts them.
struct SourceText: Sendable {
  var name: String
  var text: String
  private(set) var lines: [String]

  init(name: String, text: String) {
    self.name = name
    self.text = text
    lines = [""]
    var current = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\n", afterReturn {
        afterReturn = false
        continue
      }
      afterReturn = scalar == "\r"
      switch scalar {
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        lines[lines.count - 1] = String(current)
        lines.append("")
        current = String.UnicodeScalarView()
      default: current.append(scalar)
      }
    }
    lines[lines.count - 1] = String(current)
  }

  func line(_ number: Int) -> String {
    lines.indices.contains(number - 1) ? lines[number - 1] : ""
  }
}
