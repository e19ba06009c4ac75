/// Amounts that add up, in the current stretch and over the whole run.
struct Ledger<Amount: Numeric & Sendable>: Sendable {
  private var stretch: [Amount]
  private var total: [Amount]

  init(count: Int) {
    stretch = Array(repeating: .zero, count: count)
    total = stretch
  }

  mutating func add(_ amount: Amount, to index: Int) { stretch[index] += amount }

  /// Counts the stretch `times` over and starts the next one.
  mutating func fold(times: Amount) {
    for index in stretch.indices {
      total[index] += stretch[index] * times
      stretch[index] = .zero
    }
  }

  /// What was folded so far, and the current stretch once.
  subscript(index: Int) -> Amount { total[index] + stretch[index] }
}
