import Foundation

/// JSON Schema (draft 2020-12) of the scenario file, for editors: everything that the schema tree
/// says and JSON Schema can say.
package enum JSONSchema {
  package static func scenario() -> String {
    var root = object(ScenarioSchema.root)
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    root["$id"] = "rehearse.scenario/1"
    root["title"] = "Rehearse scenario"
    return text(root)
  }

  private static func text(_ object: [String: any Sendable]) -> String {
    let options: JSONSerialization.WritingOptions = [
      .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
    ]
    do {
      let data = try JSONSerialization.data(withJSONObject: object, options: options)
      return String(decoding: data, as: UTF8.self) + "\n"
    } catch {
      preconditionFailure("the schema is made of strings, numbers, lists and maps: \(error)")
    }
  }

  private static func object(_ section: Section) -> [String: any Sendable] {
    var properties: [String: any Sendable] = [:]
    for field in section.fields { properties[field.key] = property(field) }
    for key in section.reserved {
      properties[key] =
        ["not": [String: String](), "description": "Known, not built yet."]
        as [String: any Sendable]
    }
    var result: [String: any Sendable] = [
      "type": "object", "description": section.doc, "properties": properties,
      "additionalProperties": false,
    ]
    // A preset may fill a required key in.
    let presetFills = section.presets != nil
    let inForms = Set(section.forms.flatMap { $0.required + $0.optional })
    let required = section.fields.filter { field in
      guard case .required = field.absence else { return false }
      return !inForms.contains(field.key) && !presetFills
    }
    if !required.isEmpty { result["required"] = required.map(\.key) }
    if !section.forms.isEmpty, !presetFills {
      result["oneOf"] = section.forms.map { ["required": $0.required] }
    }
    return result
  }

  private static func property(_ field: Field) -> [String: any Sendable] {
    var result = schema(field.kind)
    var doc = field.doc
    switch field.absence {
    case .value(let value, let reason):
      doc += " Default: \(value) (\(reason))."
    case .byVersion(_, let reason): doc += " Default: \(reason)."
    case .computed(let how): doc += " Default: \(how)."
    case .nothing(let meaning): doc += " If absent: \(meaning)."
    case .required: break
    }
    result["description"] = doc
    return result
  }

  private static func schema(_ kind: Kind) -> [String: any Sendable] {
    switch kind {
    case .text(.free): ["type": ["string", "number", "boolean"]]
    case .text: ["type": ["string", "number"]]
    case .count:
      ["type": ["integer", "string"], "pattern": "^[0-9][0-9_]*(\\.[0-9]+)? ?[kMG]?$"]
    case .number(let bounds):
      ["type": "number", "minimum": bounds.low, "maximum": bounds.high]
    case .quantity(let dimension, _): ["type": "string", "pattern": pattern(dimension)]
    case .word(let words): ["enum": words]
    case .prefixed(let start, let dimension):
      [
        "type": "string",
        "pattern": "^" + start.replacing("+", with: "\\+") + pattern(dimension).dropFirst(),
      ]
    case .flag: ["type": "boolean"]
    case .timeOfDay: ["type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"]
    case .noValue(let word): ["enum": [word]]
    case .section(let section): object(section)
    case .dictionary(_, let value, let notEmpty):
      [
        "type": "object", "additionalProperties": schema(value), "minProperties": notEmpty ? 1 : 0,
      ]
    case .list(let item, let notEmpty):
      ["type": "array", "items": schema(item), "minItems": notEmpty ? 1 : 0]
    case .either(let kinds): ["anyOf": kinds.map(schema)]
    case .anything: [:]
    }
  }

  private static func pattern(_ dimension: Dimension) -> String {
    let units = Quantity.units(of: dimension)
    return "^[0-9][0-9_]*(\\.[0-9]+)? ?(\(units.joined(separator: "|")))$"
  }
}
