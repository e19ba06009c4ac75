extension Double {
  /// ln Γ(x) for x > 0, +∞ at 0, NaN below.
  ///
  /// Error below 10⁻¹⁴ · max(1, ln Γ(x)).
  /// Stirling's series from 10 on, Γ(x) = Γ(x + n) / (x (x + 1) … (x + n − 1)) below.
  package static func logGamma(_ x: Double) -> Double {
    guard x > 0, x < .infinity else { return x == 0 || x == .infinity ? .infinity : .nan }
    var y = x
    var product = 1.0
    while y < 10 {
      product *= y
      y += 1
    }
    return (y - 0.5) * log(y) - y + 0.91893853320467274178 + stirlingTail(y) - log(product)
  }

  /// ln Γ(x) − (x − ½) ln x + x − ½ ln 2π for x ≥ 10.
  ///
  /// Abramowitz & Stegun 6.1.41; the first term left out, 1/(156 x¹³), is below 10⁻¹⁵.
  static func stirlingTail(_ x: Double) -> Double {
    let r = 1 / x
    let z = r * r
    return r
      * (1.0 / 12 + z
        * (-1.0 / 360 + z
          * (1.0 / 1260 + z * (-1.0 / 1680 + z * (1.0 / 1188 + z * (-691.0 / 360_360))))))
  }

  /// ln(a! / b!) for whole a, b ≥ 0.
  ///
  /// Not the difference of two logarithms of factorials: at 10⁹ each is 2·10¹⁰ with an error of
  /// 4·10⁻⁶, while this one's error is that of the result.
  static func logFactorialRatio(_ a: Double, _ b: Double) -> Double {
    a >= b ? logRisingFactorial(from: b, to: a) : -logRisingFactorial(from: a, to: b)
  }

  /// ln((b + 1) (b + 2) … a).
  private static func logRisingFactorial(from b: Double, to a: Double) -> Double {
    if b < 10 {
      // The product, for as long as it is sure to be finite.
      guard a < 40 else { return logGamma(a + 1) - logGamma(b + 1) }
      var product = 1.0
      var factor = a
      while factor > b {
        product *= factor
        factor -= 1
      }
      return log(product)
    }
    // ln Γ(y) with y = a + 1 against z = b + 1: (y − ½) ln(y/z) + (y − z)(ln z − 1) + tails.
    let y = a + 1
    let z = b + 1
    let d = y - z
    return (y - 0.5) * log1p(d / z) + d * (log(z) - 1) + (stirlingTail(y) - stirlingTail(z))
  }
}
