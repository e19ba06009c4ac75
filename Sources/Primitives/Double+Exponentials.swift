/// See Double+Logarithms.swift for the source and why these are not the C library's.
extension Double {
  /// eˣ, 0 below −745.2, +∞ above 709.8.
  ///
  /// Error below 1 ulp.
  /// x = k ln 2 + r with |r| ≤ ½ ln 2, then eʳ = 1 + 2r / (R − r) with R(r²) a polynomial.
  @inlinable package static func exp(_ x: Double) -> Double {
    guard x < 709.782712893384, x > -745.13321910194122 else {
      return x.isNaN ? x : x > 0 ? .infinity : 0
    }
    let k = nearestWhole(x * inverseLn2)
    let high = x - k * ln2High
    let low = k * ln2Low
    let r = high - low
    let c = r - expRemainder(r)
    return scaled(1 + (r * c / (2 - c) - low + high), by: Int(k))
  }

  /// eˣ − 1 without the loss of the subtraction for small x.
  @inlinable package static func expm1(_ x: Double) -> Double {
    guard x < 709.782712893384, x > -56 * 0.6931471805599453 else {
      return x.isNaN ? x : x > 0 ? .infinity : -1
    }
    if x.magnitude < 0x1p-54 { return x }
    let k = nearestWhole(x * inverseLn2)
    let high = x - k * ln2High
    let low = k * ln2Low
    let r = high - low
    let lost = (high - r) - low
    let halfR = 0.5 * r
    let halfSquare = r * halfR
    let r1 = expm1Polynomial(halfSquare)
    let t = 3 - r1 * halfR
    var e = halfSquare * ((r1 - t) / (6 - r * t))
    if k == 0 { return r - (r * e - halfSquare) }
    e = r * (e - lost) - lost - halfSquare
    if k == -1 { return 0.5 * (r - e) - 0.5 }
    if k == 1 { return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e) }
    if k < 0 || k > 56 { return scaled(r - e + 1, by: Int(k)) - 1 }
    let inverse = scaled(1, by: -Int(k))
    return k < 20
      ? scaled(r - e + (1 - inverse), by: Int(k)) : scaled(r - (e + inverse) + 1, by: Int(k))
  }

  @inlinable static var inverseLn2: Double { 1.44269504088896338700e+00 }

  /// r² · P(r²), where r · (eʳ + 1) / (eʳ − 1) = 2 + r² · P(r²) to 2⁻⁵⁹.
  @inlinable static func expRemainder(_ r: Double) -> Double {
    let z = r * r
    return z
      * (1.66666666666666019037e-01 + z
        * (-2.77777777770155933842e-03 + z
          * (6.61375632143793436117e-05 + z
            * (-1.65339022054652515390e-06 + z * 4.13813679705723846039e-08))))
  }

  @inlinable static func expm1Polynomial(_ z: Double) -> Double {
    1 + z
      * (-3.33333333333331316428e-02 + z
        * (1.58730158725481460165e-03 + z
          * (-7.93650757867487942473e-05 + z
            * (4.00821782732936239552e-06 + z * -2.01099218183624371326e-07))))
  }

  /// The nearest whole number, ties to even, for |x| < 2⁵¹.
  ///
  /// Adding 1.5 · 2⁵² leaves no bit for a fraction; `rounded()` is a call of the C library where
  /// the processor's baseline has no instruction for it.
  @inlinable package static func nearestWhole(_ x: Double) -> Double {
    (x + 0x1.8p52) - 0x1.8p52
  }

  /// y · 2ᵏ, rounded once where the result is subnormal.
  @inlinable static func scaled(_ y: Double, by k: Int) -> Double {
    if k >= -1021, k <= 1023 { return y * Double(bitPattern: UInt64(k + 1023) << 52) }
    if k > 1023 { return y * 2 * 0x1p1023 * Double(bitPattern: UInt64(k - 1024 + 1023) << 52) }
    return y * Double(bitPattern: UInt64(k + 200 + 1023) << 52) * 0x1p-200
  }
}
