import Scenarios

/// What `presets` says, for an 80-column screen.
package enum PresetText {
  /// Every preset with its first sentence, by family.
  package static func list(_ presets: [Presets.Preset]) -> String {
    var lines: [String] = []
    let head = 2 + (presets.map(\.name.count).max() ?? 0) + 2
    for family in Presets.Family.allCases where presets.contains(where: { $0.family == family }) {
      if !lines.isEmpty { lines.append("") }
      lines.append(family.rawValue.uppercased())
      for preset in presets where preset.family == family {
        let name = "  " + preset.name
        let blanks = String(repeating: " ", count: head - name.count)
        lines += (name + blanks + firstSentence(preset.doc)).wrappedAfterHead(
          to: RunText.width, head: head)
      }
    }
    return lines.joined(separator: "\n") + "\n\nrehearse presets NAME says what one fills in."
  }

  /// One preset in full: whose rules these are, of what parts, and what they leave out.
  package static func page(_ preset: Presets.Preset) -> String {
    var lines = ["\(preset.family.rawValue) \(preset.name)", ""]
    lines += preset.doc.wrapped(to: RunText.width)
    guard preset.family == .strategy else {
      return (lines + [""] + preset.text.split(separator: "\n").map { "  " + $0 })
        .joined(separator: "\n")
    }
    lines.append("")
    func add(_ title: String, _ text: String) {
      guard !text.isEmpty else { return }
      let blanks = String(repeating: " ", count: 13 - title.count)
      lines += (title + blanks + text).wrappedAfterHead(to: RunText.width, head: 13)
    }
    add("made for", preset.fits.text)
    add("rules of", preset.source)
    add("left out", preset.leavesOut)
    lines.append("")
    for part in Presets.Preset.Part.allCases {
      let written = preset.lines(of: part)
      let first = written.first ?? "as the scenario's defaults"
      add(part.rawValue, first)
      lines += written.dropFirst().map { String(repeating: " ", count: 13) + $0 }
    }
    return lines.joined(separator: "\n")
      + "\n\nIn a scenario: strategy: {preset: \(preset.name)}; keys written beside it win."
  }

  private static func firstSentence(_ text: String) -> String {
    let words = text.split(separator: " ")
    let last = words.firstIndex { $0.hasSuffix(".") }
    return words.prefix((last ?? words.count - 1) + 1).joined(separator: " ")
  }
}
