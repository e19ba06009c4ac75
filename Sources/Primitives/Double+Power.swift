/// See Double+Logarithms.swift for the source and why this is not the C library's.
extension Double {
  /// xʸ for x ≥ 0, NaN for a negative x.
  ///
  /// Error below 1 ulp.
  /// log₂ x in two doubles of about 70 bits together, since an error of the logarithm is
  /// multiplied by y; then 2 to that power.
  package static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    guard x > 0, x < .infinity, y.isFinite else { return powOfSpecial(x, y) }
    let logarithm = log2InTwoParts(x)
    let yHigh = y.withoutLowWord
    let low = (y - yHigh) * logarithm.high + y * logarithm.low
    let high = yHigh * logarithm.high
    guard (low + high).magnitude < 1080 else { return low + high > 0 ? .infinity : 0 }
    return exp2(high: high, low: low)
  }

  private static func powOfSpecial(_ x: Double, _ y: Double) -> Double {
    guard x >= 0, !y.isNaN else { return .nan }
    let grows = (x > 1) == (y > 0)
    return grows ? .infinity : 0
  }

  private static func log2InTwoParts(_ x: Double) -> (high: Double, low: Double) {
    var (exponent, m) = (x.exponent, x.significand)
    // m is compared with 1 below √1.5, with 1.5 below √3, and halved above.
    var around = 1.0
    var baseHigh = 0.0
    var baseLow = 0.0
    if m >= 1.7320508075688772 {
      m *= 0.5
      exponent += 1
    } else if m >= 1.224744871391589 {
      around = 1.5
      baseHigh = 5.84962487220764160156e-01
      baseLow = 1.35003920212974897128e-08
    }
    // s = (m − around) / (m + around) in two parts.
    let u = m - around
    let v = 1 / (m + around)
    let s = u * v
    let sHigh = s.withoutLowWord
    let sumHigh = (m + around).withoutLowWord
    let sumLow = m - (sumHigh - around)
    let sLow = v * ((u - sHigh * sumHigh) - sHigh * sumLow)
    // ln(m / around) = 2s + ⅔s³ + s⁵ · …, as (3 + s² + r) · ⅔s.
    let z = s * s
    let r = z * z * logSeries(z) + sLow * (sHigh + s)
    let square = sHigh * sHigh
    let factorHigh = (3 + square + r).withoutLowWord
    let factorLow = r - ((factorHigh - 3) - square)
    let product = sHigh * factorHigh
    let rest = sLow * factorHigh + factorLow * s
    let pHigh = (product + rest).withoutLowWord
    let pLow = rest - (pHigh - product)
    // Times 2 / (3 ln 2), in two parts again.
    let zHigh = 9.61796700954437255859e-01 * pHigh
    let zLow = -7.02846165095275826516e-09 * pHigh + pLow * 9.61796693925975554329e-01 + baseLow
    let n = Double(exponent)
    let high = (((zHigh + zLow) + baseHigh) + n).withoutLowWord
    return (high, zLow - (((high - n) - baseHigh) - zHigh))
  }

  private static func logSeries(_ z: Double) -> Double {
    5.99999999999994648725e-01 + z
      * (4.28571428578550184252e-01 + z
        * (3.33333329818377432918e-01 + z
          * (2.72728123808534006489e-01 + z
            * (2.30660745775561754067e-01 + z * 2.06975017800338417784e-01))))
  }

  private static func exp2(high: Double, low: Double) -> Double {
    let n = nearestWhole(high + low)
    let rest = high - n
    let t = (low + rest).withoutLowWord
    let u = t * 6.93147182464599609375e-01
    let v = (low - (t - rest)) * 6.93147180559945286227e-01 + t * -1.90465429995776804525e-09
    let z = u + v
    let w = v - (z - u)
    let t1 = z - expRemainder(z)
    let r = (z * t1) / (t1 - 2) - (w + z * w)
    return scaled(1 - (r - z), by: Int(n))
  }

  /// The first 21 significant bits: products of two such numbers are exact.
  private var withoutLowWord: Double { Double(bitPattern: bitPattern & 0xFFFF_FFFF_0000_0000) }
}
