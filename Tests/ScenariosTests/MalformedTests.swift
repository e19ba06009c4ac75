import Foundation
import Testing

@testable import Scenarios

@Suite struct MalformedTests {
  @Test("The scenario that the malformed ones are made of is sound, but for its lint")
  func base() {
    let problems = ScenarioFile.problems(text: fullScenario, path: "full.yaml")
    #expect(problems.map(\.code) == ["RH0512"], "\(ScenarioFile.render(problems))")
    #expect(Malformed.all.count >= 150)
  }

  @Test("A malformed scenario is blamed by code, line, column and hint", arguments: Malformed.all)
  func malformed(_ one: Malformed) throws {
    let (text, place) = try edited(one)
    let errors = ScenarioFile.problems(text: text, path: "bad.yaml").filter {
      $0.severity == .error
    }
    let shown = ScenarioFile.render(errors)
    let found = errors.first {
      $0.code == one.code && $0.line == place.line && $0.column == place.column
    }
    let problem = try #require(found, "expected \(one.code) at \(place), found:\n\(shown)")
    #expect(!problem.hint.isEmpty, "\(shown)")
    #expect(problem.length == place.length, "\(shown)")
    if one.alone { #expect(errors.count == 1, "\(shown)") }
  }

  @Test("Whatever line is missing, every problem lies inside the text and has a hint")
  func missingLines() {
    let lines = fullScenario.split(separator: "\n", omittingEmptySubsequences: false)
    for missing in lines.indices {
      var rest = lines
      rest.remove(at: missing)
      for problem in ScenarioFile.problems(text: rest.joined(separator: "\n"), path: "bad.yaml") {
        #expect(1...rest.count ~= problem.line)
        #expect(1...(rest[problem.line - 1].unicodeScalars.count + 1) ~= problem.column)
        #expect(!problem.hint.isEmpty, "\(problem.render())")
      }
    }
  }

  /// The edited text, and the 1-based line, column and length of what is marked in it.
  private func edited(_ one: Malformed) throws -> (String, (line: Int, column: Int, length: Int)) {
    let range = try #require(fullScenario.range(of: one.find), "nothing to edit: \(one.find)")
    var text = fullScenario.replacingCharacters(in: range, with: one.replace)
    if let elsewhere = one.elsewhere {
      let plain = elsewhere.replacing("«", with: "").replacing("»", with: "")
      let range = try #require(text.range(of: plain), "nothing to mark: \(plain)")
      text.replaceSubrange(range, with: elsewhere)
    }
    let open = try #require(text.range(of: "«"))
    let before = text[..<open.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
    text.replaceSubrange(open, with: "")
    let close = try #require(text.range(of: "»"))
    let length = text.distance(from: open.lowerBound, to: close.lowerBound)
    text.replaceSubrange(close, with: "")
    return (text, (before.count, (before.last?.count ?? 0) + 1, length))
  }
}
