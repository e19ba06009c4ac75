import Primitives

/// A batch size that follows a runner's own rule.
package struct Steering: Hashable, Sendable, Codable {
  /// How the next size follows from what the batches came to.
  package enum Law: String, Hashable, Sendable, Codable, CaseIterable {
    /// A weighted average of rows per second: pt-online-schema-change.
    case averageRate = "average_rate"
    /// The second largest of eleven, with a panic: block/spirit.
    case p90
    /// Grows while Welch's test finds more throughput: vitess.
    case welch
  }

  /// What a batch is to come to.
  package enum Goal: Hashable, Sendable, Codable {
    case time(TimeSpan)
    /// Bytes of a batch, and of one row.
    case bytes(Int, perRow: Int)
  }

  package var law: Law
  package var goal: Goal
  package var firstRows: Int
  package var minRows: Int
  package var maxRows: Int

  package init(law: Law, goal: Goal, firstRows: Int, minRows: Int, maxRows: Int) {
    self.law = law
    self.goal = goal
    self.firstRows = firstRows
    self.minRows = minRows
    self.maxRows = maxRows
  }

  /// Within the bounds; fractions are cut off, as the runners' own integers do.
  func rows(_ wanted: Double) -> Int {
    wanted >= Double(maxRows) ? maxRows : max(minRows, Int(wanted))
  }
}
