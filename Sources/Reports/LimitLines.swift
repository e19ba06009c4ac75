import Measurements

/// What held the backfill back, as far as that can be told from what was measured.
struct LimitLines {
  var run: RunRecord

  /// A resource this busy counts as full, and this share of standing still as a cause.
  private static let full = 0.85
  private static let cause = 0.05

  var lines: [String] {
    guard let text = sentence else { return [] }
    return "LIMITED BY  \(text)".wrappedAfterHead(to: RunText.width, head: 12)
  }

  var sentence: String? {
    guard let duration = run.value("backfill.duration"), duration > 0, duration.isFinite else {
      return nil
    }
    let time = duration * Double(run.workers)
    let paused = [
      ("the throttle", "throttle"), ("its own pauses", "pause"),
      ("backing off after failures", "backoff"),
    ].map { ($0.0, (run.value("backfill.paused", ["reason": $0.1]) ?? 0) / time) }
    let batches = run.value("backfill.batches") ?? 0
    let working = batches * (run.value("backfill.batch.duration.mean") ?? 0) / time
    // Neither a batch nor a pause: the next range is being looked up, or workers were taken away.
    let searching = 1 - working - paused.map(\.1).reduce(0, +)
    let standing = (paused + [("workers without a batch to run", searching)])
      .filter { $0.1 >= Self.cause }.sorted { $0.1 > $1.1 }
      .map { "\($0.0) (\(Human.wholePercent($0.1)) of the workers' time)" }
    let busy = [("storage", "storage.utilization"), ("the cores", "cpu.utilization")]
      .map { ($0.0, run.value($0.1) ?? 0) }
      .filter { $0.1 >= Self.full }.sorted { $0.1 > $1.1 }
      .map { "\($0.0) (\(Human.wholePercent($0.1)) busy)" }
    let parts = busy + standing
    return parts.isEmpty ? "the time its own batches take" : parts.joined(separator: ", then ")
  }
}
