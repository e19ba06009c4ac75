/// What a text has to be before the YAML scanner sees it.
enum TextGuard {
  /// A scenario of a thousand traffic classes has 200 kB.
  static let largestFile = 1 << 20
  static let deepestNesting = 32
  static let mostValues = 20_000

  /// The text of a file's bytes, or what is wrong with them.
  static func decode(_ bytes: [UInt8]) -> Result<String, Problem> {
    if bytes.count > largestFile { return .failure(tooLarge(bytes.count)) }
    let text = String(decoding: bytes, as: UTF8.self)
    var offset = 0
    for byte in text.utf8 {
      if offset >= bytes.count || bytes[offset] != byte { break }
      offset += 1
    }
    if offset < bytes.count {
      let (line, column) = position(in: String(decoding: bytes[..<offset], as: UTF8.self))
      return .failure(
        Problem(
          "RH0001", at: Place(.file, line: line, column: column), "the file is not UTF-8 text",
          hint: "this byte is 0x\(String(bytes[offset], radix: 16, uppercase: true))",
          help: ["save the file as UTF-8; a scenario is a YAML text, not an archive or a dump"]))
    }
    return .success(
      text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text)
  }

  static func tooLarge(_ count: Int) -> Problem {
    Problem(
      "RH0002", at: .start, "the file has \(count) bytes; a scenario has at most \(largestFile)",
      hint: "is this the right file?",
      help: ["a scenario describes a table, it does not contain its rows"])
  }

  /// Control characters, and aliases so arranged that reading them could explode.
  static func check(_ source: SourceText, _ place: Place.Source) -> Problem? {
    for (index, line) in source.lines.enumerated() {
      var column = 1
      for scalar in line.unicodeScalars {
        if isControl(scalar) {
          return Problem(
            "RH0001", at: Place(place, line: index + 1, column: column),
            "a control character (U+\(hex(scalar.value))) is not allowed in a scenario",
            hint: "remove it", help: ["is this a YAML text?"])
        }
        column += 1
      }
    }
    return aliasKeys(source, place)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09: false
    case 0..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The YAML library hashes every key; a key that is a collection of nested aliases would take
  /// time exponential in their number.
  private static func aliasKeys(_ source: SourceText, _ place: Place.Source) -> Problem? {
    var anchors = 0
    var aliases = 0
    for line in source.lines {
      let scalars = Array(line.unicodeScalars)
      for i in scalars.indices where scalars[i] == "*" || scalars[i] == "&" {
        guard i == 0 || " \t[{,:-?".unicodeScalars.contains(scalars[i - 1]) else { continue }
        if scalars[i] == "*" { aliases += 1 } else { anchors += 1 }
      }
    }
    guard anchors > 0, aliases > 20 else { return nil }
    for (index, line) in source.lines.enumerated() {
      if let column = collectionKey(in: Array(line.unicodeScalars)) {
        return Problem(
          "RH0005", at: Place(place, line: index + 1, column: column),
          "a list, map or alias is used as a key in a file with many aliases",
          hint: "keys are plain words", help: ["write the values out instead of using aliases"])
      }
    }
    return nil
  }

  /// The column of `? `, `]:`, `}:` or `*alias :`, if the line may hold a key that is a collection.
  private static func collectionKey(in line: [Unicode.Scalar]) -> Int? {
    var i = 0
    while i < line.count {
      let next = i + 1 < line.count ? line[i + 1] : " "
      if line[i] == "?", next == " " || next == "\t" { return i + 1 }
      if line[i] == "]" || line[i] == "}" || line[i] == "*" {
        var j = i + 1
        while j < line.count, line[i] == "*" ? !" \t,]}".unicodeScalars.contains(line[j]) : false {
          j += 1
        }
        while j < line.count, line[j] == " " || line[j] == "\t" { j += 1 }
        if j < line.count, line[j] == ":" { return i + 1 }
      }
      i += 1
    }
    return nil
  }

  /// The 1-based line and column right after the prefix.
  private static func position(in prefix: String) -> (Int, Int) {
    let lines = SourceText(name: "", text: prefix).lines
    return (lines.count, (lines.last?.unicodeScalars.count ?? 0) + 1)
  }
}

extension Problem: Error {}

extension String {
  /// The text without what could steer a terminal: control, invisible and direction characters, line
  /// breaks apart, show as U+FFFD.
  package var printable: String {
    var shown = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      let category = scalar.properties.generalCategory
      let steers = category == .control || category == .format || scalar.properties.isBidiControl
      shown.append(steers && scalar != "\n" ? "\u{FFFD}" : scalar)
    }
    return String(shown)
  }
}
