import Primitives

/// How often each row of one table is drawn, by popularity: rank 1 is drawn most.
package struct KeyPopularity: Hashable, Sendable {
  package let rows: Int
  package let distribution: KeyDistribution

  package init(rows: Int, distribution: KeyDistribution) {
    self.rows = rows
    self.distribution = distribution
  }

  /// The probability that one draw is the row of this popularity, 1...rows.
  package func probability(ofRank k: Int) -> Double {
    switch distribution {
    case .uniform:
      return 1 / Double(rows)
    case .zipf(let s), .latest(let s):
      return Double.pow(Double(k), -s) / Self.harmonicNumber(rows, exponent: s)
    case .hotspot(let fraction, let share):
      let hot = Self.hotRows(of: rows, fraction: fraction)
      if hot == rows { return 1 / Double(rows) }
      return k <= hot ? share / Double(hot) : (1 - share) / Double(rows - hot)
    }
  }

  /// D_eff = 1 / Σ p²: the number of equally popular rows on which two draws meet as often.
  ///
  /// Tay, Suri, Goodman, *A mean value performance model for locking in databases*, JACM 32 (1985)
  /// reduce skewed access to uniform access over this many rows.
  package func effectiveRows() -> Double {
    switch distribution {
    case .uniform:
      return Double(rows)
    case .zipf(let s), .latest(let s):
      let sum = Self.harmonicNumber(rows, exponent: s)
      return sum * sum / Self.harmonicNumber(rows, exponent: 2 * s)
    case .hotspot(let fraction, let share):
      let hot = Self.hotRows(of: rows, fraction: fraction)
      if hot == rows { return Double(rows) }
      let cold = 1 - share
      return 1 / (share * share / Double(hot) + cold * cold / Double(rows - hot))
    }
  }

  /// At least one row, at most all.
  static func hotRows(of rows: Int, fraction: Double) -> Int {
    min(max(Int((Double(rows) * fraction).rounded()), 1), rows)
  }

  /// Σ k^−s for k = 1...n: the first terms by themselves, the rest by the Euler–Maclaurin formula,
  /// whose error after three terms is below 10⁻¹⁵ of the sum from k = 32 on (Abramowitz & Stegun
  /// 3.6.28).
  static func harmonicNumber(_ n: Int, exponent s: Double) -> Double {
    let first = 32
    var sum = 0.0
    for k in 1...min(n, first) { sum += Double.pow(Double(k), -s) }
    guard n > first else { return sum }
    let (a, b) = (Double(first), Double(n))
    let (fa, fb) = (Double.pow(a, -s), Double.pow(b, -s))
    let integral = ZipfSampler.integral(b, s) - ZipfSampler.integral(a, s)
    let slope = s * (fa / a - fb / b) / 12
    let third = s * (s + 1) * (s + 2) * (fa / (a * a * a) - fb / (b * b * b)) / 720
    let fifth =
      s * (s + 1) * (s + 2) * (s + 3) * (s + 4)
      * (fa / (a * a * a * a * a) - fb / (b * b * b * b * b)) / 30_240
    return sum + integral + 0.5 * (fb - fa) + slope - third + fifth
  }
}
