import Gates
import Measurements
import Reports

/// Where the result of a command goes: the screen, and the files that were asked for.
struct Publishing {
  var outputs: [OutputFile]
  var format: OutputFormat

  /// Runs in the order of `sources`, which name them on the command line; fewer where a signal came.
  func publish(_ records: [RunRecord], sources: [String], _ console: Console) throws {
    let pairs = zip(records, sources).map { (record: $0, source: $1) }
    func text(colored: Bool) -> String {
      pairs.map { record, source in
        RunText(record, source: source) { verdict, word in
          colored ? console.styled(word, verdict, on: .output) : word
        }.text
      }.joined(separator: "\n")
    }
    let json =
      records.count == 1 && sources.count == 1
      ? try jsonText(records[0]) : try jsonText(RunsDocument(runs: records))
    // The screen first: a file that has become unwritable meanwhile must not cost the result.
    switch format {
    case .text: console.result(text(colored: true))
    case .json: console.result(json)
    }
    for file in outputs {
      switch file.kind {
      case .text: try Writing.write(text(colored: false), to: file.path)
      case .json: try Writing.write(json + "\n", to: file.path)
      }
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
