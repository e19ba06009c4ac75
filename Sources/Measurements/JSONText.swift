import Foundation

/// Machine output: the same bytes for the same value, without a line break at the end.
///
/// Keys are sorted, doubles as short as they read back exactly.
package func jsonText(_ document: some Encodable, indented: Bool = true) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if indented { encoder.outputFormatting.insert(.prettyPrinted) }
  let bytes = Array(try encoder.encode(document))
  return String(decoding: indented ? joiningNumbers(bytes) : bytes, as: UTF8.self)
}

/// Lists of nothing but numbers and nulls on one line each; everything else as it is.
private func joiningNumbers(_ bytes: [UInt8]) -> [UInt8] {
  var joined: [UInt8] = []
  joined.reserveCapacity(bytes.count)
  var isInString = false
  var index = 0
  while index < bytes.count {
    let byte = bytes[index]
    if isInString {
      joined.append(byte)
      if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
        index += 1
        joined.append(bytes[index])
      }
      isInString = byte != UInt8(ascii: "\"")
    } else if byte == UInt8(ascii: "["), let end = endOfNumbers(bytes[(index + 1)...]) {
      joined += bytes[index...end].filter { $0 > 0x20 }
      index = end
    } else {
      joined.append(byte)
      isInString = byte == UInt8(ascii: "\"")
    }
    index += 1
  }
  return joined
}

/// Where a list ends that holds numbers and nulls only; nil where it holds anything else.
private func endOfNumbers(_ bytes: ArraySlice<UInt8>) -> Int? {
  let allowed = "0123456789+-.eEnul, \n".utf8
  let end = bytes.firstIndex { !allowed.contains($0) }
  return end.flatMap { bytes[$0] == UInt8(ascii: "]") ? $0 : nil }
}

/// Several files' runs: the document `rehearse.runs/1`.
package struct RunsDocument: Codable, Sendable {
  package var schema = "rehearse.runs/1"
  package var runs: [RunRecord]
  package init(runs: [RunRecord]) { self.runs = runs }
}

/// What `--format json` prints where there is no result: the document `rehearse.error/1`.
package struct ErrorDocument: Codable, Sendable {
  package struct Problem: Codable, Sendable {
    package var code: String
    package var severity: String
    package var message: String
    package var hint: String
    package var path: String
    /// 1-based; 0 where there is no place in a file.
    package var line: Int
    package var column: Int
    package init(
      code: String, severity: String, message: String, hint: String = "", path: String = "",
      line: Int = 0, column: Int = 0
    ) {
      self.code = code
      self.severity = severity
      self.message = message
      self.hint = hint
      self.path = path
      self.line = line
      self.column = column
    }
  }
  package var schema = "rehearse.error/1"
  package var exitCode: Int
  package var message: String
  /// What to do next.
  package var help: String?
  package var problems: [Problem]
  package init(
    exitCode: Int, message: String, help: String? = nil, problems: [Problem] = []
  ) {
    self.exitCode = exitCode
    self.message = message
    self.help = help
    self.problems = problems
  }
  enum CodingKeys: String, CodingKey {
    case schema, message, help, problems
    case exitCode = "exit_code"
  }
}
