extension Presets.Preset {
  /// What a strategy is composed of, by the question that each part answers.
  package enum Part: String, Sendable, CaseIterable {
    case planner, sizer, pace, throttle
    case lockPolicy = "lock policy"
    case retry

    fileprivate var keys: [String] {
      switch self {
      case .planner: ["planner", "find", "statement", "order"]
      case .sizer: ["batch"]
      case .pace: ["pause", "rounds", "workers"]
      case .throttle: ["throttle", "sensors"]
      case .lockPolicy: ["lock_timeout"]
      case .retry: ["retry", "give_up"]
      }
    }
  }

  /// The lines of the preset that belong to the part, as a scenario would write them; none where the
  /// part is the default.
  package func lines(of part: Part) -> [String] {
    var isWanted = false
    var found: [String] = []
    for line in block.split(separator: "\n") {
      if !line.hasPrefix(" ") {
        isWanted = part.keys.contains(String(line.prefix { $0 != ":" }))
      }
      if isWanted { found.append(String(line)) }
    }
    return found
  }

  /// The text with one key to a line, also where it is written in braces.
  private var block: String {
    guard text.hasPrefix("{"), text.hasSuffix("}") else { return text }
    var lines = [""]
    var depth = 0
    for character in text.dropFirst().dropLast() {
      if "{[".contains(character) { depth += 1 } else if "}]".contains(character) { depth -= 1 }
      if character == ",", depth == 0 {
        lines.append("")
      } else if character != " " || lines[lines.count - 1] != "" {
        lines[lines.count - 1].append(character)
      }
    }
    return lines.joined(separator: "\n")
  }
}
