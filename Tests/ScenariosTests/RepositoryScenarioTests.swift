import Foundation
import Testing

@testable import Scenarios

@Suite struct RepositoryScenarioTests {
  @Test(
    "Every scenario of the repository is valid, with all its variants",
    arguments: ["scenarios", "scenarios/faults"])
  func repositoryScenarios(path: String) throws {
    let folder = repository.appendingPathComponent(path)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(!names.isEmpty)
    for name in names {
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      let errors = ScenarioFile.problems(text: text, path: name).filter { $0.severity == .error }
      #expect(errors.isEmpty, "\(ScenarioFile.render(errors))")
    }
  }
}
