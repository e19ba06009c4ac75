import Primitives
import TestSupport
import Testing

/// The 99.9 % intervals of the mean and of the variance around a known mean, over `oracleSeeds`.
private func intervals(
  draws: Int, mean: Double, _ draw: (inout RandomStream) -> Double
) -> (mean: ConfidenceInterval, variance: ConfidenceInterval) {
  var means: [Double] = []
  var variances: [Double] = []
  for seed in oracleSeeds {
    var stream = RandomStream(RandomKey(seed: seed, trial: 0, entity: 0, purpose: 0))
    var sum = 0.0
    var squares = 0.0
    for _ in 0..<draws {
      let x = draw(&stream)
      sum += x
      squares += (x - mean) * (x - mean)
    }
    means.append(sum / Double(draws))
    variances.append(squares / Double(draws))
  }
  return (ConfidenceInterval(of: means), ConfidenceInterval(of: variances))
}

@Suite("RandomStream: continuous laws")
struct RandomStreamTests {
  @Test("A stream is the key's numbers in order")
  func sequence() {
    let key = RandomKey(seed: 3, trial: 1, entity: 4, purpose: 1)
    var stream = RandomStream(key)
    #expect((0..<5).map { _ in stream.next() } == (0..<5).map { key.bits($0) })
  }

  @Test("Exponential: mean 1, variance 1")
  func exponential() {
    let (mean, variance) = intervals(draws: 4000, mean: 1) { $0.exponential() }
    #expect(mean.contains(1))
    #expect(variance.contains(1))
  }

  @Test("Normal: mean 0, variance 1, and each tenth gets a tenth")
  func normal() {
    let (mean, variance) = intervals(draws: 4000, mean: 0) { $0.normal() }
    #expect(mean.contains(0))
    #expect(variance.contains(1))
  }

  @Test("Lognormal has the mean and the coefficient of variation asked for", arguments: [0.1, 1.2])
  func lognormal(cv: Double) {
    let (mean, variance) = intervals(draws: 4000, mean: 5) { $0.lognormal(mean: 5, cv: cv) }
    #expect(mean.contains(5))
    #expect(variance.contains(25 * cv * cv))
  }

  @Test("Gamma: mean and variance are the shape", arguments: [0.2, 0.51, 1, 2.5, 40])
  func gamma(shape: Double) {
    let (mean, variance) = intervals(draws: 4000, mean: shape) { $0.gamma(shape: shape) }
    #expect(mean.contains(shape))
    #expect(variance.contains(shape))
  }

  /// P(X ≤ x) of gamma with shape 2 is 1 − (1 + x) e^−x: the whole law, not two moments.
  @Test("Gamma of shape 2 fills ten equally likely cells alike")
  func gammaOfShapeTwo() {
    var stream = RandomStream(RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0))
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<40_000 {
      let x = stream.gamma(shape: 2)
      counts[min(9, Int(10 * (1 - (1 + x) * Double.exp(-x))))] += 1
    }
    #expect(chiSquareOfUniform(counts) < chiSquareCritical(degreesOfFreedom: 9))
  }
}

@Suite("RandomStream: counts")
struct RandomStreamCountTests {
  @Test("Poisson: mean and variance", arguments: [0.3, 9.9, 10.1, 64, 5000, 3e9])
  func poisson(expectation: Double) {
    let (mean, variance) = intervals(draws: 2000, mean: expectation) {
      Double($0.poisson(mean: expectation))
    }
    #expect(mean.contains(expectation))
    #expect(variance.contains(expectation))
  }

  @Test(
    "Binomial: mean and variance",
    arguments: [
      (20, 0.3), (19, 0.5), (40, 0.5), (100, 0.97), (240_000_000, 1e-9), (240_000_000, 0.4),
    ])
  func binomial(n: Int, p: Double) {
    let expectation = Double(n) * p
    let (mean, variance) = intervals(draws: 2000, mean: expectation) {
      Double($0.binomial(n: n, p: p))
    }
    #expect(mean.contains(expectation))
    #expect(variance.contains(expectation * (1 - p)))
  }

