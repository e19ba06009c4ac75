/// Elementary functions of our own: the C library's differ in the last bit between platforms, and
/// one bit in one arrival time makes another trace.
///
/// The methods and coefficients of this file, Double+Exponentials.swift and Double+Power.swift are
/// those of fdlibm 5.3 (e_log.c, s_log1p.c, e_exp.c, s_expm1.c, e_pow.c). Copyright (C) 1993 by Sun
/// Microsystems, Inc. Permission to use, copy, modify, and distribute that software is freely
/// granted, provided that this notice is preserved. They use + − × ÷ and bit patterns only, which
/// IEEE 754 rounds alike everywhere.
extension Double {
  /// ln x, −∞ at 0, NaN below.
  ///
  /// Error below 1 ulp.
  /// x = 2ᵏ · (1 + f) with 1 + f in √½ ..< √2, then ln(1 + f) from an odd polynomial in
  /// s = f / (2 + f).
  @inlinable package static func log(_ x: Double) -> Double {
    guard x >= .leastNormalMagnitude, x < .infinity else { return logOfSpecial(x) }
    let (k, m) = splitAroundOne(x)
    let f = m - 1
    let halfSquare = 0.5 * f * f
    let s = f / (2 + f)
    let dk = Double(k)
    return s * (halfSquare + logRemainder(s)) + dk * ln2Low - halfSquare + f + dk * ln2High
  }

  /// ln(1 + x) without the loss of 1 + x for small x; −∞ at −1, NaN below.
  @inlinable package static func log1p(_ x: Double) -> Double {
    guard x > -1, x < .infinity else { return x == -1 ? -.infinity : x == .infinity ? x : .nan }
    if x.magnitude < 0x1p-53 { return x }
    var f = x
    var dk = 0.0
    var correction = 0.0
    if x < -0.29289 || x >= 0.41421 {
      let u = 1 + x
      let (k, m) = splitAroundOne(u)
      // What rounding 1 + x lost, relative to u.
      if k < 54 { correction = (k >= 2 ? 1 - (u - x) : x - (u - 1)) / u }
      f = m - 1
      dk = Double(k)
    }
    let halfSquare = 0.5 * f * f
    let s = f / (2 + f)
    return s * (halfSquare + logRemainder(s)) + (dk * ln2Low + correction) - halfSquare + f
      + dk * ln2High
  }

  /// The (k, m) with x = 2ᵏ · m and m in √½ ..< √2, for a normal x.
  @inlinable static func splitAroundOne(_ x: Double) -> (k: Int64, m: Double) {
    let bits = Int64(bitPattern: x.bitPattern)
    let k = (bits &- 0x3FE6_A09E_0000_0000) >> 52
    return (k, Double(bitPattern: UInt64(bitPattern: bits &- k << 52)))
  }

  /// (ln((1 + s) / (1 − s)) − 2s) / s as a minimax polynomial in s², error below 2⁻⁵⁸·⁴⁵.
  @inlinable static func logRemainder(_ s: Double) -> Double {
    let z = s * s
    let w = z * z
    let even =
      w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    let odd =
      z
      * (6.666666666666735130e-01 + w
        * (2.857142874366239149e-01 + w
          * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
    return odd + even
  }

  /// ln 2 in two parts; the first has 32 significant bits, so that k · ln2High is exact.
  @inlinable static var ln2High: Double { 6.93147180369123816490e-01 }
  @inlinable static var ln2Low: Double { 1.90821492927058770002e-10 }

  @usableFromInline static func logOfSpecial(_ x: Double) -> Double {
    if x == 0 { return -.infinity }
    if x == .infinity { return x }
    guard x > 0 else { return .nan }
    return log(x * 0x1p54) - 54 * (ln2High + ln2Low)
  }
}
