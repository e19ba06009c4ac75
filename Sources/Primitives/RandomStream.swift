/// Random numbers in sequence, for draws whose number depends on what was drawn before.
///
/// A counter over a `RandomKey`, so a stream is a value of 24 bytes that can be made for each use.
@frozen
@usableFromInline
package struct RandomStream: Hashable, Sendable, BitwiseCopyable, RandomNumberGenerator {
  @usableFromInline let key: RandomKey
  @usableFromInline var index: UInt64 = 0

  @inlinable package init(_ key: RandomKey) { self.key = key }

  @inlinable package mutating func next() -> UInt64 {
    defer { index &+= 1 }
    return key.bits(index)
  }

  /// Uniform on the open interval (0, 1).
  @inlinable package mutating func uniform() -> Double { openUnit(next()) }

  /// Uniform on `0 ..< bound`; the bias is below `bound` · 2⁻⁶⁴.
  @inlinable package mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Exponential with mean 1.
  @inlinable package mutating func exponential() -> Double { -Double.log(uniform()) }

  /// Standard normal.
  @inlinable package mutating func normal() -> Double { Double.normalQuantile(uniform()) }

  /// Lognormal with this mean and coefficient of variation.
  ///
  /// With σ² = ln(1 + cv²) the mean of exp(σZ − σ²/2) is 1.
  @inlinable package mutating func lognormal(mean: Double, cv: Double) -> Double {
    let variance = Double.log1p(cv * cv)
    return mean * Double.exp(variance.squareRoot() * normal() - 0.5 * variance)
  }

  /// Gamma with this shape and scale 1: mean and variance are both `shape`.
  ///
  /// G. Marsaglia, W. W. Tsang, *A Simple Method for Generating Gamma Variables*, ACM TOMS 26
  /// (2000); below 1 their boost, Gamma(a) = Gamma(a + 1) · U^(1/a).
  package mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0)
    if shape < 1 {
      let boost = Double.exp(-exponential() / shape)
      return gamma(shape: shape + 1) * boost
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      let u = uniform()
      let square = x * x
      if u < 1 - 0.0331 * square * square { return d * v }
      if Double.log(u) < 0.5 * square + d * (1 - v + Double.log(v)) { return d * v }
    }
  }
}