  @Test(
    "Hypergeometric: mean and variance",
    arguments: [
      (50, 10, 20), (50, 40, 45), (38, 19, 19), (1000, 500, 500), (240_000_000, 24_000_000, 5000),
      (240_000_000, 100, 120_000_000), (240_000_000, 200_000_000, 230_000_000),
      (4_000_000_000_000, 1_000_000_000_000, 1_000_000_000),
    ])
  func hypergeometric(population: Int, marked: Int, draws: Int) {
    let share = Double(marked) / Double(population)
    let expectation = Double(draws) * share
    let finite = Double(population - draws) / Double(population - 1)
    let (mean, variance) = intervals(draws: 2000, mean: expectation) {
      Double($0.hypergeometric(population: population, marked: marked, draws: draws))
    }
    #expect(mean.contains(expectation))
    #expect(variance.contains(expectation * (1 - share) * finite))
  }

  @Test("Poisson(64), which draws the arrivals, has every probability right")
  func poissonFrequencies() {
    var probability = Double.exp(-64)
    var probabilities: [Double] = []
    for k in 0..<128 {
      probabilities.append(probability)
      probability *= 64 / Double(k + 1)
    }
    expectFrequencies(probabilities) { $0.poisson(mean: 64) }
  }

  @Test("Small binomials have every probability right", arguments: [(12, 0.4), (60, 0.35)])
  func binomialFrequencies(n: Int, p: Double) {
    var probability = Double.pow(1 - p, Double(n))
    var probabilities: [Double] = []
    for k in 0...n {
      probabilities.append(probability)
      probability *= Double(n - k) / Double(k + 1) * p / (1 - p)
    }
    expectFrequencies(probabilities) { $0.binomial(n: n, p: p) }
  }

  @Test(
    "Small hypergeometrics have every probability right",
    arguments: [(20, 8, 7), (90, 40, 30), (90, 50, 60)])
  func hypergeometricFrequencies(population: Int, marked: Int, draws: Int) {
    func ways(_ n: Int, _ k: Int) -> Double {
      k < 0 || k > n ? 0 : (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
    }
    let all = ways(population, draws)
    let probabilities = (0...draws).map {
      ways(marked, $0) * ways(population - marked, draws - $0) / all
    }
    expectFrequencies(probabilities) {
      $0.hypergeometric(population: population, marked: marked, draws: draws)
    }
  }

  /// Chi-square over the values expected at least five times in 40,000 draws; the rest together.
  private func expectFrequencies(_ probabilities: [Double], _ draw: (inout RandomStream) -> Int) {
    let draws = 40_000
    var stream = RandomStream(RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0))
    var counts = [Int](repeating: 0, count: probabilities.count)
    for _ in 0..<draws { counts[draw(&stream)] += 1 }
    let kept = probabilities.indices.filter { probabilities[$0] * Double(draws) >= 5 }
    let observed = kept.map { counts[$0] }
    let expected = kept.map { probabilities[$0] * Double(draws) }
    let rest = max(5, Double(draws) - expected.reduce(0, +))
    #expect(
      chiSquare(
        observed: observed + [draws - observed.reduce(0, +)], expected: expected + [rest])
        < chiSquareCritical(degreesOfFreedom: kept.count))
  }

  @Test("The ends of the support are kept")
  func support() throws {
    var stream = RandomStream(RandomKey(seed: 5, trial: 0, entity: 0, purpose: 0))
    #expect(stream.poisson(mean: 0) == 0)
    #expect(stream.binomial(n: 0, p: 0.5) == 0)
    #expect(stream.binomial(n: 9, p: 0) == 0)
    #expect(stream.binomial(n: 9, p: 1) == 9)
    try withEvery("population", in: 0...12) { population in
      try withEvery("marked", in: 0...population) { marked in
        try withEvery("draws", in: 0...population) { draws in
          let hits = stream.hypergeometric(population: population, marked: marked, draws: draws)
          try #require(hits >= max(0, draws + marked - population) && hits <= min(marked, draws))
        }
      }
    }
    for _ in 0..<2000 {
      #expect((0...25).contains(stream.binomial(n: 25, p: 0.45)))
      #expect((45...50).contains(stream.hypergeometric(population: 100, marked: 95, draws: 50)))
    }
  }
}
