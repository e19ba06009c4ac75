import Primitives

/// The share of trials that pass, known from k successes in n.
package enum BinomialShare {
  /// The exact two-sided interval of a share (Clopper & Pearson, Biometrika 26, 1934).
  ///
  /// Its lower end is the share at which k or more successes have probability (1 − confidence) / 2,
  /// its upper end the one at which k or fewer have.
  package static func interval(
    successes k: Int, of n: Int, confidence: Double = 0.95
  ) -> ClosedRange<Double> {
    guard n > 0 else { return 0...1 }
    let tail = (1 - confidence) / 2
    let low = k == 0 ? 0 : root { atLeast(k, of: n, share: $0) < tail }
    let high = k == n ? 1 : root { 1 - atLeast(k + 1, of: n, share: $0) > tail }
    return low...max(low, high)
  }

  /// The probability of k or more successes in n trials that each succeed with this share.
  ///
  /// Terms are taken relative to the largest one, outwards by their ratio, so nothing underflows
  /// that matters and no factorial is needed.
  package static func atLeast(_ k: Int, of n: Int, share p: Double) -> Double {
    guard k > 0 else { return 1 }
    guard k <= n, p > 0 else { return 0 }
    guard p < 1 else { return 1 }
    let mode = min(n, Int(Double(n + 1) * p))
    var (below, above) = (0.0, 0.0)
    func count(_ i: Int, _ term: Double) { if i >= k { above += term } else { below += term } }
    count(mode, 1)
    let odds = p / (1 - p)
    var term = 1.0
    for i in stride(from: mode, to: n, by: 1) {
      term *= odds * Double(n - i) / Double(i + 1)
      count(i + 1, term)
    }
    term = 1
    for i in stride(from: mode, to: 0, by: -1) {
      term *= Double(i) / (odds * Double(n - i + 1))
      count(i - 1, term)
    }
    return above / (above + below)
  }

  /// Where a condition that holds from 0 on ceases to hold.
  private static func root(_ holds: (Double) -> Bool) -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if holds(middle) { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
