/// How long the rows of one batch stay locked, and what the application's writes feel of it.
///
/// A batch that locks its rows one after another at a constant pace holds them for times spread
/// evenly between `shortest` (the last row: the commit) and `longest` (the first row). Writes of the
/// application arrive as a Poisson process spread evenly over the table, so that by PASTA a write
/// meets a row with the probability of its being locked and waits the uniform residual of the hold.
/// Source: the row-lock process of a one-pass batch, Little's area argument per row (docs/model.md).
package struct LockHold: Hashable, Sendable {
  /// Seconds from the last row's lock to the end of the commit.
  package var shortest: Double
  /// Seconds from the first row's lock to the end of the commit.
  package var longest: Double

  package init(shortest: Double, longest: Double) {
    self.shortest = shortest
    self.longest = longest
  }

  /// Mean hold of a row, seconds.
  package var mean: Double { (shortest + longest) / 2 }

  /// Mean square of the hold, s²: (s² + s·l + l²) / 3 for a hold uniform on s…l.
  package var meanSquare: Double {
    (shortest * shortest + shortest * longest + longest * longest) / 3
  }

  /// Mean wait of a write that meets a locked row: E[H²] / 2E[H].
  ///
  /// It is a third of the batch's time
  /// where the commit is short, because hits fall on long holds.
  package var meanWait: Double { mean > 0 ? meanSquare / (2 * mean) : 0 }

  /// Writes delayed by the whole job, each row being held once: Λ·E[H], where Λ is the rate of
  /// single-row writes to the rows that the job locks.
  package func waits(writeRate: Double) -> Double { writeRate * mean }

  /// Their waiting time together, seconds: Λ·E[H²] / 2.
  package func totalWait(writeRate: Double) -> Double { writeRate * meanSquare / 2 }

  /// Expected number of waits longer than `limit` seconds; zero exactly where no hold is longer.
  package func waits(longerThan limit: Double, writeRate: Double) -> Double {
    if limit >= longest { return 0 }
    if limit <= shortest { return writeRate * (mean - limit) }
    let excess = longest - limit
    return writeRate * excess * excess / (2 * (longest - shortest))
  }
}
