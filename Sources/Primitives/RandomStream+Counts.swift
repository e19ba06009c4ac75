/// Random counts, exact and in time that does not grow with them.
///
/// Below a mean of 10 by inversion from 0 upwards; above, Stadlober's ratio of uniforms.
extension RandomStream {
  /// How many events of a Poisson process with this expectation.
  package mutating func poisson(mean: Double) -> Int {
    precondition(mean >= 0 && mean < 1e15)
    if mean < Self.inversionLimit {
      return countUp(from: Double.exp(-mean), atMost: .max) { mean / (Double($0) + 1) }
    }
    let mode = mean.rounded(.down)
    let logMean = Double.log(mean)
    return ratioOfUniforms(mean: mean, variance: mean, largest: .infinity) { k in
      (k - mode) * logMean - Double.logFactorialRatio(k, mode)
    }
  }

  /// How many of `n` independent attempts succeed, each with probability `p`.
  package mutating func binomial(n: Int, p: Double) -> Int {
    precondition(n >= 0 && p >= 0 && p <= 1)
    if p > 0.5 { return n - binomial(n: n, p: 1 - p) }
    let size = Double(n)
    let mean = size * p
    let odds = p / (1 - p)
    if mean < Self.inversionLimit {
      return countUp(from: Double.exp(size * Double.log1p(-p)), atMost: n) {
        odds * (size - Double($0)) / (Double($0) + 1)
      }
    }
    let mode = ((size + 1) * p).rounded(.down)
    let logOdds = Double.log(odds)
    return ratioOfUniforms(mean: mean, variance: mean * (1 - p), largest: size) { k in
      (k - mode) * logOdds - Double.logFactorialRatio(k, mode)
        - Double.logFactorialRatio(size - k, size - mode)
    }
  }

  /// How many of `draws` rows taken without replacement from `population` are among its `marked`.
  package mutating func hypergeometric(population: Int, marked: Int, draws: Int) -> Int {
    precondition(marked >= 0 && marked <= population && draws >= 0 && draws <= population)
    if 2 * marked > population {
      return draws
        - hypergeometric(population: population, marked: population - marked, draws: draws)
    }
    if 2 * draws > population {
      return marked
        - hypergeometric(population: population, marked: marked, draws: population - draws)
    }
    guard marked > 0, draws > 0 else { return 0 }
    // The law is symmetric in the two; the smaller second keeps the differences below short.
    let (more, fewer) = (max(marked, draws), min(marked, draws))
    return reducedHypergeometric(Double(population), Double(more), Double(fewer))
  }

  /// With `draws` ≤ `marked` ≤ `population` / 2.
  private mutating func reducedHypergeometric(
    _ population: Double, _ marked: Double, _ draws: Double
  ) -> Int {
    let unmarked = population - marked
    let mean = draws * marked / population
    if mean < Self.inversionLimit {
      let none = Double.exp(
        Double.logFactorialRatio(unmarked, unmarked - draws)
          - Double.logFactorialRatio(population, population - draws))
      return countUp(from: none, atMost: Int(draws)) {
        let k = Double($0)
        return (marked - k) * (draws - k) / ((k + 1) * (unmarked - draws + k + 1))
      }
    }
    let mode = ((draws + 1) * (marked + 1) / (population + 2)).rounded(.down)
    let variance = mean * (unmarked / population) * (population - draws) / (population - 1)
    return ratioOfUniforms(mean: mean, variance: variance, largest: draws) { k in
      Double.logFactorialRatio(mode, k) + Double.logFactorialRatio(marked - mode, marked - k)
        + Double.logFactorialRatio(draws - mode, draws - k)
        + Double.logFactorialRatio(unmarked - draws + mode, unmarked - draws + k)
    }
  }

  /// Inversion takes as many steps as the result, and needs P(0) far above 2⁻⁵².
  private static var inversionLimit: Double { 10 }

  /// Inversion: the first k whose cumulated probability exceeds a uniform number.
  ///
  /// `none` is P(0) and `ratio` P(k + 1) / P(k). The end of the support, `largest`, also ends the
  /// search where rounding keeps the cumulated probability below the uniform number.
  private mutating func countUp(from none: Double, atMost largest: Int, ratio: (Int) -> Double)
    -> Int
  {
    var remaining = uniform() - none
    var probability = none
    var k = 0
    while remaining > 0, k < largest {
      probability *= ratio(k)
      // Far in the tail the term no longer moves the sum.
      if probability < 0x1p-60 { break }
      remaining -= probability
      k += 1
    }
    return k
  }

  /// Rejection from the table mountain hat, for the Poisson, binomial and hypergeometric laws.
  ///
  /// E. Stadlober, *The ratio of uniforms approach for generating discrete random variates*,
  /// Journal of Computational and Applied Mathematics 31 (1990): hat constants 2√(2/e) and
  /// 3 − 2√(3/e). The tail beyond 16 standard deviations is cut, as in the paper. `largest` is the
  /// end of the support and `logRatio` ln(P(k) / P(mode)).
  private mutating func ratioOfUniforms(
    mean: Double, variance: Double, largest: Double, logRatio: (Double) -> Double
  ) -> Int {
    let centre = mean + 0.5
    let spread = (variance + 0.5).squareRoot()
    let width = 1.7155277699214135 * spread + 0.8989161620588988
    let end = min(largest + 1, (centre + 16 * spread).rounded(.down))
    while true {
      let u = uniform()
      let x = centre + width * (uniform() - 0.5) / u
      guard x >= 0, x < end else { continue }
      let k = Double(Int(x))
      let t = logRatio(k)
      if u * (4 - u) - 3 <= t { return Int(k) }
      if u * (u - t) >= 1 { continue }
      if 2 * Double.log(u) <= t { return Int(k) }
    }
  }
}
