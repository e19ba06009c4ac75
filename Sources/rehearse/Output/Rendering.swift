import ArgumentParser
import Gates
import Measurements
import Reports

/// The forms in which runs leave the program.
enum OutputKind: String, CaseIterable, ExpressibleByArgument {
  case text, json, html, markdown, junit, csv, openmetrics, sarif, github

  /// All of them, for help.
  static let list = allCases.map(\.rawValue).joined(separator: ", ")
}

/// Runs in each of those forms.
struct Rendering {
  var inputs: [RunPage.Input]
  /// The one document that `--format json` prints.
  var json: String
  /// By scenario, where there is a baseline.
  var checks: [String: BaselineCheck] = [:]
  /// What is wrong or doubtful in the scenarios themselves.
  var problems: [Finding] = []

  init(_ inputs: [RunPage.Input], json: String) {
    self.inputs = inputs
    self.json = json
  }

  /// Ends with a line break.
  func text(_ kind: OutputKind) -> String {
    switch kind {
    case .text: screen { $1 }
    case .json: json.hasSuffix("\n") ? json : json + "\n"
    case .html: RunPage(inputs).text
    case .markdown: MarkdownText(inputs, checks: checks).text
    case .junit: JUnitText(inputs, regressions: checks.mapValues(\.rows)).text
    case .csv: CSVText(inputs.map(\.record)).text
    case .openmetrics: OpenMetricsText(inputs.map(\.record)).text
    case .sarif:
      // Strings and whole numbers: there is nothing that JSON could not hold.
      ((try? jsonText(SARIFDocument(findings, toolVersion: Build.version))) ?? "{}") + "\n"
    case .github: Annotations(findings).text
    }
  }

  /// The text for a screen, with the verdict's words set off.
  func screen(_ emphasis: @escaping @Sendable (Verdict, String) -> String) -> String {
    inputs.map { input in
      let check = checks[input.record.header.name].map { "\n" + $0.text } ?? ""
      return RunText(input.record, source: input.source, emphasis: emphasis).text + check
    }.joined(separator: "\n")
  }

  /// The worst first.
  var findings: [Finding] {
    let found =
      inputs.flatMap { input in
        input.gateFindings + (checks[input.record.header.name]?.findings(input) ?? [])
      } + problems
    return found.enumerated().sorted {
      ($0.element.level, $0.offset) < ($1.element.level, $1.offset)
    }
    .map(\.element)
  }
}
