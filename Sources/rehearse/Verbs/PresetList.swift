import ArgumentParser
import Measurements
import Reports
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
      /// Of strategies: engines and kinds of work, the program's version, and what is left out.
      var fits: String?
      var source: String?
      var leavesOut: String?
      enum CodingKeys: String, CodingKey {
        case family, name, description, text, fits, source
        case leavesOut = "leaves_out"
      }
    }
    var schema = "rehearse.presets/1"
    var presets: [Entry]
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let chosen = Presets.all.filter { name == nil || $0.name == name }
    if let name, chosen.isEmpty {
      throw Failure(
        .noSuchInput, "there is no preset \"\(name)\"",
        help: Presets.hint(for: name))
    }
    if output.format == .json {
      let entries = chosen.map { preset in
        let isStrategy = preset.family == .strategy
        return Answer.Entry(
          family: preset.family.rawValue, name: preset.name, description: preset.doc,
          text: preset.text, fits: isStrategy ? preset.fits.text : nil,
          source: isStrategy ? preset.source : nil, leavesOut: isStrategy ? preset.leavesOut : nil)
      }
      console.result(try jsonText(Answer(presets: entries)))
      return .success
    }
    console.result(
      name == nil
        ? PresetText.list(chosen) : chosen.map(PresetText.page).joined(separator: "\n\n"))
    return .success
  }
}
