import Primitives

/// Draws a rank k in 1...count with probability proportional to k^−s, for any s > 0, in O(1).
///
/// Rejection inversion: W. Hörmann, G. Derflinger, *Rejection-inversion to generate variates from
/// monotone discrete distributions*, ACM TOMACS 6 (1996), with the integral of x^−s written as
/// (e^((1−s) ln x) − 1) / (1 − s) so that s = 1 is a limit and not a case. At most 1.02 tries per
/// draw for s up to 3.
@usableFromInline
package struct ZipfSampler: Hashable, Sendable {
  @usableFromInline let count: Double
  @usableFromInline let s: Double
  /// H(count + ½), and how far H(1½) − 1 lies below: the range from which the inverse is taken.
  @usableFromInline let high: Double
  @usableFromInline let range: Double
  /// Points up to this far below their integer are accepted at sight: about 98 % of them.
  @usableFromInline let sureDistance: Double

  package init(count: Int, s: Double) {
    precondition(count >= 1 && s > 0)
    self.count = Double(count)
    self.s = s
    high = Self.integral(Double(count) + 0.5, s)
    range = Self.integral(1.5, s) - 1 - high
    sureDistance = 2 - Self.inverseOfIntegral(Self.integral(2.5, s) - Self.density(2, s), s)
  }

  /// A rank from 1, the most popular, by the key's uniform numbers from index `first` on.
  @inlinable package func rank(_ key: RandomKey, from first: UInt64) -> Int {
    var index = first
    while true {
      let u = high + key.uniform(index) * range
      let x = Self.inverseOfIntegral(u, s)
      let k = Double(Int(min(max(x + 0.5, 1), count)))
      if k - x <= sureDistance { return Int(k) }
      if u >= Self.integral(k + 0.5, s) - Self.density(k, s) { return Int(k) }
      index &+= 1
    }
  }

  /// ∫₁ˣ t^−s dt.
  @inlinable package static func integral(_ x: Double, _ s: Double) -> Double {
    let logX = Double.log(x)
    let t = (1 - s) * logX
    return t.magnitude < 1e-8 ? logX * (1 + 0.5 * t) : Double.expm1(t) / (1 - s)
  }

  /// The x with ∫₁ˣ t^−s dt = `area`.
  @inlinable static func inverseOfIntegral(_ area: Double, _ s: Double) -> Double {
    // Rounding may lead below −1, where the logarithm ends.
    let t = max((1 - s) * area, -1)
    if t.magnitude < 1e-8 { return Double.exp(area * (1 - 0.5 * t)) }
    return Double.exp(Double.log1p(t) / (1 - s))
  }

  @inlinable static func density(_ x: Double, _ s: Double) -> Double {
    Double.exp(-s * Double.log(x))
  }
}
