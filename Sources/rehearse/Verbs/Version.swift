import ArgumentParser
import Measurements

struct Version: Verb {
  static let configuration = CommandConfiguration(abstract: "Print the version.")

  @OptionGroup var output: FormatOption

  private struct Answer: Encodable {
    var schema = "rehearse.version/1"
    var version = Build.version
    var model_version = Build.modelVersion
  }

  func perform(_ console: Console) throws -> ExitStatus {
    switch output.format {
    case .text: console.result("rehearse \(Build.version), model version \(Build.modelVersion)")
    case .json: console.result(try jsonText(Answer()))
    }
    return .success
  }
}
