import Scenarios

/// Findings as SARIF 2.1.0, which code scanning reads.
/// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
package struct SARIFDocument: Encodable {
  struct Text: Encodable { var text: String }
  struct Rule: Encodable {
    var id: String
    var shortDescription: Text
  }
  struct Driver: Encodable {
    var name = "rehearse"
    var version: String
    var rules: [Rule]
  }
  struct Tool: Encodable { var driver: Driver }
  struct Region: Encodable {
    var startLine: Int
    var startColumn: Int
  }
  struct ArtifactLocation: Encodable {
    var uri: String
    var uriBaseId: String?
  }
  struct PhysicalLocation: Encodable {
    var artifactLocation: ArtifactLocation
    var region: Region?
  }
  struct Location: Encodable { var physicalLocation: PhysicalLocation }
  struct Result: Encodable {
    var ruleId: String
    var ruleIndex: Int
    var level: String
    var message: Text
    var locations: [Location]
    var partialFingerprints: [String: String]
  }
  struct Run: Encodable {
    var tool: Tool
    var columnKind = "unicodeCodePoints"
    var results: [Result]
  }

  /// Code scanning takes no more from one run.
  private static let most = 5_000

  private var schema = "https://json.schemastore.org/sarif-2.1.0.json"
  private var version = "2.1.0"
  private var runs: [Run]

  enum CodingKeys: String, CodingKey {
    case version, runs
    case schema = "$schema"
  }

  package init(_ findings: [Finding], toolVersion: String) {
    let shown = findings.prefix(Self.most)
    var ids: [String] = []
    for finding in shown where !ids.contains(finding.rule) { ids.append(finding.rule) }
    let rules = ids.map { Rule(id: $0, shortDescription: Text(text: Self.about($0))) }
    let results = shown.map { finding in
      Result(
        ruleId: finding.rule, ruleIndex: ids.firstIndex(of: finding.rule) ?? 0,
        level: finding.level.rawValue,
        message: Text(text: "\(finding.title): \(finding.message)".shown),
        locations: finding.path.map { [Self.location(finding, path: $0)] } ?? [],
        // The same gate of the same scenario is the same alert, wherever its line moves to.
        partialFingerprints: ["rehearse/v1": "\(finding.rule) \(finding.title)".shown])
    }
    runs = [
      Run(
        tool: Tool(driver: Driver(version: toolVersion, rules: rules)), results: Array(results))
    ]
  }

  private static func about(_ id: String) -> String {
    Finding.rules.first { $0.id == id }?.about ?? "rehearse explain \(id)"
  }

  private static func location(_ finding: Finding, path: String) -> Location {
    Location(
      physicalLocation: PhysicalLocation(
        artifactLocation: ArtifactLocation(
          uri: uri(path), uriBaseId: path.hasPrefix("/") ? nil : "%SRCROOT%"),
        region: finding.line > 0
          ? Region(startLine: finding.line, startColumn: max(1, finding.column)) : nil))
  }

  /// A path as a URI reference: everything but unreserved characters and slashes is escaped.
  private static func uri(_ path: String) -> String {
    let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    var uri = relative.hasPrefix("/") ? "file://" : ""
    for byte in relative.utf8 {
      let scalar = Unicode.Scalar(byte)
      if byte < 0x80,
        scalar.properties.isAlphabetic || "0123456789-._~/".unicodeScalars.contains(scalar)
      {
        uri.unicodeScalars.append(scalar)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        uri += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return uri
  }
}
