import ArgumentParser
import Foundation
import Measurements
import Reports
import RunHistory

struct Report: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Show kept runs, or run files, in a format.",
    discussion: """
      Examples:
        rehearse report latest
        rehearse report 20261123T1015 --format json --out text=run.txt
      """)

  /// What is built, and what is only known.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
    case html, markdown, junit, csv, openmetrics

    static let built: [Format] = [.text, .json]
    static var allValueStrings: [String] { built.map(\.rawValue) }
  }

  @Argument(
    help: ArgumentHelp("Ids, starts of ids, latest, or paths of run files.", valueName: "run"))
  var runs: [String]

  @Option(help: "text or json.")
  var format = Format.text

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("Also write it to a file. Repeatable.", valueName: "kind=path"))
  var outputs: [OutputFile] = []

  func perform(_ console: Console) throws -> ExitStatus {
    guard Format.built.contains(format) else {
      throw Failure.notBuilt("report --format \(format.rawValue)", help: "built: text, json")
    }
    try Writing.check(outputs)
    let documents = try runs.map { try Self.read($0) }
    let text = documents.map(\.report).joined(separator: "\n")
    let json =
      documents.count == 1
      ? documents[0].text : try jsonText(RunsDocument(runs: documents.map(\.record)))
    console.result(format == .json ? json : text)
    for output in outputs {
      switch output.kind {
      case .text: try Writing.write(text, to: output.path)
      case .json: try Writing.write(json + "\n", to: output.path)
      }
    }
    return .success
  }

  /// A file where there is one of that name, else a kept run.
  private static func read(_ name: String) throws -> StoredDocument {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue {
      do {
        return try StoredDocument(String(contentsOfFile: name, encoding: .utf8), name: name)
      } catch let failure as Failure {
        throw failure
      } catch {
        throw Failure(.noSuchInput, "\(name) cannot be read: \(error.localizedDescription)")
      }
    }
    return try StoredDocument(kept: name)
  }
}
