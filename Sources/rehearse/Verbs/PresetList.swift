import ArgumentParser
import Measurements
import Scenarios

struct PresetList: Verb {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    abstract: "List the presets for strategies, traffic and databases, or show one.")

  @Argument(help: ArgumentHelp("Show what this preset fills in.", valueName: "name"))
  var name: String?

  @OptionGroup var output: FormatOption

  private struct Answer: Encodable {
    struct Entry: Encodable {
      var family: String
      var name: String
      var description: String
      var text: String
    }
    var schema = "rehearse.presets/1"
    var presets: [Entry]
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let chosen = Presets.all.filter { name == nil || $0.name == name }
    if let name, chosen.isEmpty {
      throw Failure(
        .noSuchInput, "there is no preset \"\(name)\"",
        help: "known: " + Presets.all.map(\.name).joined(separator: ", "))
    }
    if output.format == .json {
      let entries = chosen.map {
        Answer.Entry(family: $0.family.rawValue, name: $0.name, description: $0.doc, text: $0.text)
      }
      console.result(try jsonText(Answer(presets: entries)))
      return .success
    }
    for preset in chosen {
      if name == nil {
        let title = "\(preset.family.rawValue) \(preset.name)"
        console.result("\(title)\n    \(preset.doc)")
      } else {
        console.result("\(preset.family.rawValue) \(preset.name): \(preset.doc)\n\n\(preset.text)")
      }
    }
    return .success
  }
}
