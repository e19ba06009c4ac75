import ArgumentParser
import Foundation
import Measurements
import Reports

struct Report: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Show kept runs, or run files, in any format.",
    discussion: """
      html is one file that needs no network and reads without scripts; runs of the same scenario, \
      such as a simulated and a live one, share its charts.

      Examples:
        rehearse report latest
        rehearse report latest --out html=report.html --out markdown=report.md
        rehearse report 20261123T1015 20261123T1020 --out html=report.html
      """)

  @Argument(
    help: ArgumentHelp("Ids, starts of ids, latest, or paths of run files.", valueName: "run"))
  var runs: [String]

  @Option(help: ArgumentHelp("What stdout carries: \(OutputKind.list).", valueName: "format"))
  var format = OutputKind.text

  @Option(
    name: .customLong("out"),
    help: OutputFile.help)
  var outputs: [OutputFile] = []

  func perform(_ console: Console) throws -> ExitStatus {
    try Writing.check(outputs)
    let documents = try runs.map { try StoredDocument(named: $0) }
    let json =
      documents.count == 1
      ? documents[0].text : try jsonText(RunsDocument(runs: documents.map(\.record)))
    let rendering = Rendering(
      documents.map { RunPage.Input($0.record, source: $0.source) }, json: json)
    console.result(rendering.text(format))
    for output in outputs { try Writing.write(rendering.text(output.kind), to: output.path) }
    return .success
  }
}
