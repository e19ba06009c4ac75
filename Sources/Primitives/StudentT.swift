/// Student's t distribution with a whole number of degrees of freedom.
package enum StudentT {
  /// P(|T| ≤ t), by the finite series of Abramowitz & Stegun 26.7.3 and 26.7.4.
  package static func central(_ t: Double, degrees: Int) -> Double {
    let nu = Double(degrees)
    let cosine2 = nu / (nu + t * t)
    let sine = t / (nu + t * t).squareRoot()
    var term = 1.0
    var sum = 0.0
    if degrees.isMultiple(of: 2) {
      for i in stride(from: 0, to: degrees, by: 2) {
        sum += term
        term *= cosine2 * Double(i + 1) / Double(i + 2)
      }
      return sine * sum
    }
    for i in stride(from: 1, to: degrees, by: 2) {
      sum += term
      term *= cosine2 * Double(i + 1) / Double(i + 2)
    }
    let angle = arctangent(t / nu.squareRoot())
    return (angle + sine * cosine2.squareRoot() * sum) * 2 / .pi
  }

  /// The t with P(|T| ≤ t) = confidence, for confidences up to 0.9999.
  package static func quantile(central confidence: Double, degrees: Int) -> Double {
    var (low, high) = (0.0, 1.0)
    while central(high, degrees: degrees) < confidence { high *= 2 }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if central(middle, degrees: degrees) < confidence { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// Whether two samples have means that differ, at this confidence, by Welch's test.
  ///
  /// Degrees of freedom by Satterthwaite, rounded down; false where either sample is too small or
  /// neither varies.
  package static func differs(
    _ a: (mean: Double, variance: Double, count: Int),
    _ b: (mean: Double, variance: Double, count: Int), confidence: Double
  ) -> Bool {
    guard a.count > 1, b.count > 1 else { return false }
    let (ofA, ofB) = (a.variance / Double(a.count), b.variance / Double(b.count))
    let sum = ofA + ofB
    guard sum > 0 else { return false }
    let degrees =
      sum * sum / (ofA * ofA / Double(a.count - 1) + ofB * ofB / Double(b.count - 1))
    return abs(a.mean - b.mean) / sum.squareRoot()
      > quantile(central: confidence, degrees: max(1, Int(degrees)))
  }

  /// By halving the angle until the Taylor series needs few terms.
  private static func arctangent(_ x: Double) -> Double {
    var y = x
    var factor = 1.0
    while abs(y) > 0.1 {
      y /= 1 + (1 + y * y).squareRoot()
      factor *= 2
    }
    let square = y * y
    var sum = 0.0
    for k in stride(from: 17, through: 1, by: -2) {
      sum = (k % 4 == 1 ? 1 : -1) / Double(k) + square * sum
    }
    return factor * y * sum
  }
}
