import Gates
import Primitives

/// How much a metric of one candidate differs from another's, trial by trial.
///
/// Trials of the same seed and index play the same arrivals, keys and service demands (common random
/// numbers), so that what the trials have in common cancels in their differences: the interval is
/// Student's of the differences, not of the two means. `unpaired` is what the same values would have
/// given without pairing (Welch), which shows what the pairing is worth.
package struct PairedDifference: Sendable, Hashable {
  /// The mean over pairs of `b − a`; infinite where one side of a pair does not end and the other
  /// does.
  package var value: Double
  /// The 95 % interval of the mean; nil where it cannot be given.
  package var low: Double?
  package var high: Double?
  /// Pairs with a value on both sides.
  package var n: Int
  /// The 95 % interval of the difference of two independent means of the same values.
  package var unpaired: ClosedRange<Double>?

  /// Pairs by index; a pair without a value on both sides is left out.
  ///
  /// Nil where no pair is left: there is nothing to compare.
  package init?(_ a: [Double?], _ b: [Double?], confidence: Double = 0.95) {
    var pairs: [(a: Double, b: Double)] = []
    for (a, b) in zip(a, b) {
      // Two that do not end differ by nothing that could be told.
      guard let a, let b, a.isFinite || b.isFinite else { continue }
      pairs.append((a, b))
    }
    guard !pairs.isEmpty else { return nil }
    n = pairs.count
    let differences = pairs.map { $0.b - $0.a }
    value = differences.reduce(0, +) / Double(n)
    // Some endless on either side: which one is longer is not known.
    if value.isNaN { return nil }
    guard n > 1, value.isFinite else { return }
    let t = StudentT.quantile(central: confidence, degrees: n - 1)
    let half = t * (Self.variance(differences) / Double(n)).squareRoot()
    (low, high) = (value - half, value + half)
    let welch = Self.welch(pairs.map(\.a), pairs.map(\.b), confidence: confidence)
    unpaired = value - welch...value + welch
  }

  /// The interval does not hold zero: the two differ, and in which direction is known.
  package var isSignificant: Bool {
    if value.isInfinite { return true }
    guard let low, let high else { return false }
    return low > 0 || high < 0
  }

  /// How many times wider the interval would be without pairing; nil without an interval, and where
  /// the differences do not vary at all.
  package var narrowing: Double? {
    guard let low, let high, let unpaired, high > low else { return nil }
    return (unpaired.upperBound - unpaired.lowerBound) / (high - low)
  }

  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  /// Half the interval of Welch (1947), with the degrees of freedom of Satterthwaite rounded down,
  /// which errs on the wide side.
  private static func welch(_ a: [Double], _ b: [Double], confidence: Double) -> Double {
    let count = Double(a.count)
    let (ofA, ofB) = (variance(a) / count, variance(b) / count)
    let sum = ofA + ofB
    guard sum > 0 else { return 0 }
    let degrees = sum * sum * (count - 1) / (ofA * ofA + ofB * ofB)
    return StudentT.quantile(central: confidence, degrees: max(1, Int(degrees)))
      * sum.squareRoot()
  }
}
