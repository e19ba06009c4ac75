import Foundation
import Testing

@testable import Scenarios

@Suite struct ReferenceTests {
  @Test("docs/scenario-format.md is what the schema says; RECORD=1 writes it")
  func page() throws {
    let file = repository.appendingPathComponent("docs/scenario-format.md")
    let text = ReferencePage.text()
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test("The JSON Schema is JSON and knows keys, words, units and what is required")
  func jsonSchema() throws {
    let data = Data(JSONSchema.scenario().utf8)
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(root["$id"] as? String == "rehearse.scenario/1")
    #expect(root["additionalProperties"] as? Bool == false)
    let sections = try #require(root["properties"] as? [String: Any])
    #expect(sections.keys.sorted() == (ScenarioSchema.root.fields.map(\.key) + ["fleet"]).sorted())
    let table = try #require(sections["table"] as? [String: Any])
    #expect(table["required"] as? [String] == ["name", "rows", "row_width"])
    let run = try #require((sections["run"] as? [String: Any])?["properties"] as? [String: Any])
    let before = try #require(run["before"] as? [String: Any])
    let pattern = try #require(before["pattern"] as? String)
    #expect("5min".range(of: pattern, options: .regularExpression) != nil)
    #expect("5".range(of: pattern, options: .regularExpression) == nil)
    #expect("5m".range(of: pattern, options: .regularExpression) == nil)
  }

  @Test("Every default is valid for its own kind, in every version")
  func defaultsAreValid() {
    for version in ScenarioVersion.built {
      var check = SchemaCheck(version: version)
      let empty = Node(content: .map([]), place: .start)
      for section in [
        ScenarioSchema.strategy, ScenarioSchema.database, ScenarioSchema.run,
        ScenarioSchema.settings,
        ScenarioSchema.storage, ScenarioSchema.pool,
      ] {
        _ = check.check(empty, .section(section), "")
      }
      #expect(check.problems.all.isEmpty, "\(check.problems.all)")
    }
  }

  @Test("Every key of the schema has a sentence that ends in a full stop")
  func everyKeyIsDocumented() {
    func walk(_ section: Section) {
      for field in section.fields {
        #expect(field.doc.hasSuffix(".") && field.doc.count > 4, "\(field.key): \(field.doc)")
        for inner in field.kind.sections { walk(inner) }
      }
    }
    walk(ScenarioSchema.root)
  }

  @Test("The starter scenario is valid without a warning")
  func starter() {
    let problems = ScenarioFile.problems(text: StarterScenario.text(), path: "new.yaml")
    #expect(problems.isEmpty, "\(ScenarioFile.render(problems))")
  }

  @Test("Every preset can be used")
  func presets() {
    for preset in Presets.all {
      let fragment =
        switch preset.family {
        case .strategy: "strategy: {preset: \(preset.name)}"
        case .database: "database: {preset: \(preset.name), replicas: [{name: replica-a}]}"
        case .traffic: "traffic: [{preset: \(preset.name), name: x, rate: 100/s}]"
        }
      let fits = preset.family != .strategy || preset.fits.covers(.postgresql, "update")
      let problems = ScenarioFile.problems(text: scenario(with: fragment), path: "p.yaml")
        .filter { fits || $0.code != "RH0530" }
      #expect(problems.isEmpty, "\(preset.name): \(ScenarioFile.render(problems))")
    }
  }
}
