import ArgumentParser
import Measurements
import Scenarios

struct Validate: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Check scenarios; runs nothing.",
    usage: "rehearse validate <files> ... [<options>]",
    discussion: """
      Reports everything that is wrong or doubtful at once, as path:line:column: error[RHnnnn]. \
      Exit 0 if no file has an error, 65 otherwise, 66 if a file cannot be read.

      Example:
        rehearse validate scenarios/*.yaml
      """)

  @Argument(help: "Scenario files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String]

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var output: FormatOption

  private struct Answer: Encodable {
    struct File: Encodable {
      var path: String
      var name: String
      var variants: [String]
      var warnings: [ErrorDocument.Problem]
    }
    var schema = "rehearse.validation/1"
    var valid = true
    var files: [File]
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let loaded = try scenario.load(files, console)
    switch output.format {
    case .text:
      for file in loaded {
        let warnings = file.warnings.count
        let note = warnings == 0 ? "" : warnings == 1 ? ", 1 warning" : ", \(warnings) warnings"
        console.result("\(file.path): valid\(note)")
      }
    case .json:
      let files = loaded.map {
        Answer.File(
          path: $0.path, name: $0.scenario.name, variants: $0.variantNames,
          warnings: $0.warnings.map(ErrorDocument.Problem.init))
      }
      console.result(try jsonText(Answer(files: files)))
    }
    return .success
  }
}
