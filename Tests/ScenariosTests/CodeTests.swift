import Foundation
import Testing

@testable import Scenarios

/// A sound scenario by its top-level sections, to lay the examples over.
let soundSections: [(key: String, text: String)] = [
  ("name", "name: orders-status"),
  ("table", "table: {name: orders, rows: 10M, row_width: 200B}"),
  ("backfill", "backfill: {set: {status_v2: \"upper(status)\"}, deadline: 1h}"),
  ("traffic", "traffic: [{name: checkout, rate: 100/s, statements: [{kind: update}]}]"),
  ("database", "database: {replicas: [{name: replica-a}]}"),
]

/// The sound scenario with the sections of `fragment` in place of its own.
func scenario(with fragment: String) -> String {
  let lines = fragment.split(separator: "\n")
  let own = soundSections.filter { section in
    !lines.contains { $0.hasPrefix(section.key + ":") }
  }
  return (own.map(\.text) + [fragment]).joined(separator: "\n") + "\n"
}

@Suite struct CodeTests {
  @Test("Every code that the sources mention has a page, and every page is mentioned")
  func everyCodeIsExplained() throws {
    let folder = repository.appendingPathComponent("Sources/Scenarios")
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var used: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      guard !file.deletingLastPathComponent().path.hasSuffix("/Codes") else { continue }
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /RH0\d{3}/) { used.insert(String(match.output)) }
    }
    #expect(used.count > 40)
    #expect(used.sorted() == Codes.all)
    #expect(Set(Codes.all).count == Codes.all.count)
  }

  @Test("An explanation shows what is wrong and what is right")
  func explanation() throws {
    let text = try #require(Codes.explain("rh0202"))
    #expect(text.hasPrefix("RH0202: an ambiguous unit"))
    #expect(text.contains("Bad:\n    backfill: {set: {status_v2: upper(status)}, deadline: 300m}"))
    #expect(text.contains("Good:"))
    #expect(Codes.explain("RH9999") == nil)
  }

  @Test(
    "Each bad example gives its code and no other error, each good one nothing",
    arguments: Codes.pages.filter(\.isShown).map(\.code))
  func examples(code: String) throws {
    let page = try #require(Codes.pages.first { $0.code == code })
    let bad = ScenarioFile.problems(text: scenario(with: page.bad), path: "bad.yaml")
    #expect(bad.map(\.code).contains(code), "\(ScenarioFile.render(bad))")
    #expect(bad.allSatisfy { $0.code == code }, "\(ScenarioFile.render(bad))")
    #expect(bad.allSatisfy { !$0.hint.isEmpty })
    let good = ScenarioFile.problems(text: scenario(with: page.good), path: "good.yaml")
    #expect(good.isEmpty, "\(ScenarioFile.render(good))")
  }
}
