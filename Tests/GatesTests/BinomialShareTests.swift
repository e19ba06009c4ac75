import Testing

@testable import Gates

@Suite("The Clopper-Pearson interval")
struct BinomialShareTests {
  /// SciPy `binomtest(k, n).proportion_ci(method="exact")`, R `binom.test`.
  @Test(
    "Agrees with published values",
    arguments: [
      (59, 59, 0.939391, 1.0),
      (0, 10, 0.0, 0.308497),
      (10, 10, 0.691503, 1.0),
      (5, 10, 0.187086, 0.812914),
      (1, 20, 0.001265, 0.248733),
      (36, 36, 0.902606, 1.0),
      (190, 200, 0.909972, 0.975766),
    ])
  func published(k: Int, n: Int, low: Double, high: Double) {
    let interval = BinomialShare.interval(successes: k, of: n)
    #expect(abs(interval.lowerBound - low) < 1e-6)
    #expect(abs(interval.upperBound - high) < 1e-6)
  }

  @Test("A tail probability is the sum of its terms")
  func tail() {
    // 3 or more of 4 at one half: (4 + 1) / 16.
    #expect(abs(BinomialShare.atLeast(3, of: 4, share: 0.5) - 0.3125) < 1e-15)
    #expect(BinomialShare.atLeast(0, of: 4, share: 0.5) == 1)
    #expect(BinomialShare.atLeast(5, of: 4, share: 0.5) == 0)
  }

  @Test("Ten thousand trials underflow nothing")
  func large() {
    let interval = BinomialShare.interval(successes: 9_000, of: 10_000)
    // The normal approximation: 0.9 ± 1.96 · 0.003.
    #expect(abs(interval.lowerBound - 0.89395) < 2e-4)
    #expect(abs(interval.upperBound - 0.90582) < 2e-4)
  }

  @Test("Nothing tried says nothing")
  func none() { #expect(BinomialShare.interval(successes: 0, of: 0) == 0...1) }
}
