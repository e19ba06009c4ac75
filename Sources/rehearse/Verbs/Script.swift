import ArgumentParser
import Scenarios
import Scripts

struct Script: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Write the backfill as a program that somebody runs; connects to nothing.",
    usage: "rehearse script <file> [--as <language>] [<options>]",
    discussion: """
      The strategy's numbers are filled in, the gates stand in comments, and what a script cannot do \
      is said. psql, bash, rails and django; pt-archiver and gh-ost are refused where they do other \
      work than the backfill.

      Examples:
        rehearse script scenario.yaml > backfill.sql
        rehearse script scenario.yaml --as django --set strategy.batch.rows=2000
      """)

  @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "\(BackfillScript.Language.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "language"))
  var language = BackfillScript.Language.psql

  @OptionGroup var scenario: ScenarioOptions

  func perform(_ console: Console) throws -> ExitStatus {
    let loaded = try scenario.load([file], console)[0]
    let script: BackfillScript
    do {
      script = try BackfillScript(
        loaded.scenario, in: language, source: scenario.source(file), version: Build.version)
    } catch {
      throw Failure(.usage, error.reason, help: error.help)
    }
    for note in script.notes { console.warn("the script differs from the strategy: \(note)") }
    console.result(script.text)
    return .success
  }
}

extension BackfillScript.Language: ExpressibleByArgument {}
