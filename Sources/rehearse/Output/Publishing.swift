import Gates
import Measurements
import Reports

/// Where the result of a command goes: the screen, and the files that were asked for.
struct Publishing {
  var outputs: [OutputFile]
  var format: OutputFormat

  /// Runs in the order of `sources`, which name them on the command line; fewer where a signal came.
  func publish(_ records: [RunRecord], sources: [String], _ console: Console) throws {
    let json =
      records.count == 1 && sources.count == 1
      ? try jsonText(records[0]) : try jsonText(RunsDocument(runs: records))
    let inputs = zip(records, sources).map { RunPage.Input($0, source: $1) }
    try publish(Rendering(inputs, json: json), console)
  }

  func publish(_ rendering: Rendering, _ console: Console) throws {
    // The screen first: a file that has become unwritable meanwhile must not cost the result.
    switch format {
    case .text: console.result(rendering.screen { console.styled($1, $0, on: .output) })
    case .json: console.result(rendering.json)
    }
    for file in outputs { try Writing.write(rendering.text(file.kind), to: file.path) }
  }

  /// A result that is text or one JSON document; `text` is told how a verdict's word is shown.
  func publish(
    json: String, _ console: Console,
    text: (@escaping @Sendable (Verdict, String) -> String) -> String
  ) throws {
    switch format {
    case .text: console.result(text { console.styled($1, $0, on: .output) })
    case .json: console.result(json)
    }
    for file in outputs {
      try Writing.write(file.kind == .json ? json + "\n" : text { $1 }, to: file.path)
    }
  }
}

extension Console {
  func styled(_ word: String, _ verdict: Verdict, on stream: Stream) -> String {
    switch verdict {
    case .pass: styled(word, .green, on: stream)
    case .fail: styled(word, .red, on: stream)
    case .inconclusive, .none: styled(word, .yellow, on: stream)
    }
  }
}
