import Gates
import Measurements

/// What a comparison means, in a sentence or two, for each kind of work apart.
package struct ComparisonWords {
  package var record: ComparisonRecord

  package init(_ record: ComparisonRecord) { self.record = record }

  package var sentence: String {
    var works: [String] = []
    for row in record.rows where !works.contains(row.work) { works.append(row.work) }
    let parts = works.map { work in words(record.rows.filter { $0.work == work }) }
    let several =
      works.count > 1 ? ["These do different work, so there is no ranking between them."] : []
    return (parts.filter { !$0.isEmpty } + several).joined(separator: " ")
  }

  private func words(_ rows: [ComparisonRecord.Row]) -> String {
    guard rows.count > 1, let first = rows.first else { return "" }
    let finished = rows.filter(\.isFinished)
    guard !finished.isEmpty else { return "None of the \(rows.count) was followed to its end." }
    let sound = finished.filter { $0.trialsPassed == $0.run.trials && $0.run.verdict != .fail }
    guard let choice = fastest(sound) else {
      return "None of the \(rows.count) meets every gate" + nearest(finished)
        + against(fastest(finished) ?? first, first, "; fastest is ") + "."
    }
    let beside = against(choice, first, ": it is ") + "."
    if sound.count == 1 {
      return "Only \(choice.name) finishes and meets every gate in each trial" + beside
    }
    return
      "Of \(sound.count) that finish and meet every gate in each trial, \(choice.name) is the fastest"
      + beside
  }

  private func fastest(_ rows: [ComparisonRecord.Row]) -> ComparisonRecord.Row? {
    rows.min { duration($0) < duration($1) }
  }

  private func duration(_ row: ComparisonRecord.Row) -> Double {
    row.run.value("backfill.duration") ?? .infinity
  }

  private func nearest(_ rows: [ComparisonRecord.Row]) -> String {
    func failed(_ row: ComparisonRecord.Row) -> [String] {
      row.run.gates.filter { $0.level == .error && $0.trialsPassed < $0.n }.map(\.id)
    }
    guard let row = rows.min(by: { failed($0).count < failed($1).count }) else { return "" }
    let ids = failed(row)
    return ids.isEmpty ? "" : "; \(row.name) comes nearest, failing \(ids.joined(separator: ", "))"
  }

  /// The choice beside the reference: how much longer, and what the application feels.
  private func against(
    _ row: ComparisonRecord.Row, _ first: ComparisonRecord.Row, _ glue: String
  ) -> String {
    guard row.name != first.name else { return "" }
    func difference(_ name: String) -> PairedDifference? {
      record.differences.first {
        $0.a == first.name && $0.b == row.name && $0.metric.name == name
      }?.found
    }
    guard let time = difference("backfill.duration") else { return "" }
    let name = glue.hasSuffix("fastest is ") ? "\(row.name), " : ""
    let longer =
      !time.isSignificant
      ? "as long as \(first.name)"
      : Human.brief(abs(time.value)) + (time.value > 0 ? " longer than " : " shorter than ")
        + first.name
    guard let latency = difference("app.latency.p99"), latency.isSignificant else {
      return glue + name + longer
    }
    let word = latency.value > 0 ? "higher" : "lower"
    return glue + name + longer
      + ", and the application's p99 is \(Human.brief(abs(latency.value))) \(word)"
  }
}
