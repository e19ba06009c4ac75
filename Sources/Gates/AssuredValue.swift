/// The value that a share of the trials stays within, and its 95 % interval by order statistics.
///
/// The interval lies within a limit exactly where the Clopper–Pearson interval of the share that
/// meets the limit decides for a pass, and beyond it exactly where that decides for a fail.
package struct AssuredValue: Sendable, Hashable {
  package var value: Double
  /// Nil where the trials are too few to bound it on this side.
  package var low: Double?
  package var high: Double?

  package init(_ spread: Spread, assurance: Double, largerIsWorse: Bool) {
    let n = spread.count
    /// The worst value of the best `count` trials.
    func worst(ofBest count: Int) -> Double {
      spread.value(atRank: largerIsWorse ? count : n + 1 - count)
    }
    value = worst(ofBest: Int((assurance * Double(n) - 1e-9).rounded(.up)))
    let hopeful = Self.fewest(of: n) { verdict(passed: $0, of: n, assurance: assurance) != .fail }
    let sure = Self.fewest(of: n) { verdict(passed: $0, of: n, assurance: assurance) == .pass }
    let best = hopeful == 0 ? nil : worst(ofBest: hopeful)
    let worst = sure > n ? nil : worst(ofBest: sure)
    (low, high) = largerIsWorse ? (best, worst) : (worst, best)
  }

  /// The fewest passes from which on a condition holds; n + 1 where it never does.
  private static func fewest(of n: Int, _ holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, n + 1)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
