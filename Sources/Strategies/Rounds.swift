import Primitives

/// Batches in groups that begin at most once in so long, as GitLab's background migrations run them.
package struct Rounds: Hashable, Sendable, Codable {
  /// Rows of the first round.
  package var rows: Int
  /// From the start of a round to the start of the next, at least.
  package var every: TimeSpan
  package var minRows: Int
  package var maxRows: Int
  /// The size follows the share of the interval that the rounds take.
  package var isSteered: Bool

  package init(rows: Int, every: TimeSpan, minRows: Int, maxRows: Int, isSteered: Bool) {
    self.rows = rows
    self.every = every
    self.minRows = minRows
    self.maxRows = maxRows
    self.isSteered = isSteered
  }
}

/// How many rows the next round takes.
///
/// gitlabhq, `lib/gitlab/database/background_migration/batch_optimizer.rb` and `batched_migration.rb`:
/// efficiency is a round's time over the interval, smoothed over the last 20 rounds with weights
/// (1 − 0.4)^i and rounded to two places; outside 0.90 ... 0.95 the size is multiplied by
/// `min(0.95 / efficiency, 1.2)`. Nothing happens before there are 20 rounds.
struct RoundSizer: Sendable {
  static let target = 0.90...0.95
  static let window = 20
  static let alpha = 0.4
  static let growth = 1.2

  private let rounds: Rounds
  private(set) var rows: Int
  /// Newest last.
  private var efficiencies: [Double] = []

  init(_ rounds: Rounds) {
    self.rounds = rounds
    rows = rounds.rows
  }

  mutating func learn(duration: TimeSpan) {
    guard rounds.isSteered else { return }
    efficiencies.append(duration.seconds / rounds.every.seconds)
    if efficiencies.count > Self.window { efficiencies.removeFirst() }
    guard efficiencies.count == Self.window, let efficiency = smoothed, efficiency > 0,
      !Self.target.contains(efficiency)
    else { return }
    let wanted = Double(rows) * min(Self.target.upperBound / efficiency, Self.growth)
    rows = wanted >= Double(rounds.maxRows) ? rounds.maxRows : max(rounds.minRows, Int(wanted))
  }

  /// Rounded to two places; nil while there is none.
  private var smoothed: Double? {
    var (sum, weights, weight) = (0.0, 0.0, 1.0)
    for efficiency in efficiencies.reversed() {
      sum += efficiency * weight
      weights += weight
      weight *= 1 - Self.alpha
    }
    return weights > 0 ? (sum / weights * 100).rounded() / 100 : nil
  }
}
