import Foundation
import Gates
import Measurements
import Reports
import Testing

@Suite("The schemas of what is written")
struct RunSchemaTests {
  private func parsed(_ text: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
  }

  @Test("A run fits its schema, with gates and metrics that have no number too")
  func run() throws {
    var unmeasured = Sample.lag
    unmeasured.value = nil
    unmeasured.low = nil
    unmeasured.high = .infinity
    let run = Sample.run(gates: [Sample.latency, Sample.deadline, unmeasured])
    let schema = try SchemaSubset(parsed(RunSchema.run))
    #expect(try schema.problems(of: parsed(jsonText(run))) == [])
  }

  @Test("A document that breaks the schema is found out")
  func broken() throws {
    let schema = try SchemaSubset(parsed(RunSchema.run))
    let text = try jsonText(Sample.run(gates: [Sample.latency]))
    for (from, to) in [
      ("\"world\" : \"simulated\"", "\"world\" : \"dreamt\""), ("\"verdict\"", "\"outcome\""),
      ("\"unit\" : \"s\"", "\"unit\" : 1"), ("\"n\" : 30", "\"n\" : -1"),
    ] {
      #expect(text.contains(from))
      let problems = try schema.problems(
        of: parsed(text.replacingOccurrences(of: from, with: to)))
      #expect(!problems.isEmpty, "\(from)")
    }
  }

  @Test("Several runs and an error fit theirs")
  func others() throws {
    let runs = RunsDocument(runs: [Sample.run(gates: [])])
    #expect(try SchemaSubset(parsed(RunSchema.runs)).problems(of: parsed(jsonText(runs))) == [])
    let error = ErrorDocument(
      exitCode: 65, message: "invalid", help: "see above",
      problems: [ErrorDocument.Problem(code: "RH0101", severity: "error", message: "no")])
    #expect(try SchemaSubset(parsed(RunSchema.error)).problems(of: parsed(jsonText(error))) == [])
  }

  @Test("The checks of a table, and the symptoms of a server, fit theirs and 80 columns")
  func inspections() throws {
    let record = Sample.verification
    let schema = try SchemaSubset(parsed(InspectionSchema.verify))
    #expect(try schema.problems(of: parsed(jsonText(record))) == [])
    let diagnosis = Sample.diagnosis
    let other = try SchemaSubset(parsed(InspectionSchema.diagnosis))
    #expect(try other.problems(of: parsed(jsonText(diagnosis))) == [])
    let lines = (VerifyText(record).text + DiagnosisText(diagnosis).text).split(separator: "\n")
    #expect(lines.filter { $0.count > 80 } == [])
    let again = try JSONDecoder().decode(VerifyRecord.self, from: Data(jsonText(record).utf8))
    #expect(again == record)
  }
}

/// As much of JSON Schema 2020-12 as the schemas use.
private struct SchemaSubset {
  private let root: [String: Any]

  init(_ root: Any) throws { self.root = try #require(root as? [String: Any]) }

  func problems(of value: Any) -> [String] { problems(of: value, root, "") }

  private func problems(of value: Any, _ schema: [String: Any], _ path: String) -> [String] {
    if let reference = schema["$ref"] as? String {
      guard let name = reference.split(separator: "/").last, reference.hasPrefix("#/$defs/"),
        let target = (root["$defs"] as? [String: Any])?[String(name)] as? [String: Any]
      else { return ["\(path): \(reference) leads nowhere"] }
      return problems(of: value, target, path)
    }
    var found: [String] = []
    let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] }
    if let types, !types.contains(where: { isA($0, value) }) {
      found.append("\(path): not \(types)")
    }
    if let constant = schema["const"] as? String, value as? String != constant {
      found.append("\(path): not \(constant)")
    }
    if let allowed = schema["enum"] as? [String], !allowed.contains(value as? String ?? "") {
      found.append("\(path): not one of \(allowed)")
    }
    if let least = schema["minimum"] as? Double, let number = value as? Double, number < least {
      found.append("\(path): below \(least)")
    }
    if let items = schema["items"] as? [String: Any] {
      for (index, item) in (value as? [Any] ?? []).enumerated() {
        found += problems(of: item, items, "\(path)[\(index)]")
      }
    }
    guard let object = value as? [String: Any] else { return found }
    for key in schema["required"] as? [String] ?? [] where object[key] == nil {
      found.append("\(path): no \(key)")
    }
    let properties = schema["properties"] as? [String: Any] ?? [:]
    for (key, member) in object.sorted(by: { $0.key < $1.key }) {
      let inner = properties[key] ?? schema["additionalProperties"]
      if let inner = inner as? [String: Any] {
        found += problems(of: member, inner, "\(path).\(key)")
      }
    }
    return found
  }

  private func isA(_ type: String, _ value: Any) -> Bool {
    switch type {
    case "null": value is NSNull
    case "string": value is String
    case "boolean": value is Bool
    case "integer": (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
    case "number": value is NSNumber
    case "array": value is [Any]
    default: value is [String: Any]
    }
  }
}
